import Support
import VectorKernels

/// Depthwise convolutions: one output per channel, so that matrix products would have one column.
///
/// Every tap multiplies rows of all channels, so the inner loops run along memory. Weights are transposed for that,
/// from (channel, tap) to (tap, channel), in scratch memory.
extension Convolution {
  var isDepthwise: Bool { groups > 1 && groups == channels && groups == outputs }

  private var window: nj_window {
    nj_window(
      rows: time, kernel: kernel, stride: stride, padding: padding, dilation: dilation, channels: channels)
  }

  /// The samples of a chunk: about 2¹⁸ multiplications.
  private var samplesPerRun: Int {
    max(1, min(batch, (1 << 18) / max(1, outputTime * kernel * channels)))
  }

  /// The steps between two looks at the clock: about 2²⁰ multiplications.
  private var stepsPerRun: Int { max(1, (1 << 20) / max(1, kernel * channels)) }

  func depthwiseForward(
    _ x: Shared<Float>, packed: Shared<Float>, bias: Shared<Float>?, into y: Shared<Float>, on device: Device
  ) throws(TensorError) {
    let watch = Interruption.Watch()
    try device.parallel(batch, by: samplesPerRun, scratch: kernel * channels, operation: "conv1d") {
      samples, taps in
      var watch = watch
      transpose(packed.pointer, rows: channels, columns: kernel, into: taps)
      forEachRun(of: samples, steps: outputTime, &watch) { sample, first, steps in
        nj_depthwise(
          window, x + sample * time * channels, taps, bias?.pointer,
          y + (sample * outputTime + first) * channels, first, steps)
      }
    }
  }

  func depthwiseInputGradient(
    _ dy: Shared<Float>, packed: Shared<Float>, into dx: Shared<Float>, on device: Device
  ) throws(TensorError) {
    let watch = Interruption.Watch()
    try device.parallel(batch, by: samplesPerRun, scratch: 2 * kernel * channels, operation: "conv1d") {
      samples, taps in
      var watch = watch
      transpose(packed.pointer, rows: channels, columns: kernel, into: taps)
      if stride == 1 {
        gatherInputGradient(dy, taps, samples, into: dx, &watch)
      } else {
        scatterInputGradient(dy, taps, samples, into: dx, &watch)
      }
    }
  }

  /// The gradient of a convolution of stride 1 is one with the taps in reverse; these follow the taps in `taps`.
  private func gatherInputGradient(
    _ dy: Shared<Float>, _ taps: UnsafeMutablePointer<Float>, _ samples: Range<Int>, into dx: Shared<Float>,
    _ watch: inout Interruption.Watch
  ) {
    let reversed = taps + kernel * channels
    for tap in 0..<kernel {
      (reversed + tap * channels).update(from: taps + (kernel - 1 - tap) * channels, count: channels)
    }
    var window = window
    window.rows = outputTime
    window.padding = (kernel - 1) * dilation - padding
    forEachRun(of: samples, steps: time, &watch) { sample, first, steps in
      nj_depthwise(
        window, dy + sample * outputTime * channels, reversed, nil, dx + (sample * time + first) * channels,
        first, steps)
    }
  }

  private func scatterInputGradient(
    _ dy: Shared<Float>, _ taps: UnsafeMutablePointer<Float>, _ samples: Range<Int>, into dx: Shared<Float>,
    _ watch: inout Interruption.Watch
  ) {
    (dx + samples.lowerBound * time * channels).update(repeating: 0, count: samples.count * time * channels)
    for sample in samples {
      for step in 0..<outputTime {
        if watch.isDue(after: kernel * channels) { return }
        let upstream = dy + (sample * outputTime + step) * channels
        for tap in 0..<kernel {
          let row = step * stride - padding + tap * dilation
          guard row >= 0, row < time else { continue }
          let target = dx + (sample * time + row) * channels
          let weights = taps + tap * channels
          for c in 0..<channels { target[c] += upstream[c] * weights[c] }
        }
      }
    }
  }

  /// The weight's gradient from some samples, as (channel, tap); `taps` is scratch memory of that size.
  func depthwiseWeightGradient(
    _ x: Shared<Float>, _ dy: Shared<Float>, _ samples: Range<Int>, taps: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>, watch: Interruption.Watch
  ) {
    taps.update(repeating: 0, count: kernel * channels)
    var watch = watch
    forEachRun(of: samples, steps: outputTime, &watch) { sample, first, steps in
      nj_depthwise_taps(
        window, x + sample * time * channels, dy + sample * outputTime * channels, first, steps, taps)
    }
    transpose(taps, rows: kernel, columns: channels, into: target)
  }

  /// Calls `body` for runs of the steps of every sample, and looks at the clock after each.
  private func forEachRun(
    of samples: Range<Int>, steps: Int, _ watch: inout Interruption.Watch,
    _ body: (_ sample: Int, _ first: Int, _ steps: Int) -> Void
  ) {
    for sample in samples {
      for first in Swift.stride(from: 0, to: steps, by: stepsPerRun) {
        let count = min(stepsPerRun, steps - first)
        body(sample, first, count)
        if watch.isDue(after: count * kernel * channels) { return }
      }
    }
  }

  /// Transposes a matrix.
  private func transpose(
    _ from: UnsafeMutablePointer<Float>, rows: Int, columns: Int, into to: UnsafeMutablePointer<Float>
  ) {
    for row in 0..<rows {
      for column in 0..<columns { to[column * rows + row] = from[row * columns + column] }
    }
  }
}
