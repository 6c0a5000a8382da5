import Foundation
import Tensors

/// A training between two epochs: everything it takes to go on as if it had not been interrupted.
///
/// One safetensors file: `model.…` and `optimizer.…` tensors, and numbers in its header.
public struct Checkpoint {
  private static let model = "model."
  private static let optimizer = "optimizer."

  /// Epochs done.
  public var epoch: Int
  /// Mean loss of the last of them.
  public var loss: Double
  /// Places in streams of random numbers, by name.
  public var places: [String: UInt64]

  public init(epoch: Int, loss: Double, places: [String: UInt64]) {
    self.epoch = epoch
    self.loss = loss
    self.places = places
  }

  /// Writes the checkpoint, whole or not at all.
  public func save(_ module: any Module, _ optimizer: any Optimizer, to path: String) throws {
    var numbers = ["epoch": String(epoch), "loss": String(loss)]
    for (name, place) in places { numbers["place." + name] = String(place) }
    for part in module.descendants {
      if let place = part.module.randomPlace { numbers["layer." + part.name] = String(place) }
    }
    try SafeTensors.write(
      module.state.map { (Self.model + $0.name, $0.tensor) }
        + optimizer.state.map { (Self.optimizer + $0.name, $0.tensor) },
      metadata: numbers, to: path)
  }

  /// Whether an interrupted training left something.
  public static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Reads a checkpoint into a model and its optimizer; nil when there is none, or a damaged one.
  public static func load(
    _ path: String, into module: any Module, _ optimizer: any Optimizer, on device: Device
  ) throws -> Checkpoint? {
    guard let file = FileManager.default.contents(atPath: path),
      let content = try? SafeTensors.decode(file, named: path, on: device),
      let epoch = content.metadata["epoch"].flatMap({ Int($0) }),
      let loss = content.metadata["loss"].flatMap({ Double($0) })
    else { return nil }
    try module.load(state: stripped(content.tensors, model))
    try optimizer.load(state: stripped(content.tensors, Self.optimizer))
    for part in module.descendants {
      part.module.randomPlace = content.metadata["layer." + part.name].flatMap { UInt64($0) }
    }
    let places = content.metadata.filter { $0.key.hasPrefix("place.") }
    return Checkpoint(
      epoch: epoch, loss: loss,
      places: Dictionary(
        uniqueKeysWithValues: places.map { (String($0.key.dropFirst(6)), UInt64($0.value) ?? 0) }))
  }

  private static func stripped(_ tensors: [String: Tensor], _ prefix: String) -> [String: Tensor] {
    Dictionary(
      uniqueKeysWithValues: tensors.filter { $0.key.hasPrefix(prefix) }
        .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
  }
}
