import Foundation

/// Something that a stage read while it ran, which its key could not name beforehand: a module, another plugin, a file,
/// an environment variable, a value of `--set`. A stored result is used only while all of them are as they were.
public struct StageRead: Codable, Sendable, Hashable {
  /// What was read.
  public enum Kind: String, Codable, Sendable {
    /// A file, a folder's list of names, or the absence of either.
    case path
    /// An environment variable.
    case variable
    /// A value of `--set`.
    case setting
  }

  public let kind: Kind
  /// The absolute path, or the variable's name.
  public let name: String
  /// The digest of what it was.
  public let content: String

  /// A source file whose text is known.
  public init(path: String, content: ContentKey) {
    kind = .path
    name = Self.absolute(path)
    self.content = content.description
  }

  /// What is at a path, in a variable or in a setting now. `settings` are the values of `--set`, of which the last of a
  /// name counts.
  public init(_ kind: Kind, _ name: String, settings: [StageSetting] = []) {
    self.kind = kind
    self.name = kind == .path ? Self.absolute(name) : name
    content = Self.current(kind, self.name, settings)
  }

  /// Whether it is still the same, under the values of `--set`.
  public func isCurrent(_ settings: [StageSetting] = []) -> Bool {
    content == Self.current(kind, name, settings)
  }

  /// As a part of a key.
  public var part: String { "read \(kind.rawValue) \(name)=\(content)" }

  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  private static func current(_ kind: Kind, _ name: String, _ settings: [StageSetting]) -> String {
    func digest(_ value: String?) -> String { value.map { "\(ContentKey(of: Data($0.utf8)))" } ?? "not set" }
    switch kind {
    case .variable: return digest(ProcessInfo.processInfo.environment[name])
    case .setting: return digest(settings.last { $0.name.isSameName(as: name) }?.value)
    case .path:
      guard let status = FileStatus(name) else { return "missing" }
      if status.kind == .folder {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: name)) ?? []
        return "folder \(ContentKey(parts: names.sorted()))"
      }
      guard status.kind == .file, let content = ContentKey.ofFile(name) else { return "not a file" }
      return "\(content.key)"
    }
  }
}

/// A value of `--set`.
public typealias StageSetting = (name: String, value: String)

extension StageCache {
  /// Whether something is being made, so that what is read has to be noted.
  public var isRecording: Bool { recorders.withLock { !$0.isEmpty } }

  /// Notes what is read, for the stages that are being made.
  public func note(_ read: @autoclosure () -> StageRead) {
    guard isRecording else { return }
    let read = read()
    recorders.withLock { _ = $0[$0.count - 1].insert(read) }
  }

  /// Notes that a value of `--set` is read, whether it is set or not.
  public func note(setting name: String) { note(StageRead(.setting, name, settings: settings)) }

  /// What was read so far, for all recordings that go on.
  public var readsSoFar: Set<StageRead> { recorders.withLock { $0.reduce(into: []) { $0.formUnion($1) } } }

  /// Runs `body`; returns what was read meanwhile too, also by stages whose stored results were used.
  ///
  /// - Throws: what `body` throws.
  public func recording<Result>(_ body: () throws -> Result) rethrows -> (result: Result, reads: [StageRead])
  {
    recorders.withLock { $0.append([]) }
    var reads: Set<StageRead> = []
    func end() {
      recorders.withLock { recorders in
        reads = recorders.removeLast()
        if !recorders.isEmpty { recorders[recorders.count - 1].formUnion(reads) }
      }
    }
    do {
      let result = try body()
      end()
      return (result, reads.sorted { $0.part < $1.part })
    } catch {
      end()
      throw error
    }
  }
}
