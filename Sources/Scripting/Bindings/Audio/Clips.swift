import Audio
import Tensors

/// One clip, or a batch of them, that a function of `nj.audio` works on clip by clip.
struct Clips {
  /// The shape of one clip.
  let shape: [Int]
  /// (batch, shape…)
  private let batch: Tensor
  private let isBatch: Bool
  private let operation: String

  /// The samples of a clip.
  var samples: Int { shape.reduce(1, *) }

  /// - Parameter shape: the shape of one clip; nil takes the last dimension.
  /// - Throws: ``TensorError`` unless the tensor is float32, and one clip or a batch of clips.
  init(_ operation: String, _ tensor: Tensor, shape: [Int]? = nil) throws {
    guard tensor.dtype == .float32 else {
      throw TensorError.wrongType(operation: operation, expected: .float32, got: tensor.dtype)
    }
    let rank = shape?.count ?? 1
    guard tensor.rank == rank || tensor.rank == rank + 1 else {
      throw TensorError.badShape(
        operation: operation, shape: tensor.shape, expected: "(samples) or (batch, samples)")
    }
    self.operation = operation
    self.shape = shape ?? tensor.shape.suffix(1)
    isBatch = tensor.rank > rank
    let plain = tensor.detached()
    batch = isBatch ? plain : try plain.reshaped([1] + tensor.shape)
  }

  /// What `make` makes of each clip, on all threads: (resultShape…), the batch in front if there was one.
  func map(_ resultShape: [Int], _ make: @Sendable ([Float]) throws -> [Float]) throws -> Tensor {
    let results = try Tensor(
      rowsInParallel: batch.shape[0], rowShape: resultShape, on: batch.device, operation: operation
    ) { clip in
      let samples = try batch.row(clip)
      if let bad = samples.firstIndex(where: { !$0.isFinite }) {
        let element = "\(shape.count == 1 ? "sample" : "value") \(bad + 1)"
        let place = isBatch ? "clip \(clip + 1), \(element)" : element
        throw FeatureError(
          operation,
          "\(place) is \(samples[bad].isNaN ? "NaN" : "infinite")", hint: "look at how the samples were made."
        )
      }
      return try make(samples)
    }
    return isBatch ? results : try results.reshaped(resultShape)
  }
}
