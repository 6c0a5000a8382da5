import VectorKernels

/// The functions of one number that have SIMD kernels: the same bits on every processor, an error of at most 2 ULP.
enum VectorFunction {
  case exponential, logarithm, tanh, sigmoid, errorFunction, gelu, geluSlope

  private var kernel: nj_function {
    switch self {
    case .exponential: NJ_EXP
    case .logarithm: NJ_LOG
    case .tanh: NJ_TANH
    case .sigmoid: NJ_SIGMOID
    case .errorFunction: NJ_ERF
    case .gelu: NJ_GELU
    case .geluSlope: NJ_GELU_SLOPE
    }
  }

  /// The value at `x`, with the bits that ``map(_:named:)`` computes.
  func value(_ x: Float) -> Float {
    var x = x
    var y = Float(0)
    nj_map(kernel, &x, &y, 1)
    return y
  }

  /// The value of every element of a float32 tensor.
  ///
  /// - Throws: ``TensorError`` for another type, or when the memory budget is exceeded.
  func map(_ x: Tensor, named name: String) throws -> Tensor {
    try x.requireFloat(name)
    let source = try x.contiguous(for: name)
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = source.sharedFloats
    let to = result.sharedFloats
    let kernel = kernel
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      nj_map(kernel, from + range.lowerBound, to + range.lowerBound, range.count)
    }
    return result
  }

  /// The value of every element times that of `factor`, of the same shape; both are contiguous.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  func map(_ x: Tensor, times factor: Tensor, named name: String) throws -> Tensor {
    let result = try Tensor(uninitialized: x.shape, .float32, on: x.device, operation: name)
    let from = x.sharedFloats
    let factors = factor.sharedFloats
    let to = result.sharedFloats
    let kernel = kernel
    x.device.parallel(x.count, by: Device.chunkElements) { range in
      nj_map(kernel, from + range.lowerBound, to + range.lowerBound, range.count)
      for i in range { to[i] *= factors[i] }
    }
    return result
  }
}

/// The instruction set of the SIMD kernels in use, for diagnostics.
public enum VectorInstructions {
  /// "AVX-512", "AVX2" or "baseline".
  public static var name: String { String(cString: nj_vector_level()) }
}
