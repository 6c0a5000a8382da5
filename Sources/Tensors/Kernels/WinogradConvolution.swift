import VectorKernels

/// A convolution over time with stride 1 by Winograd's minimal filtering F(4, 3).
///
/// Four neighbouring output steps of three taps take six products instead of twelve: six input steps and three taps are
/// transformed to six numbers each, which are multiplied one by one, and the six products make the four outputs. Over
/// all channels, the products are six matrix products. A kernel of more taps is several of three, added up before the
/// last transform; a dilated one is several convolutions of interleaved sequences. The relative error is about 1e-6.
///
/// Source: Lavin and Gray 2016, arXiv 1509.09308, in one dimension.
struct WinogradConvolution: Sendable {
  let batch: Int
  let time: Int
  let channels: Int
  let outputs: Int
  let outputTime: Int
  let kernel: Int
  /// Zeros before the first step; negative where the first steps are left out.
  let padding: Int
  let dilation: Int

  /// Output steps of a tile, taps of a part of the kernel, and numbers that both are transformed to.
  private static let tile = 4
  private static let taps = 3
  private static let points = 6

  /// The parts of the kernel.
  private var parts: Int { (kernel + Self.taps - 1) / Self.taps }
  /// The numbers that one product of a tile adds up.
  private var inner: Int { parts * channels }
  /// The interleaved sequences.
  private var phases: Int { min(dilation, outputTime) }
  private func tiles(ofPhase phase: Int) -> Int {
    let steps = (outputTime - phase + dilation - 1) / dilation
    return (steps + Self.tile - 1) / Self.tile
  }
  /// The tiles of a sample.
  private var tiles: Int { (0..<phases).reduce(0) { $0 + tiles(ofPhase: $1) } }

  /// Whether it saves a quarter of the multiplications or more, and these are worth the transforms.
  var isWorthwhile: Bool {
    guard kernel >= Self.taps, min(channels, outputs) >= 32 else { return false }
    return 4 * Self.points * parts * tiles <= 3 * kernel * outputTime
  }

  /// The samples of a chunk: enough rows for an efficient product, few enough for its matrices to stay in a cache.
  private var samplesPerChunk: Int { max(1, min(batch, 256 / max(1, tiles))) }

  /// The product of one point.
  private var product: PanelProduct { PanelProduct(inner: inner, columns: outputs) }

  /// y (batch, outputTime, outputs) from x (batch, time, channels) and a transformed weight.
  func apply(
    _ x: Shared<Float>, weight: Shared<Float>, bias: Shared<Float>?, finish: ConvolutionFinish?,
    into y: Shared<Float>, on device: Device
  ) throws(TensorError) {
    let size = samplesPerChunk
    let most = size * tiles
    let finishScratch = finish == nil ? 0 : size * outputTime * outputs
    let scratch = Self.points * most * (inner + outputs) + rowScratch + finishScratch
    try device.parallel(batch, by: size, scratch: scratch, operation: "conv1d") { samples, memory in
      let rows = samples.count * tiles
      let products = memory + Self.points * rows * inner
      let spare = products + Self.points * rows * outputs
      transformInput(x, samples, into: memory, zeros: spare)
      let inputs = Shared(memory)
      let sums = Shared(products)
      // Where there are several chunks, they run in parallel themselves.
      let pointsOfTask = samples.count == batch ? 1 : Self.points
      device.parallel(Self.points, by: pointsOfTask) { points in
        for point in points {
          product.multiply(
            .init(inputs + point * rows * inner, stride: inner), weight + point * product.count,
            into: sums + point * rows * outputs, stride: outputs, rows: rows)
        }
      }
      let target = finish == nil ? y + samples.lowerBound * outputTime * outputs : spare + rowScratch
      withRows { from, to in
        forEachTile(samples) { tile, sample, step in
          for point in 0..<Self.points {
            from[point] = UnsafePointer(products + (point * rows + tile) * outputs)
          }
          for i in 0..<Self.tile {
            let at = step + i * dilation
            to[i] =
              at < outputTime ? target + ((sample - samples.lowerBound) * outputTime + at) * outputs : spare
          }
          nj_winograd_output(from, bias?.pointer, to, outputs)
        }
      }
      finish?.apply(target, samples, steps: outputTime, width: outputs, into: y)
    }
  }

  /// The gradient of a packed weight (out, tap, channel) from some samples.
  ///
  /// - Parameter memory: ``gradientScratch(_:)`` floats for as many samples.
  func weightGradient(
    _ x: Shared<Float>, _ dy: Shared<Float>, _ samples: Range<Int>, memory: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let rows = samples.count * tiles
    let upstream = memory + Self.points * rows * inner
    let products = upstream + Self.points * rows * outputs
    let spare = products + Self.points * outputs * inner
    transformInput(x, samples, into: memory, zeros: spare)
    withRows { from, to in
      forEachTile(samples) { tile, sample, step in
        for i in 0..<Self.tile {
          let at = step + i * dilation
          from[i] =
            at < outputTime ? UnsafePointer(dy + (sample * outputTime + at) * outputs) : UnsafePointer(spare)
        }
        for point in 0..<Self.points { to[point] = upstream + (point * rows + tile) * outputs }
        nj_winograd_upstream(from, to, outputs)
      }
    }
    for point in 0..<Self.points {
      LinearAlgebra.multiply(
        .init(upstream + point * rows * outputs, stride: outputs, transposed: true),
        .init(memory + point * rows * inner, stride: inner),
        into: products + point * outputs * inner, stride: inner, rows: outputs, columns: inner, inner: rows)
    }
    withRows { from, to in
      for output in 0..<outputs {
        for part in 0..<parts {
          for point in 0..<Self.points {
            from[point] = UnsafePointer(products + (point * outputs + output) * inner + part * channels)
          }
          for i in 0..<Self.taps {
            let tap = part * Self.taps + i
            to[i] = tap < kernel ? target + (output * kernel + tap) * channels : spare
          }
          nj_winograd_weight(from, to, channels)
        }
      }
    }
  }

