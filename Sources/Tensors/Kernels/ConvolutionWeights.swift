/// Weights of a convolution in PyTorch's order (out, channel, tap) and in the products' (out, tap, channel).
extension Convolution {
  private var channelsOfGroup: Int { channels / groups }

  /// `packed` (out, tap, channel) from `weight` (out, channel, tap).
  func pack(_ weight: Shared<Float>, into packed: Shared<Float>, on device: Device) {
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
