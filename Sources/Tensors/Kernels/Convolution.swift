import Support

/// The sizes of one convolution over time, channels last, and its products.
///
/// Every product works on windows: one row for every output step, with its input values as (group, tap, channel). A
/// chunk of samples has its windows gathered into scratch memory that stays in a core's cache, and one matrix product
/// per group does the rest. Weights come packed in the same order: (out, tap, channel of the group).
struct Convolution: Sendable {
  let batch: Int
  let time: Int
  let channels: Int
  let outputs: Int
  let kernel: Int
  let stride: Int
  let padding: Int
  let dilation: Int
  let groups: Int

  /// The number of output steps.
  var outputTime: Int { (time + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1 }
  /// The values of a window, of all groups.
  private var window: Int { kernel * channels }
  private var groupWindow: Int { window / groups }
  private var groupOutputs: Int { outputs / groups }
  private var groupChannels: Int { channels / groups }
  /// Whether windows are the input's own rows.
  private var isPointwise: Bool { kernel == 1 && stride == 1 && padding == 0 }

  /// It by Winograd's minimal filtering, where that is faster.
  private var winograd: WinogradConvolution? {
    guard groups == 1, stride == 1 else { return nil }
    let fast = WinogradConvolution(
      batch: batch, time: time, channels: channels, outputs: outputs, outputTime: outputTime, kernel: kernel,
      padding: padding, dilation: dilation)
    return fast.isWorthwhile ? fast : nil
  }

  /// The same of the gradient of the input: a convolution of the output's gradient with the taps in reverse.
  private var winogradOfInputGradient: WinogradConvolution? {
    guard groups == 1, stride == 1 else { return nil }
    let fast = WinogradConvolution(
      batch: batch, time: outputTime, channels: outputs, outputs: channels, outputTime: time, kernel: kernel,
      padding: dilation * (kernel - 1) - padding, dilation: dilation)
    return fast.isWorthwhile ? fast : nil
  }

  /// The samples of a chunk: about 2²⁵ multiplications, and enough rows for an efficient product.
  private var samplesPerChunk: Int {
    let rows = max(256, (1 << 25) / max(1, outputs * groupWindow))
    return max(1, min(batch, rows / max(1, outputTime)))
  }

  /// y (batch, outputTime, outputs) = windows of x · weight, plus bias; with a `finish`, which takes one group, what
  /// that makes of it chunk by chunk.
  ///
  /// - Parameter weight: as ``productWeight(_:)`` makes it.
  func forward(
    _ x: Shared<Float>, weight: Shared<Float>, bias: Shared<Float>?, finish: ConvolutionFinish? = nil,
    into y: Shared<Float>, on device: Device
  ) throws(TensorError) {
    if isDepthwise { return try depthwiseForward(x, packed: weight, bias: bias, into: y, on: device) }
    if let winograd {
      return try winograd.apply(x, weight: weight, bias: bias, finish: finish, into: y, on: device)
    }
    let windowScratch = isPointwise ? 0 : samplesPerChunk * outputTime * window
    let scratch = windowScratch + (finish == nil ? 0 : samplesPerChunk * outputTime * outputs)
    try device.parallel(batch, by: samplesPerChunk, scratch: scratch, operation: "conv1d") {
      samples, memory in
      let rows = samples.count * outputTime
      let windows = gathered(x, samples, in: memory)
      let target = finish == nil ? y + samples.lowerBound * outputTime * outputs : memory + windowScratch
      if let bias {
        for row in 0..<rows { (target + row * outputs).update(from: bias.pointer, count: outputs) }
      }
      for group in 0..<groups {
        LinearAlgebra.multiply(
          .init(windows + group * groupWindow, stride: window),
          .init(weight + group * groupOutputs * groupWindow, stride: groupWindow, transposed: true),
          into: target + group * groupOutputs, stride: outputs, rows: rows, columns: groupOutputs,
          inner: groupWindow, beta: bias == nil ? 0 : 1)
      }
      finish?.apply(target, samples, steps: outputTime, width: outputs, into: y)
    }
  }

  /// dx (batch, time, channels): the gradient of every window, summed where windows overlap.
  func inputGradient(
    _ dy: Shared<Float>, packed: Shared<Float>, into dx: Shared<Float>, on device: Device
  ) throws(TensorError) {
    if isDepthwise { return try depthwiseInputGradient(dy, packed: packed, into: dx, on: device) }
    if let winograd = winogradOfInputGradient {
      let weight = try winograd.transformReversed(packed, on: device)
      return try winograd.apply(
        dy, weight: weight.sharedFloats, bias: nil, finish: nil, into: dx, on: device)
    }
    let scratch = isPointwise ? 0 : samplesPerChunk * outputTime * window
    try device.parallel(batch, by: samplesPerChunk, scratch: scratch, operation: "conv1d") {
      samples, memory in
      let target = dx + samples.lowerBound * time * channels
      let windows = isPointwise ? target : memory
      for group in 0..<groups {
        LinearAlgebra.multiply(
          .init(dy + (samples.lowerBound * outputTime * outputs + group * groupOutputs), stride: outputs),
          .init(packed + group * groupOutputs * groupWindow, stride: groupWindow),
          into: windows + group * groupWindow, stride: window, rows: samples.count * outputTime,
          columns: groupWindow, inner: groupOutputs)
      }
      if !isPointwise { scatter(windows, samples, into: dx) }
    }
  }

  /// The samples whose weight gradients are added in one sum: 512 windows, twice as many where four make one row of
  /// a product, or a sixteenth of all.
  private var samplesPerSum: Int {
    let rows = max(winograd == nil ? 512 : 1024, (batch * outputTime + 15) / 16)
    return max(1, min(batch, rows / max(1, outputTime)))
  }
  /// The number of sums of ``weightGradient(_:_:into:on:)``.
  var sums: Int { (batch + samplesPerSum - 1) / samplesPerSum }
  /// Values of one sum: the packed weight's gradient, then the bias's.
  var sumLength: Int { outputs * groupWindow + outputs }

  /// The gradients of the packed weight and the bias as ``sums`` sums of ``sumLength``, to be added in order.
  func weightGradient(
    _ x: Shared<Float>, _ dy: Shared<Float>, into partials: Shared<Float>, on device: Device
  ) throws(TensorError) {
    let watch = Interruption.Watch()
    let winograd = winograd
    let scratch =
      winograd?.gradientScratch(samplesPerSum)
      ?? (isDepthwise ? window : isPointwise ? 0 : samplesPerSum * outputTime * window)
    try device.parallel(batch, by: samplesPerSum, scratch: scratch, operation: "conv1d") { samples, memory in
      let rows = samples.count * outputTime
      let upstream = dy + samples.lowerBound * outputTime * outputs
      let target = partials + samples.lowerBound / samplesPerSum * sumLength
      if isDepthwise {
        depthwiseWeightGradient(x, dy, samples, taps: memory, into: target, watch: watch)
      } else if let winograd {
        winograd.weightGradient(x, dy, samples, memory: memory, into: target)
      } else {
        let windows = gathered(x, samples, in: memory)
        for group in 0..<groups {
          LinearAlgebra.multiply(
            .init(upstream + group * groupOutputs, stride: outputs, transposed: true),
            .init(windows + group * groupWindow, stride: window),
            into: target + group * groupOutputs * groupWindow, stride: groupWindow, rows: groupOutputs,
            columns: groupWindow, inner: rows)
        }
      }
      let bias = target + outputs * groupWindow
      bias.update(repeating: 0, count: outputs)
      Sums.addRows(upstream, rows: rows, columns: outputs, stride: outputs, to: bias)
    }
  }

  /// The windows of some samples: gathered in `memory`, or the input itself where they are its rows.
  private func gathered(
    _ x: Shared<Float>, _ samples: Range<Int>, in memory: UnsafeMutablePointer<Float>
  ) -> UnsafeMutablePointer<Float> {
    if isPointwise { return x + samples.lowerBound * time * channels }
    let isRun = dilation == 1 && groups == 1
    for (i, sample) in samples.enumerated() {
      for step in 0..<outputTime {
        let target = memory + (i * outputTime + step) * window
        let first = step * stride - padding
        if isRun, first >= 0, first + kernel <= time {
          target.update(from: x + (sample * time + first) * channels, count: window)
          continue
        }
        forEachRun(first) { row, channel, offset in
          if let row {
            (target + offset).update(
              from: x + ((sample * time + row) * channels + channel), count: groupChannels)
          } else {
            (target + offset).update(repeating: 0, count: groupChannels)
          }
        }
      }
    }
    return memory
  }

  /// Adds windows to the inputs they were gathered from, after setting those to zero.
  private func scatter(_ windows: UnsafeMutablePointer<Float>, _ samples: Range<Int>, into dx: Shared<Float>)
  {
    (dx + samples.lowerBound * time * channels).update(repeating: 0, count: samples.count * time * channels)
    for (i, sample) in samples.enumerated() {
      for step in 0..<outputTime {
        let source = windows + (i * outputTime + step) * window
        forEachRun(step * stride - padding) { row, channel, offset in
          guard let row else { return }
          let target = dx + ((sample * time + row) * channels + channel)
          let values = source + offset
          for c in 0..<groupChannels { target[c] += values[c] }
        }
      }
    }
  }

  /// The runs of memory of the window that starts at time `first`: the input row (nil in the padding), the first
  /// channel, and the offset in the window.
  @inline(__always)
  private func forEachRun(_ first: Int, _ body: (_ row: Int?, _ channel: Int, _ offset: Int) -> Void) {
    for group in 0..<groups {
      for tap in 0..<kernel {
        let row = first + tap * dilation
        body(
          row >= 0 && row < time ? row : nil, group * groupChannels,
          (group * kernel + tap) * groupChannels)
      }
    }
  }
}

/// Weights in PyTorch's order (out, channel, tap) and packed in the order of the products (out, tap, channel).
extension Convolution {
  private var channelsOfGroup: Int { channels / groups }