  /// The scratch memory of ``weightGradient(_:_:_:memory:into:)``.
  func gradientScratch(_ samples: Int) -> Int {
    Self.points * (samples * tiles * (inner + outputs) + outputs * inner) + rowScratch
  }

  /// A row of zeros, or one that takes what is not needed.
  private var rowScratch: Int { max(channels, outputs) }

  /// The transform of every tile's input, as (point, tile, part, channel).
  private func transformInput(
    _ x: Shared<Float>, _ samples: Range<Int>, into values: UnsafeMutablePointer<Float>,
    zeros: UnsafeMutablePointer<Float>
  ) {
    let rows = samples.count * tiles
    zeros.update(repeating: 0, count: rowScratch)
    withRows { from, to in
      forEachTile(samples) { tile, sample, step in
        for part in 0..<parts {
          for point in 0..<Self.points {
            let at = step - padding + (part * Self.taps + point) * dilation
            from[point] = UnsafePointer(0..<time ~= at ? x + (sample * time + at) * channels : zeros)
            to[point] = values + (point * rows + tile) * inner + part * channels
          }
          nj_winograd_input(from, to, channels)
        }
      }
    }
  }

  /// Calls `body` with the number of every tile, its sample and its first output step.
  @inline(__always)
  private func forEachTile(_ samples: Range<Int>, _ body: (_ tile: Int, _ sample: Int, _ step: Int) -> Void) {
    var number = 0
    for sample in samples {
      for phase in 0..<phases {
        for tile in 0..<tiles(ofPhase: phase) {
          body(number, sample, phase + tile * Self.tile * dilation)
          number += 1
        }
      }
    }
  }

  /// Memory for the rows that a transform reads and writes.
  @inline(__always)
  private func withRows(
    _ body: (UnsafeMutablePointer<UnsafePointer<Float>?>, UnsafeMutablePointer<UnsafeMutablePointer<Float>?>)
      -> Void
  ) {
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: Self.points) { from in
      withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: Self.points) { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        body(from, to)
      }
    }
  }
}

/// Transformed weights: one packed matrix for every point.
extension WinogradConvolution {
  /// The transform of a packed weight (out, tap, channel).
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func transform(_ packed: Shared<Float>, on device: Device) throws(TensorError) -> Tensor {
    let rows = try scratch(on: device)
    let target = rows.sharedFloats
    transform(packed, rowsOfTap: outputs, width: channels, on: device) { output, part, point in
      target + (point * outputs + output) * inner + part * channels
    }
    return try pack(rows, isTransposed: true, on: device)
  }

  /// The same of a convolution that computes the gradient of another one's input: `packed` is (channel, tap, out) here,
  /// and its taps are reversed.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func transformReversed(_ packed: Shared<Float>, on device: Device) throws(TensorError) -> Tensor {
    let rows = try scratch(on: device)
    let target = rows.sharedFloats
    transform(packed, isReversed: true, rowsOfTap: channels, width: outputs, on: device) {
      channel, part, point in
      target + (point * inner + part * channels + channel) * outputs
    }
    return try pack(rows, isTransposed: false, on: device)
  }

  private func scratch(on device: Device) throws(TensorError) -> Tensor {
    try Tensor(
      uninitialized: [Self.points, inner, outputs], .float32, on: device, operation: "conv1d (scratch)")
  }

  private func pack(_ rows: Tensor, isTransposed: Bool, on device: Device) throws(TensorError) -> Tensor {
    let product = product
    let result = try Tensor(
      uninitialized: [Self.points, product.count], .float32, on: device, operation: "conv1d")
    let from = rows.sharedFloats
    let to = result.sharedFloats
    let size = inner * outputs
    let stride = isTransposed ? inner : outputs
    device.parallel(chunks: Self.points) { point in
      product.pack(
        .init(from + point * size, stride: stride, transposed: isTransposed), into: to + point * product.count
      )
    }
    return result
  }

  private func transform(
    _ packed: Shared<Float>, isReversed: Bool = false, rowsOfTap: Int, width: Int, on device: Device,
    target: @Sendable (_ row: Int, _ part: Int, _ point: Int) -> UnsafeMutablePointer<Float>
  ) {
    let parts = parts
    let kernel = kernel
    device.parallel(rowsOfTap, by: max(1, Device.chunkElements / max(1, 2 * kernel * width))) { rows in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { zeros in
        guard let zeros = zeros.baseAddress else { return }
        zeros.initialize(repeating: 0, count: width)
        withRows { from, to in
          for row in rows {
            for part in 0..<parts {
              for i in 0..<Self.taps {
                let tap = part * Self.taps + i
                let own = isReversed ? kernel - 1 - tap : tap
                from[i] = UnsafePointer(tap < kernel ? packed + (row * kernel + own) * width : zeros)
              }
              for point in 0..<Self.points { to[point] = target(row, part, point) }
              nj_winograd_taps(from, to, width)
            }
          }
        }
      }
    }
  }
}
