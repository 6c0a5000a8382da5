import Tensors

/// The features of one split: rows of the file that has those of all splits.
public struct FeatureRows: Sendable {
  private let file: RowFile
  private let range: Range<Int>

  init(_ file: RowFile, _ range: Range<Int>) {
    self.file = file
    self.range = range
  }

  /// The number of clips.
  public var rows: Int { range.count }
  /// The shape of a clip's features: (time, channel).
  public var rowShape: [Int] { file.rowShape }

  /// The features of the clips at `indices` (from 0), in their order: (clips, time, channel).
  ///
  /// - Throws: as `RowFile.read(_:on:)`.
  public func read(_ indices: some Collection<Int>, on device: Device) throws -> Tensor {
    if let bad = indices.first(where: { !(0..<rows).contains($0) }) {
      throw TensorError.indexOutside(operation: "read", index: bad, count: rows)
    }
    return try file.read(indices.map { range.lowerBound + $0 }, on: device)
  }

  /// The features of all clips: (clips, time, channel).
  ///
  /// - Throws: as `RowFile.read(_:on:)`.
  public func readAll(on device: Device) throws -> Tensor { try file.read(range, on: device) }
}
