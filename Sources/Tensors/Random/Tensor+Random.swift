import Foundation
import Support

extension Tensor {
  /// A float32 tensor of `shape`, uniform in [0, 1), drawn from `random`.
  ///
  /// - Throws: ``TensorError`` for a shape that is not valid, or when the memory budget is exceeded.
  public static func rand(
    _ shape: [Int], from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: shape, .float32, on: device, operation: "rand")
    RandomKernels.uniform(tensor.sharedFloats, tensor.count, from: &random, device)
    return tensor
  }

  /// A float32 tensor of `shape`, standard normal, drawn from `random`.
  ///
  /// - Throws: ``TensorError`` for a shape that is not valid, or when the memory budget is exceeded.
  public static func randn(
    _ shape: [Int], from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    let tensor = try Tensor(uninitialized: shape, .float32, on: device, operation: "randn")
    RandomKernels.normal(tensor.sharedFloats, tensor.count, from: &random, device)
    return tensor
  }

  /// An int32 tensor of `shape`, uniform in `low` ..< `high`, drawn from `random`.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` unless low < high, both within int32.
  public static func randint(
    _ low: Int, _ high: Int, _ shape: [Int], from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    guard low >= Int(Int32.min), high <= Int(Int32.max) + 1, low < high else {
      throw .badArgument(operation: "randint", reason: "the range \(low)..<\(high) is empty or exceeds int32")
    }
    let tensor = try Tensor(uninitialized: shape, .int32, on: device, operation: "randint")
    RandomKernels.integers(
      Shared(tensor.pointer(Int32.self)), tensor.count, low..<high, from: &random, device)
    return tensor
  }

  /// A random permutation of 0 ..< `count` as int32 `[count]`.
  ///
  /// - Throws: ``TensorError`` unless `count` fits int32 and the memory budget.
  public static func randperm(
    _ count: Int, from random: inout RandomStream, on device: Device
  ) throws(TensorError) -> Tensor {
    guard count <= Int(Int32.max) else {
      throw .badArgument(operation: "randperm", reason: "\(count) does not fit an int32")
    }
    let tensor = try Tensor(uninitialized: [count], .int32, on: device, operation: "randperm")
    // As RandomStream.permutation, but in place: an array would not be in the budget.
    let order = UnsafeMutableBufferPointer(start: tensor.pointer(Int32.self), count: tensor.count)
    var watch = Interruption.Watch()
    for start in stride(from: 0, to: order.count, by: Device.chunkElements) {
      if watch.isDue(after: Device.chunkElements) { return tensor }
      for i in start..<min(start + Device.chunkElements, order.count) { order[i] = Int32(i) }
    }
    for i in stride(from: order.count - 1, to: 0, by: -1) {
      if watch.isDue(after: 128) { break }  // a swap misses the cache twice
      order.swapAt(i, random.below(i + 1))
    }
    return tensor
  }
}

/// Tensors of random numbers: element i depends on the stream and i alone, not on the number of threads.
enum RandomKernels {
  /// Uniform in [0, 1), 24 bits, four elements per block.
  static func uniform(
    _ target: Shared<Float>, _ count: Int, from random: inout RandomStream, _ device: Device
  ) {
    fill(target, count, from: &random, device) { words in
      (words &>> 8).asFloats * 0x1p-24
    }
  }

  /// Standard normal, four elements per block. Source: Box and Muller 1958.
  static func normal(_ target: Shared<Float>, _ count: Int, from random: inout RandomStream, _ device: Device)
  {
    fill(target, count, from: &random, device) { words in
      let u = ((words &>> 8).asFloats + 0.5) * 0x1p-24
      let r1 = (-2 * log(u[0])).squareRoot()
      let r2 = (-2 * log(u[2])).squareRoot()
      let a1 = 2 * Float.pi * u[1]
      let a2 = 2 * Float.pi * u[3]
      return SIMD4(r1 * cos(a1), r1 * sin(a1), r2 * cos(a2), r2 * sin(a2))
    }
  }

  /// Integers of a range within int32, four elements per block: word · width / 2³².
  ///
  /// Source: Lemire 2019, without the rejection; no integer is preferred by more than 2⁻³².
  static func integers(
    _ target: Shared<Int32>, _ count: Int, _ range: Range<Int>, from random: inout RandomStream,
    _ device: Device
  ) {
    let low = range.lowerBound
    let width = UInt64(range.count)
    fill(target, count, from: &random, device) { words in
      var numbers = SIMD4<Int32>()
      for lane in 0..<4 {
        numbers[lane] = Int32(truncatingIfNeeded: low + Int((UInt64(words[lane]) * width) >> 32))
      }
      return numbers
    }
  }

  @inline(__always)
  private static func fill<T: SIMDScalar & Sendable>(
    _ target: Shared<T>, _ count: Int, from random: inout RandomStream, _ device: Device,
    _ convert: @escaping @Sendable (SIMD4<UInt32>) -> SIMD4<T>
  ) {
    let first = random.reserve(blocks: (count + 3) / 4)
    let philox = random.philox
    let stream = random.stream
    device.parallel(count, by: Device.chunkElements) { range in
      // Chunks are multiples of four elements, so every block belongs to one chunk.
      for base in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
        let numbers = convert(philox.block(first + UInt64(base / 4), stream: stream))
        for lane in 0..<min(4, range.upperBound - base) { target[base + lane] = numbers[lane] }
      }
    }
  }
}

extension SIMD4<UInt32> {
  @inline(__always)
  fileprivate var asFloats: SIMD4<Float> {
    SIMD4<Float>(Float(self[0]), Float(self[1]), Float(self[2]), Float(self[3]))
  }
}
