/// The sizes of one convolution over time, channels last, and its products.
///
/// With channels last, the `kernel` × `channels` values a window sees lie next to each other, so the matrix
/// of all windows is the input itself read with overlapping rows (``Windows``): nothing is copied. Windows
/// of all samples of a chunk are rows of one such matrix when the stride divides the time ("flat"); rows
/// that straddle two samples are computed and left out. Dilation and groups go tap by tap.
struct Convolution: Sendable {
  let batch: Int
  /// Time of the padded input.
  let time: Int
  let channels: Int
  let outputs: Int
  let kernel: Int
  let stride: Int
  let dilation: Int
  let groups: Int

  /// Time of the output.
  var outputTime: Int { (time - dilation * (kernel - 1) - 1) / stride + 1 }
  /// Whether a window is one run of memory.
  var isWindowed: Bool { dilation == 1 && groups == 1 }
  /// Whether windows of neighbouring samples are one matrix.
  var isFlat: Bool { isWindowed && time % stride == 0 }
  /// Rows from a sample to the next in the flat matrix.
  var pitch: Int { time / stride }
  private var window: Int { kernel * channels }
  private var groupChannels: Int { channels / groups }
  private var groupOutputs: Int { outputs / groups }

  /// Samples one chunk works on.
  var samplesPerChunk: Int {
    max(1, LinearAlgebra.rowsPerChunk(columns: outputs, inner: window / groups) / max(1, outputTime))
  }

  /// y (batch, outputTime, outputs) = windows of x · weight, plus bias. `packed` is (outputs, kernel,
  /// channels) when windowed, else (kernel, groups, channels per group, outputs per group).
  func forward(
    _ x: Shared<Float>, packed: Shared<Float>, bias: Shared<Float>?, scratch: Shared<Float>?,
    into y: Shared<Float>, on device: Device
  ) {
    device.parallel(batch, by: samplesPerChunk) { samples in
      if let scratch {
        let rows = scratch + samples.lowerBound * pitch * outputs
        Windows(x + samples.lowerBound * time * channels, step: stride * channels, width: window)
          .multiply(
            .init(packed.pointer, stride: window, transposed: true), into: rows,
            rows: (samples.count - 1) * pitch + outputTime, columns: outputs)
        for (i, sample) in samples.enumerated() {
          place(rows + i * pitch * outputs, bias, into: y + sample * outputTime * outputs)
        }
      } else {
        for sample in samples {
          let from = x + sample * time * channels
          let to = y + sample * outputTime * outputs
          if isWindowed {
            Windows(from, step: stride * channels, width: window)
              .multiply(
                .init(packed.pointer, stride: window, transposed: true), into: to, rows: outputTime,
                columns: outputs)
          } else {
            forEachTap { tap, group, weight in
              LinearAlgebra.multiply(
                .init(from + tap * dilation * channels + group * groupChannels, stride: stride * channels),
                .init(packed + weight, stride: groupOutputs), into: to + group * groupOutputs,
                stride: outputs,
                rows: outputTime,
                columns: groupOutputs, inner: groupChannels, beta: tap == 0 ? 0 : 1)
            }
          }
          if bias != nil { place(to, bias, into: to) }
        }
      }
    }
  }

  /// Copies a sample's rows to their place and adds the bias.
  private func place(
    _ from: UnsafeMutablePointer<Float>, _ bias: Shared<Float>?, into to: UnsafeMutablePointer<Float>
  ) {
    guard let bias else { return to.update(from: from, count: outputTime * outputs) }
    for row in 0..<outputTime {
      let (source, target) = (from + row * outputs, to + row * outputs)
      for c in 0..<outputs { target[c] = source[c] + bias[c] }
    }
  }

  private func forEachTap(_ body: (_ tap: Int, _ group: Int, _ weight: Int) -> Void) {
    for tap in 0..<kernel {
      for group in 0..<groups { body(tap, group, (tap * groups + group) * groupChannels * groupOutputs) }
    }
  }

  /// The upstream gradient with every sample stretched to ``pitch`` rows, the rest zeros, and `kernel` − 1
  /// rows of zeros before the first: rows that no window owns then add nothing.
  func spread(_ dy: Shared<Float>, into rows: Shared<Float>, on device: Device) {
    (rows + 0).update(repeating: 0, count: (kernel - 1) * outputs)
    device.parallel(batch, by: samplesPerChunk) { samples in
      for sample in samples {
        let to = rows + (kernel - 1 + sample * pitch) * outputs
        to.update(from: dy + sample * outputTime * outputs, count: outputTime * outputs)
        (to + outputTime * outputs).update(repeating: 0, count: (pitch - outputTime) * outputs)
      }
    }
  }