  /// A contiguous weight (out, channel, tap) as ``forward(_:weight:bias:finish:into:on:)`` reads it.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func productWeight(_ weight: Tensor) throws -> Tensor {
    let packed = try packed(weight)
    return try winograd?.transform(packed.sharedFloats, on: packed.device) ?? packed
  }

  /// The same, kept for the next time.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func keptWeight(_ weight: Tensor) throws -> Tensor {
    try PackedWeight.of(weight, as: .convolution(groups: groups, isWinograd: winograd != nil)) {
      try productWeight(weight)
    }
  }

  /// A weight (out, channel, tap) as (out, tap, channel).
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func packed(_ weight: Tensor) throws -> Tensor {
    let packed = try Tensor(uninitialized: weight.shape, .float32, on: weight.device, operation: "conv1d")
    pack(weight.sharedFloats, into: packed.sharedFloats, on: weight.device)
    return packed
  }

  private func pack(_ weight: Shared<Float>, into packed: Shared<Float>, on device: Device) {
    let channels = channelsOfGroup
    let size = kernel * channelsOfGroup
    device.parallel(outputs, by: max(1, Device.chunkElements / max(1, size))) { rows in
      for row in rows {
        let from = weight + row * size
        let to = packed + row * size
        for tap in 0..<kernel {
          for c in 0..<channels { to[tap * channels + c] = from[c * kernel + tap] }
        }
      }
    }
  }

  /// The gradients of the weight, in PyTorch's order, and of the bias from the sums of
  /// ``weightGradient(_:_:into:on:)``, added in order.
  func total(
    _ partials: Shared<Float>, weight: Shared<Float>, bias: Shared<Float>, on device: Device
  ) {
    let channels = channelsOfGroup
    let size = kernel * channelsOfGroup
    device.parallel(outputs, by: max(1, Device.chunkElements / max(1, size * sums))) { rows in
      for row in rows {
        let first = partials + row * size
        let to = weight + row * size
        for sum in 1..<max(1, sums) {
          let next = partials + (sum * sumLength + row * size)
          for i in 0..<size { first[i] += next[i] }
        }
        for tap in 0..<kernel {
          for c in 0..<channels { to[c * kernel + tap] = first[tap * channels + c] }
        }
      }
    }
    for output in 0..<outputs {
      var total = 0.0
      for sum in 0..<sums { total += Double(partials[sum * sumLength + outputs * size + output]) }
      bias[output] = Float(total)
    }
  }
}
