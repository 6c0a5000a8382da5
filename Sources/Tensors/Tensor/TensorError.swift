import Support

/// What goes wrong with tensors: shapes that do not fit, indices outside, memory that is not there.
public enum TensorError: NightjarError, Equatable {
  /// Two operands' shapes do not fit together.
  case shapeMismatch(operation: String, left: [Int], right: [Int], hint: String)
  /// One operand has a shape the operation cannot take.
  case badShape(operation: String, shape: [Int], expected: String, hint: String? = nil)
  /// The shape asked for holds another number of elements.
  case cannotReshape(from: [Int], to: [Int])
  /// A dimension that the tensor does not have, counted from 0.
  case noSuchDimension(operation: String, dimension: Int, shape: [Int])
  /// An index outside its dimension, counted from 0.
  case indexOutside(operation: String, index: Int, count: Int)
  /// An operand of another type than the operation takes.
  case wrongType(operation: String, expected: String, got: DType)
  /// An attribute outside its range.
  case badArgument(operation: String, reason: String, hint: String? = nil)
  /// The allocation that would cross the memory budget.
  case budgetExceeded(operation: String, shape: [Int], needed: Int, live: Int, budget: Int)
  /// LAPACK could not do it.
  case notSolvable(operation: String, reason: String, hint: String? = nil)
  /// `backward` where it cannot go.
  case noGradient(reason: String, hint: String? = nil)

  public var exitCode: ExitCode {
    if case .budgetExceeded = self { .limit } else { .script }
  }

  public var isMemoryRefusal: Bool { exitCode == .limit }

  public var message: ErrorMessage {
    switch self {
    case .shapeMismatch(let operation, let left, let right, let hint):
      ErrorMessage("\(operation): cannot combine \(left) with \(right)", hint: hint)
    case .badShape(let operation, let shape, let expected, let hint):
      ErrorMessage("\(operation): got \(shape), expected \(expected)", hint: hint)
    case .cannotReshape(let from, let to):
      "reshape: \(from) has \(from.reduce(1, *)) elements, \(to) would have another number"
    case .noSuchDimension(let operation, let dimension, let shape):
      ErrorMessage(
        "\(operation): dimension \(dimension + 1) of a tensor of shape \(shape), which has \(shape.count)")
    case .indexOutside(let operation, let index, let count):
      "\(operation): index \(index &+ 1) is outside 1 to \(count)"
    case .wrongType(let operation, let expected, let got):
      ErrorMessage(
        "\(operation): expected \(expected), got a \(got.rawValue) tensor", hint: "convert with x:to(\"…\")")
    case .badArgument(let operation, let reason, let hint):
      ErrorMessage("\(operation): \(reason)", hint: hint)
    case .budgetExceeded(let operation, let shape, let needed, let live, let budget):
      ErrorMessage(
        "\(operation): making \(shape) needs \(ByteCount(needed)), but \(ByteCount(live)) of the budget of "
          + "\(ByteCount(budget)) are in use", hint: "a smaller batch or model, nj.scope(), or --memory SIZE")
    case .notSolvable(let operation, let reason, let hint):
      ErrorMessage("\(operation): \(reason)", hint: hint)
    case .noGradient(let reason, let hint): ErrorMessage("backward: \(reason)", hint: hint)
    }
  }
}
