import Tensors

extension Module {
  /// Loads a state file in any format that ``StateFile`` reads.
  ///
  /// - Parameters:
  ///   - prefix: what the file's names have before the model's, as `module.`; what does not begin so is left alone.
  ///   - model: what messages call the model.
  /// - Throws: ``NetworkError/fileMismatch(path:model:missing:unexpected:shapes:mend:)`` with both sides, when names
  ///   or shapes differ; nothing is changed then.
  public func load(file path: String, prefix: String = "", for model: String, on device: Device) throws {
    let entries = try StateFile.read(path, on: device).tensors.filter { $0.name.hasPrefix(prefix) }
    let found = Dictionary(
      entries.map { (String($0.name.dropFirst(prefix.count)), $0.tensor) },
      uniquingKeysWith: { first, _ in first })
    do { try load(state: found) } catch NetworkError.stateMismatch(let missing, let unexpected, let shapes) {
      let hint = StatePrefix(of: unexpected, before: missing).map { "Mend: --prefix \(prefix)\($0.prefix)" }
      throw NetworkError.fileMismatch(
        path: path, model: model, missing: missing, unexpected: unexpected, shapes: shapes,
        mend: hint ?? "Mend: give the options it was trained with, as --set model.NAME=VALUE and --classes")
    }
  }
}
