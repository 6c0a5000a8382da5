import Foundation
import Support

/// What a recipe reported of its training. It is stored with the weights, so that a run that takes them from the cache
/// has it too.
public struct TrainingRecord: Codable, Sendable, Hashable {
  /// A number of the training at a step, such as the loss after an epoch.
  public struct Scalar: Codable, Sendable, Hashable {
    public let name: String
    public let step: Int
    public let value: Double
  }

  /// In the order in which they were logged.
  public private(set) var scalars: [Scalar] = []
  /// The values that options without a default got, by name.
  public private(set) var settings: [String: SettingValue] = [:]

  public init() {}

  /// Adds a number.
  public mutating func log(_ name: String, _ value: Double, step: Int) {
    scalars.append(Scalar(name: name, step: step, value: value))
  }

  /// Adds the value that an option got.
  public mutating func report(_ name: String, _ value: SettingValue) { settings[name] = value }
}

extension TrainingRecord {
  /// The key of the record in the metadata of a file of weights.
  private static let metadataKey = "training"

  /// The record that a file of weights has; nil without one.
  init?(metadata: [String: String]) {
    guard let text = metadata[Self.metadataKey],
      let record = try? ResultFile.decode(Self.self, from: Data(text.utf8))
    else { return nil }
    self = record
  }

  /// Adds the record to the metadata of a file of weights.
  ///
  /// - Throws: `EncodingError`.
  func write(to metadata: inout [String: String]) throws {
    metadata[Self.metadataKey] = String(decoding: try ResultFile.encode(self), as: UTF8.self)
  }
}
