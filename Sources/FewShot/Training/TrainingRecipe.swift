import Datasets
import Foundation
import Networks
import Support

/// A kind of network, with its options.
public protocol ModelBuilder {
  /// Its name: `m5`.
  var name: String { get }
  /// The name failures are reported under: `model/m5`.
  var title: String { get }
  /// Everything that the network depends on, for the keys of cached results.
  var keyParts: [String] { get }
  /// An untrained network: (batch, time, channel) → (batch, classes).
  ///
  /// - Throws: the builder's own errors, such as that of a script.
  func build(for task: NetworkTask) throws -> any Module
  /// The error for a network that violates its contract, with the builder's location where known.
  func violation(_ message: ErrorMessage) -> any NightjarError
  /// An error that the network threw, with the builder's name added where it has none.
  func named(_ error: any Error) -> any Error
}

extension ModelBuilder {
  public var title: String { "model/\(name)" }
  public func violation(_ message: ErrorMessage) -> any NightjarError {
    ProtocolViolationError(message.prefixed("\(title): "))
  }
  public func named(_ error: any Error) -> any Error { error }
}

/// A way to train a network on the base words.
public protocol TrainingRecipe {
  /// Everything that the training depends on, for the keys of cached results.
  var keyParts: [String] { get }
  /// Trains `model`, which is untrained and in training mode, or another network with the same tensors, and returns it.
  ///
  /// - Throws: the recipe's own errors, such as that of a script, and those of the network and of reading `data`.
  func train(_ model: any Module, on data: TrainingData) throws -> any Module
  /// The error for a training that violates its contract, with the recipe's location where known.
  func violation(_ message: ErrorMessage) -> any NightjarError
}

extension TrainingRecipe {
  public func violation(_ message: ErrorMessage) -> any NightjarError { ProtocolViolationError(message) }
}

/// What a recipe trains on.
public struct TrainingData {
  public let store: FeatureStore
  public let encoder: any ClipEncoder
  /// The seed of everything the recipe draws.
  public let seed: UInt64
  /// Files for the trainings of the recipe to resume from.
  public let checkpoints: CheckpointFiles
  /// What the recipe reports.
  public let report: TrainingReport

  /// Batches of a split with features and labels.
  ///
  /// - Throws: ``ProtocolError`` for a split without clips.
  public func batches(_ split: Split, size: Int, shuffled: Bool) throws -> ClipBatches {
    try ClipBatches(split, of: store, encoder: encoder, size: size, shuffleSeed: shuffled ? seed : nil)
  }
}

/// The checkpoint files of the trainings of one recipe or script, which are told apart by their order.
public final class CheckpointFiles {
  private let stem: String
  private var used = 0

  /// Files whose paths begin with `stem`.
  public init(stem: String) { self.stem = stem }

  /// The file of the next training.
  public func next() -> String {
    used += 1
    return path(used)
  }

  /// Removes all of them, once the result is stored.
  public func removeAll() {
    for number in 1...max(1, used) { try? FileManager.default.removeItem(atPath: path(number)) }
  }

  private func path(_ number: Int) -> String { "\(stem).\(number).checkpoint" }
}

/// Collects what a recipe reports while it trains.
public final class TrainingReport {
  public var record = TrainingRecord()

  /// The record as texts by name, for a checkpoint.
  ///
  /// - Throws: `EncodingError`.
  public func metadata() throws -> [String: String] {
    var metadata: [String: String] = [:]
    try record.write(to: &metadata)
    return metadata
  }

  /// Replaces the record by that of a checkpoint, which has what was reported until then.
  public func restore(from metadata: [String: String]) {
    if let saved = TrainingRecord(metadata: metadata) { record = saved }
  }
}
