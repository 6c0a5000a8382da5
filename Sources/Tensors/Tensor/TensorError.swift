/// What goes wrong with tensors: shapes that do not fit, indices outside, memory that is not there.
public enum TensorError: Failure, Equatable {
  /// Two operands' shapes do not fit together.
  case shapeMismatch(operation: String, left: [Int], right: [Int], mend: String)
  /// One operand has a shape the operation cannot take.
  case badShape(operation: String, shape: [Int], expected: String)
  /// The shape asked for holds another number of elements.
  case cannotReshape(from: [Int], to: [Int])
  /// A dimension that the tensor does not have, counted from 0.
  case noSuchDimension(operation: String, dimension: Int, shape: [Int])
  /// An index outside its dimension, counted from 0.
  case indexOutside(operation: String, index: Int, count: Int)
  /// An operand of another type than the operation takes.
  case wrongType(operation: String, expected: String, got: DType)
  /// An attribute outside its range.
  case badArgument(operation: String, reason: String)
  /// The allocation that would cross the memory budget.
  case budgetExceeded(operation: String, shape: [Int], needed: Int, live: Int, budget: Int)
  /// LAPACK could not do it.
  case notSolvable(operation: String, reason: String)
  /// `backward` where it cannot go.
  case noGradient(reason: String)

  public var exitCode: ExitCode {
    if case .budgetExceeded = self { .limit } else { .script }
  }

  public var description: String {
    switch self {
    case .shapeMismatch(let operation, let left, let right, let mend):
      "\(operation): cannot combine \(left) with \(right). Mend: \(mend)"
    case .badShape(let operation, let shape, let expected):
      "\(operation): got \(shape), expected \(expected)"
    case .cannotReshape(let from, let to):
      "reshape: \(from) has \(from.reduce(1, *)) elements, \(to) would have another number"
    case .noSuchDimension(let operation, let dimension, let shape):
      "\(operation): dimension \(dimension + 1) of a tensor of shape \(shape), which has \(shape.count)"
    case .indexOutside(let operation, let index, let count):
      "\(operation): index \(index &+ 1) is outside 1 to \(count)"
    case .wrongType(let operation, let expected, let got):
      "\(operation): expected \(expected), got a \(got.rawValue) tensor. Mend: convert with x:to(\"…\")"
    case .badArgument(let operation, let reason): "\(operation): \(reason)"
    case .budgetExceeded(let operation, let shape, let needed, let live, let budget):
      "\(operation): making \(shape) needs \(ByteCount(needed)), but \(ByteCount(live)) of the budget of "
        + "\(ByteCount(budget)) are in use. Mend: a smaller batch or model, nj.scope(), or --memory SIZE"
    case .notSolvable(let operation, let reason): "\(operation): \(reason)"
    case .noGradient(let reason): "backward: \(reason)"
    }
  }
}

/// A number of bytes, written for people: `1.5 GiB`.
public struct ByteCount: Sendable, CustomStringConvertible {
  public let bytes: Int

  public init(_ bytes: Int) { self.bytes = bytes }

  public var description: String {
    var value = Double(bytes)
    for unit in ["bytes", "KiB", "MiB", "GiB"] {
      if value < 1024 || unit == "GiB" {
        let rounded = (value * 10).rounded() / 10
        return unit == "bytes" ? "\(bytes) bytes" : "\(rounded) \(unit)"
      }
      value /= 1024
    }
    return "\(bytes) bytes"
  }

  /// Reads `500MB`, `1.5GiB`, `2G` or a plain number of bytes; nil when it is none of them.
  public init?(parsing text: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." }
    let unit = text.dropFirst(digits.count).lowercased().trimmingPrefix(" ")
    let scales: [String: Double] = [
      "": 1, "b": 1, "k": 1024, "kb": 1e3, "kib": 1024, "m": 1_048_576, "mb": 1e6, "mib": 1_048_576,
      "g": 1_073_741_824, "gb": 1e9, "gib": 1_073_741_824,
    ]
    guard let number = Double(digits), let scale = scales[String(unit)], number * scale < 1e18 else {
      return nil
    }
    bytes = Int(number * scale)
  }
}
