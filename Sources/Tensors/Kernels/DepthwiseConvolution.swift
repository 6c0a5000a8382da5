import Support

/// Depthwise convolutions: one output per channel, so that matrix products would have one column.
///
/// Every tap multiplies rows of all channels, so the inner loops run along memory. Weights are transposed for that,
/// from (channel, tap) to (tap, channel), in scratch memory.
extension Convolution {
  var isDepthwise: Bool { groups > 1 && groups == channels && groups == outputs }

  /// The samples of a chunk: about 2¹⁸ multiplications.
  private var samplesPerRun: Int {
    max(1, min(batch, (1 << 18) / max(1, outputTime * kernel * channels)))
  }

  func depthwiseForward(
    _ x: Shared<Float>, packed: Shared<Float>, bias: Shared<Float>?, into y: Shared<Float>, on device: Device
  ) throws(TensorError) {
    let watch = Interruption.Watch()
    try device.parallel(batch, by: samplesPerRun, scratch: kernel * channels, operation: "conv1d") {
      samples, taps in
      var watch = watch
      transpose(packed.pointer, rows: channels, columns: kernel, into: taps)
      for sample in samples {
        for step in 0..<outputTime {
          if watch.isDue(after: kernel * channels) { return }
          let target = y + (sample * outputTime + step) * channels
          if let bias {
            target.update(from: bias.pointer, count: channels)
          } else {
            target.update(repeating: 0, count: channels)
          }
          forEachTap(step) { tap, row in
            let values = x + (sample * time + row) * channels
            let weights = taps + tap * channels
            for c in 0..<channels { target[c] += values[c] * weights[c] }
          }
        }
      }
    }
  }

  func depthwiseInputGradient(
    _ dy: Shared<Float>, packed: Shared<Float>, into dx: Shared<Float>, on device: Device
  ) throws(TensorError) {
    let watch = Interruption.Watch()
    try device.parallel(batch, by: samplesPerRun, scratch: kernel * channels, operation: "conv1d") {
      samples, taps in
      var watch = watch
      transpose(packed.pointer, rows: channels, columns: kernel, into: taps)
      (dx + samples.lowerBound * time * channels).update(repeating: 0, count: samples.count * time * channels)
      for sample in samples {
        for step in 0..<outputTime {
          if watch.isDue(after: kernel * channels) { return }
          let upstream = dy + (sample * outputTime + step) * channels
          forEachTap(step) { tap, row in
            let target = dx + (sample * time + row) * channels
            let weights = taps + tap * channels
            for c in 0..<channels { target[c] += upstream[c] * weights[c] }
          }
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
    for sample in samples {
      for step in 0..<outputTime {
        if watch.isDue(after: kernel * channels) { return }
        let upstream = dy + (sample * outputTime + step) * channels
        forEachTap(step) { tap, row in
          let values = x + (sample * time + row) * channels
          let sums = taps + tap * channels
          for c in 0..<channels { sums[c] += upstream[c] * values[c] }
        }
      }
    }
    transpose(taps, rows: kernel, columns: channels, into: target)
  }

  /// The taps of the window of an output step, with their input rows; those in the padding are left out.
  @inline(__always)
  private func forEachTap(_ step: Int, _ body: (_ tap: Int, _ row: Int) -> Void) {
    for tap in 0..<kernel {
      let row = step * stride - padding + tap * dilation
      if row >= 0 && row < time { body(tap, row) }
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
