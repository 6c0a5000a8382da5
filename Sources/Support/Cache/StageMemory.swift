import Synchronization

/// What a process keeps in memory of the stages of a command that it runs again and again: embeddings, and the results
/// of plugins that have not changed.
///
/// A value is used again while everything that was read when it was made is as it was. What the last two successful
/// runs did not use is released, and so are the least recently used ones of many.
public final class StageMemory: Sendable {
  private struct Entry: Sendable {
    let value: any Sendable
    let reads: [StageRead]
    var lastRun: Int
    var lastUse: Int
  }

  private struct State {
    var entries: [StageKey: Entry] = [:]
    /// Stored results whose checksum was compared, by their paths.
    var verified: [Name: FileStatus] = [:]
    var runs = 0
    var uses = 0
  }

  /// The most values that are kept, so that broken runs, each with a few, do not fill the memory.
  private static let maxEntries = 48

  private let state = Mutex(State())

  /// A memory that keeps nothing yet.
  public init() {}

  /// The number of values that are kept.
  public var count: Int { state.withLock { $0.entries.count } }

  /// Notes that a run has succeeded, and releases what it and the run before did not use.
  public func noteRun() {
    state.withLock { state in
      state.runs += 1
      let runs = state.runs
      state.entries = state.entries.filter { $0.value.lastRun >= runs - 2 }
    }
  }

  func value(_ key: StageKey) -> (value: any Sendable, reads: [StageRead])? {
    state.withLock { state in
      guard let entry = state.entries[key] else { return nil }
      state.uses += 1
      state.entries[key]?.lastRun = state.runs
      state.entries[key]?.lastUse = state.uses
      return (entry.value, entry.reads)
    }
  }

  func keep(_ value: any Sendable, _ reads: [StageRead], for key: StageKey) {
    state.withLock { state in
      state.uses += 1
      state.entries[key] = Entry(value: value, reads: reads, lastRun: state.runs, lastUse: state.uses)
      guard state.entries.count > Self.maxEntries else { return }
      if let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key {
        state.entries[oldest] = nil
      }
    }
  }

  /// Whether a stored result is the one whose checksum was compared before.
  func isVerified(_ path: String) -> Bool {
    guard let status = FileStatus(path) else { return false }
    return state.withLock { $0.verified[path] == status }
  }

  func noteVerified(_ path: String) {
    guard let status = FileStatus(path) else { return }
    state.withLock { $0.verified[path] = status }
  }
}

extension StageCache {
  /// The value that is kept in memory under a key; nil where nothing is kept, or where something that was read when it
  /// was made has changed.
  public func kept<Value: Sendable>(_ key: StageKey, as type: Value.Type = Value.self) -> Value? {
    guard let entry = memory?.value(key), let value = entry.value as? Value,
      entry.reads.allSatisfy({ $0.isCurrent(settings) })
    else { return nil }
    for read in entry.reads { note(read) }
    return value
  }

  /// Keeps a value in memory, with what was read when it was made.
  public func keep(_ value: some Sendable, _ reads: [StageRead], for key: StageKey) {
    memory?.keep(value, reads, for: key)
  }

  /// The value that is kept in memory under a key, or made by `make` and kept; made where this cache keeps nothing in
  /// memory, or where the key is nil. `isValid` says whether a kept value may be used.
  ///
  /// - Throws: what `make` throws.
  public func kept<Value: Sendable>(
    _ key: StageKey?, isValid: (Value) -> Bool = { _ in true }, make: () throws -> Value
  ) rethrows -> Value {
    guard let memory, let key else { return try make() }
    if let value = kept(key, as: Value.self), isValid(value) { return value }
    let (value, reads) = try recording(make)
    memory.keep(value, reads, for: key)
    return value
  }
}
