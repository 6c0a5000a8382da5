/// The largest value in windows over time: `[batch, time, channels]` to `[batch, windows, channels]`, float32.
///
/// Of equal values the first gets the gradient. Padding counts as −∞.
public struct MaxPool1d: Operation {
  public let windows: PoolingWindows
  public init(_ windows: PoolingWindows) { self.windows = windows }
  public var name: String { "max_pool1d" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try inputs[0].contiguous(for: name)
    let (result, sizes) = try windows.result(for: x, name)
    let from = x.sharedFloats
    let to = result.sharedFloats
    let c = sizes.channels
    try sizes.forEachWindow(on: x.device) { window, output in
      let target = to + output * c
      if window.count == 2 {  // the common case, in one pass
        let a = from + window.lowerBound * c
        let b = from + (window.lowerBound + 1) * c
        for i in 0..<c { target[i] = b[i] > a[i] ? b[i] : b[i] != b[i] ? b[i] : a[i] }
        return
      }
      target.update(from: from + window.lowerBound * c, count: c)
      for row in window.dropFirst() {
        let source = from + row * c
        // A NaN propagates.
        for i in 0..<c { target[i] = source[i] > target[i] || source[i] != source[i] ? source[i] : target[i] }
      }
    }
    return Outcome(result, saving: [x, result])
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let x = step.saved[0]
    let y = step.saved[1]
    let sizes = PoolingSizes(windows, x.shape)
    if windows.arePairs { return [try pairGradient(x, step.upstream, sizes)] }
    let dx = try Tensor.full(x.shape, 0, on: x.device, operation: name)
    let from = x.sharedFloats
    let best = y.sharedFloats
    let up = step.upstream.sharedFloats
    let to = dx.sharedFloats
    let c = sizes.channels
    try sizes.forEachWindow(on: x.device) { window, output in
      let largest = best + output * c
      let gradient = up + output * c
      for i in 0..<c {
        for row in window {
          let value = (from + row * c)[i]
          guard value == largest[i] || value != value else { continue }
          (to + row * c)[i] += gradient[i]
          break
        }
      }
    }
    return [dx]
  }

  /// The gradient for windows of two that do not overlap: every element is written once, without a branch.
  private func pairGradient(_ x: Tensor, _ upstream: Tensor, _ sizes: PoolingSizes) throws -> Tensor {
    let dx = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = x.sharedFloats
    let up = upstream.sharedFloats
    let to = dx.sharedFloats
    let c = sizes.channels
    try sizes.forEachWindow(on: x.device) { window, output in
      let a = from + window.lowerBound * c
      let b = from + (window.lowerBound + 1) * c
      let first = to + window.lowerBound * c
      let second = to + (window.lowerBound + 1) * c
      let gradient = up + output * c
      for i in 0..<c {
        // The second wins when it is larger, or NaN beside a number; masks, because branches could not be predicted.
        let isLarger: UInt32 = a[i] < b[i] ? ~0 : 0
        let isMissing: UInt32 = (b[i] == b[i] ? 0 : ~0) & (a[i] == a[i] ? ~0 : 0)
        let bits = gradient[i].bitPattern
        let mask = isLarger | isMissing
        first[i] = Float(bitPattern: bits & ~mask)
        second[i] = Float(bitPattern: bits & mask)
      }
    }
    let rest = sizes.time - 2 * sizes.count
    for sample in 0..<sizes.batch {
      (to + ((sample + 1) * sizes.time - rest) * c).update(repeating: 0, count: rest * c)
    }
    return dx
  }
}

/// The mean of windows over time: `[batch, time, channels]` to `[batch, windows, channels]`, float32.
///
/// Padding counts as zeros, as in PyTorch.
public struct AvgPool1d: Operation {
  public let windows: PoolingWindows
  public init(_ windows: PoolingWindows) { self.windows = windows }
  public var name: String { "avg_pool1d" }

