import Tensors

/// The classes that have been seen, of all classes: a test compares only their scores.
struct SeenClasses {
  /// Whether each class has been seen.
  let flags: [Bool]
  private let unseen: [Int]
  private let mask: Tensor

  /// - Parameter seen: the labels of the classes that have been seen, from 0, of `classes` in all.
  init(_ seen: [Int], of classes: Int, on device: Device) throws {
    var flags = [Bool](repeating: false, count: classes)
    for label in seen { flags[label] = true }
    self.flags = flags
    unseen = flags.indices.filter { !flags[$0] }
    mask = try Tensor(flags, shape: [classes], on: device)
  }

  /// The scores of some samples, rows of (samples, classes), in row-major order, with −∞ for the other classes.
  func masked(_ scores: Tensor, rows: [Int]) throws -> [Float] {
    var values = try scores.selectingRows(rows).floatValues
    for start in stride(from: 0, to: values.count, by: flags.count) {
      for label in unseen { values[start + label] = -.infinity }
    }
    return values
  }

  /// A copy of scores, (samples, classes), with −∞ for the other classes.
  func masked(_ scores: Tensor) throws -> Tensor {
    try Where()(mask, scores, Tensor(-.infinity, on: scores.device))
  }
}
