import Tensors

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