  public func forward(_ inputs: [Tensor]) throws -> Outcome {
    let x = try inputs[0].contiguous(for: name)
    let (result, sizes) = try windows.result(for: x, name)
    let from = x.sharedFloats
    let to = result.sharedFloats
    let c = sizes.channels
    let scale = 1 / Float(windows.kernel)
    try sizes.forEachWindow(on: x.device) { window, output in
      let target = to + output * c
      target.update(repeating: 0, count: c)
      for row in window { Sums.addRows(from + row * c, rows: 1, columns: c, stride: c, to: target) }
      for i in 0..<c { target[i] *= scale }
    }
    return Outcome(result)
  }

  public func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let sizes = PoolingSizes(windows, step.shapes[0])
    let dx = try Tensor.full(step.shapes[0], 0, on: step.upstream.device, operation: name)
    let up = step.upstream.sharedFloats
    let to = dx.sharedFloats
    let c = sizes.channels
    let scale = 1 / Float(windows.kernel)
    try sizes.forEachWindow(on: step.upstream.device) { window, output in
      let gradient = up + output * c
      for row in window {
        let target = to + row * c
        for i in 0..<c { target[i] += gradient[i] * scale }
      }
    }
    return [dx]
  }
}

/// Windows over time: their length, their distance, and the padding on both sides, in time steps.
public struct PoolingWindows: Sendable {
  public let kernel: Int
  public let stride: Int
  public let padding: Int

  /// The maximum kernel. Its sums fit an integer.
  public static let maxKernel = 1 << 24

  /// Windows of `kernel` steps, `stride` apart (nil: the kernel).
  public init(kernel: Int, stride: Int? = nil, padding: Int = 0) {
    self.kernel = kernel
    self.stride = stride ?? kernel
    self.padding = padding
  }

  /// Whether windows have length 2 and do not overlap.
  var arePairs: Bool { kernel == 2 && stride == 2 && padding == 0 }

  /// Checks an input `[batch, time, channels]` and allocates its result.
  func result(for x: Tensor, _ operation: String) throws -> (Tensor, PoolingSizes) {
    try x.requireFloat(operation)
    guard 1...Self.maxKernel ~= kernel, stride > 0, 0...kernel / 2 ~= padding else {
      throw TensorError.badArgument(
        operation: operation,
        reason: "kernel is 1 to \(Self.maxKernel), stride 1 or more, padding at most half the kernel")
    }
    guard x.rank == 3, x.shape[1] > 0, x.shape[1] + 2 * padding >= kernel else {
      throw TensorError.badShape(
        operation: operation, shape: x.shape,
        expected: "(batch, time of at least \(max(1, kernel - 2 * padding)), channels)",
        hint: "fewer poolings, or a longer input")
    }
    let sizes = PoolingSizes(self, x.shape)
    return (
      try Tensor(
        uninitialized: [sizes.batch, sizes.count, sizes.channels], .float32, on: x.device,
        operation: operation),
      sizes
    )
  }
}

/// The windows of one input.
struct PoolingSizes: Sendable {
  let batch: Int
  let time: Int
  let channels: Int
  /// Windows per sample.
  let count: Int
  private let windows: PoolingWindows

  init(_ windows: PoolingWindows, _ shape: [Int]) {
    self.windows = windows
    batch = shape[0]
    time = shape[1]
    channels = shape[2]
    count = (time + 2 * windows.padding - windows.kernel) / windows.stride + 1
  }

  /// Calls `body` with the input rows of every window (padding left out) and its output row; samples in
  /// parallel.
  ///
  /// - Throws: an interruption: many long windows take time that no memory bounds.
  func forEachWindow(on device: Device, _ body: @Sendable (Range<Int>, Int) -> Void) throws {
    let size = max(1, Device.chunkElements / max(1, time * channels))
    let windowElements = min(time, windows.kernel) * channels
    let group = max(1, Device.chunkElements / max(1, windowElements))
    try device.parallel(batch, by: size) { samples, watch in
      for sample in samples {
        for first in stride(from: 0, to: count, by: group) {
          try watch.count(group * windowElements, "pooling")
          for window in first..<min(first + group, count) {
            let start = window * windows.stride - windows.padding
            let rows = max(0, start)..<min(time, start + windows.kernel)
            body(sample * time + rows.lowerBound..<sample * time + rows.upperBound, sample * count + window)
          }
        }
      }
    }
  }
}
