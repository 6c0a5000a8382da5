/// The types that elements have in files. A tensor holds each as the nearest type of its own.
public enum StoredType: String, Sendable, CaseIterable {
  case float16, bfloat16, float32, float64
  case int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case bool

  /// Bytes an element takes in a file.
  public var width: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// What a tensor holds them as.
  public var dtype: DType {
    switch self {
    case .float16, .bfloat16, .float32, .float64: .float32
    case .int8, .uint8, .int16, .uint16, .int32, .uint32, .int64, .uint64: .int32
    case .bool: .bool
    }
  }
}

/// Where the elements of a tensor lie among those of a file, counted in elements from the first one there.
struct StoredLayout {
  let shape: [Int]
  let strides: [Int]
  let offset: Int

  /// The place of the last element; nil when it is past what can be counted, or a stride or the offset is negative.
  var last: Int? {
    guard offset >= 0, strides.allSatisfy({ $0 >= 0 }) else { return nil }
    var last = offset
    for (length, stride) in zip(shape, strides) {
      let (span, tooLong) = (length - 1).multipliedReportingOverflow(by: stride)
      let (sum, tooFar) = last.addingReportingOverflow(span)
      if tooLong || tooFar { return nil }
      last = sum
    }
    return last
  }

  /// The elements in row-major order, as runs that lie a stride apart; there has to be one at least.
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

  /// Without dimensions of length 1, and with those joined that lie as one.
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