  /// dx (batch, time, channels) from the spread gradient, for stride 1 windows: again windows, of the
  /// gradient, over the taps in reverse. `reversed` is (kernel, outputs, channels).
  func inputGradient(
    spread: Shared<Float>, reversed: Shared<Float>, into dx: Shared<Float>, on device: Device
  ) {
    device.parallel(batch, by: samplesPerChunk) { samples in
      Windows(spread + samples.lowerBound * time * outputs, step: outputs, width: kernel * outputs)
        .multiply(
          .init(reversed.pointer, stride: channels), into: dx + samples.lowerBound * time * channels,
          rows: samples.count * time, columns: channels)
    }
  }

  /// dx tap by tap, for every other case; dx holds zeros. `taps` is (kernel, groups, channels, outputs) per
  /// group.
  func inputGradient(_ dy: Shared<Float>, taps: Shared<Float>, into dx: Shared<Float>, on device: Device) {
    device.parallel(batch, by: samplesPerChunk) { samples in
      for sample in samples {
        forEachTap { tap, group, weight in
          LinearAlgebra.multiply(
            .init(dy + (sample * outputTime * outputs + group * groupOutputs), stride: outputs),
            .init(taps + weight, stride: groupOutputs, transposed: true),
            into: dx + (sample * time * channels + tap * dilation * channels + group * groupChannels),
            stride: stride * channels, rows: outputTime, columns: groupChannels, inner: groupOutputs, beta: 1)
        }
      }
    }
  }

  /// Samples whose weight gradients are summed in one product; their sums are added in order.
  var samplesPerPartial: Int { max(1, 2048 / max(1, outputTime)) }
  /// The number of such sums.
  var partials: Int { (batch + samplesPerPartial - 1) / samplesPerPartial }
  /// Output channels one product of the weight gradient covers.
  private var outputsPerBlock: Int { 128 }

  /// The gradient of the packed weight, as ``partials`` partial sums, laid out like `packed` in ``forward``.
  func weightGradient(
    _ x: Shared<Float>, _ dy: Shared<Float>, isSpread: Bool, into sums: Shared<Float>, on device: Device
  ) {
    let size = outputs * window / groups
    let blocks = isWindowed ? (outputs + outputsPerBlock - 1) / outputsPerBlock : 1
    device.parallel(chunks: partials * blocks) { task in
      let (partial, block) = (task / blocks, task % blocks)
      let samples = partial * samplesPerPartial..<min(batch, (partial + 1) * samplesPerPartial)
      let target = sums + partial * size
      guard isWindowed else { return tapGradient(x, dy, samples, into: target) }
      let first = block * outputsPerBlock
      let count = min(outputsPerBlock, outputs - first)
      if isSpread {
        Windows(x + samples.lowerBound * time * channels, step: stride * channels, width: window)
          .multiplyTransposed(
            dy + ((kernel - 1 + samples.lowerBound * pitch) * outputs + first), stride: outputs,
            into: target + first * window, rows: (samples.count - 1) * pitch + outputTime, columns: count,
            adding: false)
      } else {
        for (i, sample) in samples.enumerated() {
          Windows(x + sample * time * channels, step: stride * channels, width: window)
            .multiplyTransposed(
              dy + (sample * outputTime * outputs + first), stride: outputs, into: target + first * window,
              rows: outputTime, columns: count, adding: i > 0)
        }
      }
    }
  }

  private func tapGradient(
    _ x: Shared<Float>, _ dy: Shared<Float>, _ samples: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) {
    for (i, sample) in samples.enumerated() {
      forEachTap { tap, group, weight in
        LinearAlgebra.multiply(
          .init(
            x + (sample * time * channels + tap * dilation * channels + group * groupChannels),
            stride: stride * channels, transposed: true),
          .init(dy + (sample * outputTime * outputs + group * groupOutputs), stride: outputs),
          into: target + weight, stride: groupOutputs, rows: groupChannels, columns: groupOutputs,
          inner: outputTime,
          beta: i == 0 ? 0 : 1)
      }
    }
  }
}
