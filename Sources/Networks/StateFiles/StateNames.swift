import Tensors

/// How the names in a state file become a model's.
public struct StateNames: Sendable, Equatable {
  /// What the file's names have before the model's, as `module.`; what does not begin so is left alone.
  public var prefix = ""
  /// Parts by their dotted names behind the prefix, and what the model calls them: `fc1` → `output`.
  public var renamed: [String: String] = [:]

  public init(prefix: String = "", renamed: [String: String] = [:]) {
    self.prefix = prefix
    self.renamed = renamed
  }

  /// The model's name for one of the file's; nil for one that is left alone.
  func own(_ name: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    // Of a part and a part of it the longer name counts.
    let part = rest.indices.filter { rest[$0] == "." }.map { rest[..<$0] }.last { renamed[String($0)] != nil }
    let whole = renamed[String(rest)]
    return whole ?? part.map { (renamed[String($0)] ?? "") + rest.dropFirst($0.count) } ?? String(rest)
  }

  /// The option that would bring together what a file and a model have not in common; nil where none is known to.
  func hint(notInFile missing: [String], notInModel unexpected: [String]) -> String? {
    if let found = StatePrefix(of: unexpected, before: missing) { return "--prefix \(prefix)\(found.prefix)" }
    guard let (part, endings) = Self.part(of: unexpected), let (own, ownEndings) = Self.part(of: missing),
      endings == ownEndings
    else { return nil }
    return "--rename \(part)=\(own)"
  }

  /// The one part that all these tensors are of, and what they are called in it.
  private static func part(of names: [String]) -> (name: String, endings: Set<String>)? {
    let split = names.compactMap { name in
      name.lastIndex(of: ".").map { (String(name[..<$0]), String(name[name.index(after: $0)...])) }
    }
    guard split.count == names.count, let first = split.first, split.allSatisfy({ $0.0 == first.0 }) else {
      return nil
    }
    return (first.0, Set(split.map(\.1)))
  }
}

/// What the names of a state have before those of the model, or lack: `module.` of DataParallel, `model.` of Lightning.
struct StatePrefix {
  let prefix: String
  /// Whether all names without a counterpart begin so.
  private let isCommon: Bool

  /// The prefix behind which the longer names are the shorter ones; nil when there is none for half of them.
  init?(of longer: [String], before shorter: [String]) {
    let wanted = Set(shorter)
    var counts: [Substring: Int] = [:]
    for name in longer {
      for dot in name.indices where name[dot] == "." {
        let rest = name.index(after: dot)
        if wanted.contains(String(name[rest...])) { counts[name[..<rest], default: 0] += 1 }
      }
    }
    let best = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let best, 2 * best.value >= shorter.count,
      best.key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
    else { return nil }
    prefix = String(best.key)
    isCommon = longer.allSatisfy { $0.hasPrefix(best.key) }
  }

  /// How to bring names together that a file and a model have not in common, as a line of Lua; nil when no prefix is
  /// what parts them.
  static func hint(notInFile missing: [String], notInModel unexpected: [String]) -> String? {
    let loop = "local state = {} for name, tensor in pairs(file) do"
    if let found = StatePrefix(of: unexpected, before: missing) {
      let size = found.prefix.utf8.count
      let strip = "state[name:sub(\(size + 1))] = tensor"
      guard !found.isCommon else {
        return "all names in the file begin with \"\(found.prefix)\". \(loop) \(strip) end"
      }
      return "the model's names are in the file behind \"\(found.prefix)\". "
        + "\(loop) if name:sub(1, \(size)) == \"\(found.prefix)\" then \(strip) end end"
    }
    if let found = StatePrefix(of: missing, before: unexpected) {
      return "the file's names are in the model behind \"\(found.prefix)\". "
        + "\(loop) state[\"\(found.prefix)\" .. name] = tensor end"
    }
    return nil
  }
}

extension Module {
  /// Loads a state file in any format that ``StateFile`` reads.
  ///
  /// - Parameters:
  ///   - names: how the file's names become the model's.
  ///   - model: what messages call the model.
  /// - Throws: ``NetworkError/fileMismatch(path:model:missing:unexpected:shapes:hint:)`` with both sides, when names
  ///   or shapes differ; nothing is changed then.
  public func load(
    file path: String, names: StateNames = StateNames(), for model: String, on device: Device
  ) throws {
    let entries = try StateFile.read(path, on: device).tensors
    let found = Dictionary(
      entries.compactMap { entry in names.own(entry.name).map { ($0, entry.tensor) } },
      uniquingKeysWith: { first, _ in first })
    guard !found.isEmpty || entries.isEmpty else {
      throw NetworkError.badFile(
        path: path, reason: "no name in it begins with \"\(names.prefix)\"; the first is \(entries[0].name)")
    }
    do { try load(state: found) } catch NetworkError.stateMismatch(let missing, let unexpected, let shapes) {
      let hint = names.hint(notInFile: missing, notInModel: unexpected)
      throw NetworkError.fileMismatch(
        path: path, model: model, missing: missing, unexpected: unexpected, shapes: shapes,
        hint: hint
          ?? "give the options it was trained with, as --set model.NAME=VALUE, --classes, --time")
    }
  }
}
