import Foundation
import Support
import Tensors

/// The state of a training between two epochs: everything it takes to continue as if it had not been interrupted.
///
/// One safetensors file: `model.…` and `optimizer.…` tensors, and `best.…` ones of the best epoch so far; epochs, loss
/// and random positions are in its metadata, with a checksum of all of it.
public struct Checkpoint {
  private static let model = "model."
  private static let optimizer = "optimizer."
  private static let best = "best."
  private static let note = "note."
  private static let checksum = "checksum"
  /// More epochs than any training has.
  private static let maxEpoch = Int(Int32.max)
  /// Positions beyond are not those of a training: one may still draw from here as much as it likes.
  private static let maxPosition = UInt64(1) << 62

  /// How many epochs are done.
  public var epoch: Int
  /// Mean loss of the last of them.
  public var loss: Double
  /// Positions in random streams, by name.
  public var positions: [String: UInt64]
  /// What the owner of the training keeps with it, as texts by name.
  public var notes: [String: String] = [:]
  /// The best epoch so far, where there is a validation.
  public var best: BestEpoch?

  public init(epoch: Int, loss: Double, positions: [String: UInt64], best: BestEpoch? = nil) {
    self.epoch = epoch
    self.loss = loss
    self.positions = positions
    self.best = best
  }

  /// Writes the checkpoint atomically.
  ///
  /// - Throws: `FileError` when the file cannot be written.
  public func save(_ module: any Module, _ optimizer: any Optimizer, to path: String) throws {
    var numbers = ["epoch": String(epoch), "loss": String(loss)]
    for (name, position) in positions { numbers["place." + name] = String(position) }
    for (name, text) in notes { numbers[Self.note + name] = text }
    for part in module.descendants {
      if let position = part.module.randomPosition { numbers["layer." + part.name] = String(position) }
    }
    if let best {
      numbers["best.epoch"] = String(best.epoch)
      numbers["best.accuracy"] = String(best.accuracy)
      numbers["best.since"] = String(best.since)
    }
    var tensors = module.state.map { (name: Self.model + $0.name, tensor: $0.tensor) }
    tensors += optimizer.state.map { (name: Self.optimizer + $0.name, tensor: $0.tensor) }
    for (name, tensor) in (best?.state ?? [:]).sorted(by: { $0.key < $1.key }) {
      tensors.append((name: Self.best + name.text, tensor: tensor))
    }
    numbers[Self.checksum] = try Self.checksum(of: tensors, numbers)
    try SafeTensors.write(tensors, metadata: numbers, to: path)
  }

  /// Whether there is a checkpoint of an interrupted training.
  public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Loads a checkpoint into a model and its optimizer; nil unless there is one as it was written.
  ///
  /// - Throws: ``NetworkError/stateMismatch(_:)`` or ``NetworkError/badOptimizerState(tensor:reason:)`` when it is of
  ///   another model.
  public static func load(
    _ path: String, into module: any Module, _ optimizer: any Optimizer, on device: Device
  ) throws -> Checkpoint? {
    guard let file = FileManager.default.contents(atPath: path),
      let content = try? SafeTensors.decode(file, named: path, on: device),
      let epoch = content.metadata["epoch"].flatMap({ Int($0) }), (0...maxEpoch).contains(epoch),
      let loss = content.metadata["loss"].flatMap({ Double($0) })
    else { return nil }
    let tensors = content.tensors.map { (name: $0.key.text, tensor: $0.value) }
    let numbers = content.metadata.filter { $0.key != checksum }
    guard try content.metadata[checksum] == checksum(of: tensors, numbers) else { return nil }
    let positions = content.metadata.filter { $0.key.hasPrefix("place.") || $0.key.hasPrefix("layer.") }
      .mapValues { UInt64($0) ?? .max }
    guard positions.values.allSatisfy({ $0 <= maxPosition }) else { return nil }
    try module.load(state: stripped(content.tensors, model))
    try optimizer.load(state: stripped(content.tensors, Self.optimizer))
    for part in module.descendants {
      part.module.randomPosition = positions["layer." + part.name]
    }
    var checkpoint = Checkpoint(
      epoch: epoch, loss: loss,
      positions: Dictionary(
        uniqueKeysWithValues: positions.filter { $0.key.hasPrefix("place.") }
          .map { (String($0.key.dropFirst(6)), $0.value) }),
      best: bestEpoch(in: content.tensors, content.metadata, epochs: epoch))
    for (name, text) in content.metadata where name.hasPrefix(note) {
      checkpoint.notes[String(name.dropFirst(note.count))] = text
    }
    return checkpoint
  }

  /// The digest of everything in a checkpoint.
  private static func checksum(
    of tensors: [(name: String, tensor: Tensor)], _ metadata: [String: String]
  ) throws -> String {
    let numbers = metadata.sorted { $0.key.isNamedBefore($1.key) }.flatMap { [$0.key, $0.value] }
    let values = try tensors.sorted { $0.name.isNamedBefore($1.name) }.flatMap { name, tensor in
      [name, "\(tensor.shape)", "\(ContentKey(of: try tensor.bytes))"]
    }
    return "\(ContentKey(parts: numbers + values))"
  }

  /// The best epoch of a checkpoint's file.
  private static func bestEpoch(
    in tensors: [Name: Tensor], _ metadata: [String: String], epochs: Int
  ) -> BestEpoch? {
    guard let epoch = metadata["best.epoch"].flatMap({ Int($0) }), (1...max(1, epochs)).contains(epoch),
      let since = metadata["best.since"].flatMap({ Int($0) }), (1...epoch).contains(since),
      let accuracy = metadata["best.accuracy"].flatMap({ Double($0) }), accuracy.isFinite
    else { return nil }
    return BestEpoch(epoch: epoch, accuracy: accuracy, since: since, state: stripped(tensors, best))
  }

  private static func stripped(_ tensors: [Name: Tensor], _ prefix: String) -> [Name: Tensor] {
    Dictionary(
      uniqueKeysWithValues: tensors.filter { $0.key.text.utf8.starts(with: prefix.utf8) }
        .map { (Name(String($0.key.text.utf8.dropFirst(prefix.utf8.count)) ?? ""), $0.value) })
  }
}
