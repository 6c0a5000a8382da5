import Foundation

/// The element types of files. A tensor converts each to the nearest of its own types.
public enum StoredType: String, Sendable, CaseIterable {
  case float16, bfloat16, float32, float64
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case bool

  /// Bytes of an element in a file.
  public var width: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// The type of a tensor of these elements.
  public var dtype: DType {
    switch self {
    case .float16, .bfloat16, .float32, .float64: .float32
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: .int32
    case .bool: .bool
    }
  }
}

/// The positions of the elements of a tensor in a file, counted in elements from the start.
struct StoredLayout {
  let shape: [Int]
  let strides: [Int]
  let offset: Int

  /// The position of the last element; nil when it overflows, or a stride or the offset is negative.
  var last: Int? {
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else { return nil }
    var last = offset
    for (length, stride) in zip(shape, strides) {
      let (span, tooLong) = stride.multipliedReportingOverflow(by: length - 1)
      let (sum, tooFar) = last.addingReportingOverflow(span)
      if tooLong || tooFar { return nil }
      last = sum
    }
    return last
  }

  /// Calls `body` with the elements in row-major order, as runs of one stride; there must be at least one element.
  func forEachRun(_ body: (_ first: Int, _ stride: Int, _ count: Int) -> Void) {
    let (shape, strides) = merged
    let count = shape.last ?? 1
    let stride = strides.last ?? 1
    var index = [Int](repeating: 0, count: max(0, shape.count - 1))
    var first = offset
    while true {
      body(first, stride, count)
      var dimension = index.count - 1
      while dimension >= 0 {
        index[dimension] += 1
        first += strides[dimension]
        if index[dimension] < shape[dimension] { break }
        first -= index[dimension] * strides[dimension]
        index[dimension] = 0
        dimension -= 1
      }
      if dimension < 0 { return }
    }
  }

  /// Without dimensions of length 1, and with adjacent dimensions of one stride merged.
  private var merged: (shape: [Int], strides: [Int]) {
    var lengths: [Int] = []
    var steps: [Int] = []
    for (length, stride) in zip(shape, strides) where length != 1 {
      if let step = steps.last, step == stride * length {
        lengths[lengths.count - 1] *= length
        steps[steps.count - 1] = stride
      } else {
        lengths.append(length)
        steps.append(stride)
      }
    }
    return (lengths, steps)
  }
}

extension Tensor {
  /// A tensor of `shape` from a file's little-endian elements, as many as it has.
  ///
  /// In the file the last index varies fastest, or the first one if it `isColumnMajor`.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` when there are fewer or more, or one does not fit an
  ///   int32; ``TensorError`` for a shape that is not valid or does not fit the memory budget.
  public init(
    stored bytes: Data, as type: StoredType, shape: [Int], isColumnMajor: Bool = false, on device: Device
  ) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: "load")
    guard bytes.count == count * type.width else {
      throw .badArgument(
        operation: "load", reason: "\(bytes.count) bytes cannot fill \(shape) of \(type.rawValue)")
    }
    let strides = isColumnMajor ? Self.rowMajor(shape.reversed()).reversed() : Self.rowMajor(shape)
    try self.init(stored: bytes, as: type, shape: shape, strides: strides, on: device)
  }

  /// A tensor of some of a file's little-endian elements: those at `strides` from element `offset`.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:hint:)`` when the file does not have all of them, or one does
  ///   not fit an int32; ``TensorError`` for a shape that is not valid or does not fit the memory budget.
  public init(
    stored bytes: Data, as type: StoredType, shape: [Int], strides: [Int], offset: Int = 0, on device: Device
  ) throws(TensorError) {
    let count = try Self.elementCount(of: shape, operation: "load")
    guard strides.count == shape.count else {
      throw .badArgument(operation: "load", reason: "the shape is \(shape), the strides are \(strides)")
    }
    let layout = StoredLayout(shape: shape, strides: strides, offset: offset)
    let available = bytes.count / type.width
    if count > 0 {
      guard let last = layout.last, last < available else {
        throw .badArgument(
          operation: "load",
          reason:
            "\(shape) with strides \(strides) from element \(offset) exceeds the \(available) elements of the file"
        )
      }
    }
    try self.init(uninitialized: shape, type.dtype, on: device, operation: "load")
    defer { Recorder.current?.noteConstant(self) }
    guard count > 0 else { return }
    if let misfit = bytes.withUnsafeBytes({ read($0, as: type, layout) }) {
      throw .badArgument(operation: "load", reason: "\(misfit) does not fit an int32")
    }
  }

  /// Fills this tensor; returns an integer that does not fit, if there is one.
  private func read(_ raw: UnsafeRawBufferPointer, as type: StoredType, _ layout: StoredLayout) -> String? {
    switch type {
    case .float32: copy(raw, layout) { (x: UInt32) in Float(bitPattern: x) }
    case .float64: copy(raw, layout) { (x: UInt64) in Float(Double(bitPattern: x)) }
    case .float16: copy(raw, layout) { (x: UInt16) in Float(half: x) }
    case .bfloat16: copy(raw, layout) { (x: UInt16) in Float(bitPattern: UInt32(x) << 16) }
    case .bool: copy(raw, layout) { (x: UInt8) in x != 0 }
    case .int8: copy(raw, layout) { (x: Int8) in Int32(x) }
    case .uint8: copy(raw, layout) { (x: UInt8) in Int32(x) }
    case .int16: copy(raw, layout) { (x: Int16) in Int32(x) }
    case .uint16: copy(raw, layout) { (x: UInt16) in Int32(x) }
    case .int32: copy(raw, layout) { (x: Int32) in x }
    case .uint32: return narrow(raw, layout, UInt32.self)
    case .int64: return narrow(raw, layout, Int64.self)
    case .uint64: return narrow(raw, layout, UInt64.self)
    }
    return nil
  }

  private func narrow<From: FixedWidthInteger & BitwiseCopyable>(
    _ raw: UnsafeRawBufferPointer, _ layout: StoredLayout, _ type: From.Type
  ) -> String? {
    var misfit: From?
    copy(raw, layout) { (x: From) in
      if Int32(exactly: x) == nil { misfit = misfit ?? x }
      return Int32(truncatingIfNeeded: x)
    }
    return misfit.map { "\($0)" }
  }

  /// `change` of every element; the layout was checked to lie within `raw`.
  @inline(__always)
  private func copy<From: BitwiseCopyable, To: Scalar>(
    _ raw: UnsafeRawBufferPointer, _ layout: StoredLayout, _ change: (From) -> To
  ) {
    var to = pointer(To.self)
    let width = MemoryLayout<From>.size
    layout.forEachRun { first, stride, count in
      for i in 0..<count {
        to[i] = change(raw.loadUnaligned(fromByteOffset: (first + i * stride) * width, as: From.self))
      }
      to += count
    }
  }
}

extension Float {
  /// An IEEE 754 half-precision number from its bits.
  init(half bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 1023)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 31: self = fraction == 0 ? sign * .infinity : .nan
    default: self = sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }
}
