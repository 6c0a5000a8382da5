import Tensors

/// How the names in a state file become a model's.
public struct StateNames: Sendable, Equatable {
  /// What the file's names have before the model's, such as `module.`; names without it are ignored.
  public var prefix = ""
  /// Parts by their dotted names after the prefix, and what the model calls them: `fc1` → `output`.
  public var renamed: [String: String] = [:]

  public init(prefix: String = "", renamed: [String: String] = [:]) {
    self.prefix = prefix
    self.renamed = renamed
  }

  /// The model's name for one of the file's; nil for one that is ignored.
  func modelName(of name: String) -> String? {
    guard name.hasPrefix(prefix) else { return nil }
    let rest = name.dropFirst(prefix.count)
    // Of a part and a part of it the longer name counts.
    let part = rest.indices.filter { rest[$0] == "." }.map { rest[..<$0] }.last { renamed[String($0)] != nil }
    let whole = renamed[String(rest)]
    return whole ?? part.map { (renamed[String($0)] ?? "") + rest.dropFirst($0.count) } ?? String(rest)
  }
}

extension Module {
  /// Loads a state file in any format that ``StateFile`` reads, its names changed into the model's by `names`.
  ///
  /// Messages call the model `model`. The file is read on `device`, and copied into the module's own tensors.
  ///
  /// - Throws: ``NetworkError/fileMismatch(path:model:_:names:)`` with both sides, when names or shapes differ; nothing
  ///   is changed then. ``NetworkError/badFile(path:reason:hint:)`` for a damaged file, `FileError` for one that does
  ///   not exist, and `TensorError` when the memory budget does not admit it.
  public func load(
    file path: String, names: StateNames = StateNames(), for model: String, on device: Device
  ) throws {
    let entries = try StateFile.read(path, on: device).tensors
    let loaded = Dictionary(
      entries.compactMap { entry in names.modelName(of: entry.name).map { ($0, entry.tensor) } },
      uniquingKeysWith: { first, _ in first })
    guard !loaded.isEmpty || entries.isEmpty else {
      throw NetworkError.badFile(
        path: path, reason: "no name in it begins with \"\(names.prefix)\"; the first is \(entries[0].name)")
    }
    do { try load(state: loaded) } catch NetworkError.stateMismatch(let mismatch) {
      throw NetworkError.fileMismatch(path: path, model: model, mismatch, names: names)
    }
  }
}
