import Support

/// What can fail in this module: shapes that do not fit, indices out of range, memory that is not available.
///
/// Dimensions, indices and labels count from 0. The cases hold them as data, so that a front end which counts
/// otherwise, or can name the function to call, makes a message of its own.
public enum TensorError: NightjarError, Equatable {
  /// The shapes of two operands do not fit together.
  case shapeMismatch(operation: String, left: [Int], right: [Int], hint: String)
  /// The operation does not take an operand of this shape.
  case badShape(operation: String, shape: [Int], expected: String, hint: String? = nil)
  /// The requested shape holds another number of elements.
  case cannotReshape(from: [Int], to: [Int])
  /// The tensor has no such dimension; a negative one counts from the end.
  case noSuchDimension(operation: String, dimension: Int, shape: [Int])
  /// The range of dimensions ends before it begins.
  case badRange(operation: String, first: Int, last: Int, shape: [Int])
  /// The order is not a permutation of the dimensions.
  case notPermutation(operation: String, order: [Int], rank: Int)
  /// The index is outside its dimension of length `count`.
  case indexOutside(operation: String, index: Int, count: Int)
  /// The index, which counts from the end, is before the start of its dimension of length `count`.
  case indexBeforeStart(operation: String, index: Int, count: Int)
  /// The label of a sample is not one of the classes.
  case labelOutside(operation: String, label: Int, sample: Int, classes: Int)
  /// An operand, or its `role` such as "labels", is of another type than the operation takes.
  case wrongType(operation: String, expected: DType, got: DType, role: String? = nil)
  /// The sum of integers is outside the range of int32.
  case sumOutOfRange(operation: String, sum: Int)
  /// A result of integers is outside the range of int32.
  case outOfInt32(operation: String)
  /// A number is no int32: it has a fraction, or is out of range.
  case notInteger(operation: String, value: Double)
  /// float32 has no number for this int32.
  case notExact(operation: String, value: Int)
  /// The results of an operation in place are of another type than the tensor that shall hold them.
  case inPlaceType(operation: String, result: DType, target: DType)
  /// An attribute is outside its range.
  case badArgument(operation: String, reason: String, hint: String? = nil)
  /// The number of labels that an equation gives an operand is not its rank.
  case labelCount(equation: String, operand: Int, labels: Int, shape: [Int])
  /// An expanded view, whose elements share memory, cannot be written.
  case writeToExpanded(operation: String, shape: [Int])
  /// The allocation would exceed the memory budget; sizes are in bytes.
  case budgetExceeded(operation: String, shape: [Int], needed: Int, live: Int, budget: Int)
  /// The matrix is not positive definite: its leading minor that ends at `row` is not positive.
  case notPositiveDefinite(operation: String, shape: [Int], row: Int)
  /// The matrix is singular: the pivot of `row` is 0.
  case singular(operation: String, shape: [Int], row: Int)
  /// LAPACK cannot decompose the matrix.
  case notSolvable(operation: String, reason: String)
  /// There is no gradient, or it cannot be computed.
  case noGradient(GradientProblem)
  /// A function that is recorded does something that cannot be recorded.
  case notRecordable(function: String, use: UnrecordableUse)

  /// Why there is no gradient.
  public enum GradientProblem: Sendable, Equatable {
    /// An earlier backward pass released the saved tensors.
    case released
    /// A tensor of this shape that the gradient of `operation` needs was changed in place.
    case changedInPlace(operation: String, shape: [Int])
    /// The operation has no gradient.
    case undefined(operation: String)
    /// `operation` would change a tensor in place whose gradient is wanted.
    case inPlaceUpdate(operation: String)
    /// The tensor was made before a value with a gradient was assigned to the memory that it shares.
    case outdatedView(operation: String)
    /// A value with a gradient is assigned to a view, whose base would not know of it.
    case assignmentToView(operation: String)
    /// Only a leaf can start or stop requiring a gradient; this tensor is a result of `operation`.
    case notLeaf(operation: String)
    /// The tensor stores no gradient: it is not a leaf that requires one.
    case notStored
    /// The tensor does not depend on anything that requires a gradient.
    case nothingRecorded
    /// A backward pass without an upstream gradient starts from one element.
    case notScalar(shape: [Int])
  }

  /// What a recorded function cannot do.
  public enum UnrecordableUse: Sendable, Equatable {
    /// Read the elements of a tensor.
    case values
    /// Draw random numbers.
    case randomNumbers
    /// Change a tensor in place.
    case inPlace(operation: String)
    /// Use a tensor that no recorded operation made.
    case untrackedTensor
  }

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
      "\(operation): dimension \(dimension) is out of range for the shape \(shape) of rank \(shape.count)"
    case .badRange(let operation, let first, let last, let shape):
      "\(operation): dimension \(last) comes before dimension \(first) in the shape \(shape)"
    case .notPermutation(let operation, let order, let rank):
      "\(operation): \(order) is not a permutation of \(rank) dimensions"
    case .indexOutside(let operation, let index, let count):
      "\(operation): index \(index) is outside 0..<\(count)"
    case .indexBeforeStart(let operation, let index, let count):
      "\(operation): index \(index) is outside -\(count)...-1"
    case .labelOutside(let operation, let label, let sample, let classes):
      "\(operation): label \(label) of sample \(sample) is outside the \(classes) classes of the logits"
    case .wrongType(let operation, let expected, let got, let role):
      ErrorMessage(
        Self.typeMismatch(operation, expected, got, role), hint: "convert the tensor to \(expected)")
    case .sumOutOfRange(let operation, let sum):
      ErrorMessage("\(operation): \(sum) does not fit an int32", hint: "convert the tensor to float32")
    case .outOfInt32(let operation):
      ErrorMessage("\(operation): a result does not fit an int32", hint: "convert the tensor to float32")
    case .notInteger(let operation, let value):
      ErrorMessage("\(operation): \(value) is not an int32", hint: "round it, or use a float32 tensor")
    case .notExact(let operation, let value):
      ErrorMessage(
        "\(operation): computes in float32, which has no \(value)",
        hint: "convert the tensor to float32 to round it")
    case .inPlaceType(let operation, let result, let target):
      ErrorMessage(
        "\(operation): the results are \(result), the tensor holds \(target)",
        hint: "make a new tensor instead, or convert the tensor first")
    case .badArgument(let operation, let reason, let hint):
      ErrorMessage("\(operation): \(reason)", hint: hint)
    case .labelCount(let equation, let operand, let labels, let shape):
      "einsum: \"\(equation)\": operand \(operand) has \(labels) labels for the shape \(shape)"
    case .writeToExpanded(let operation, let shape):
      ErrorMessage("\(operation): an expanded tensor \(shape) cannot be written", hint: "copy it first")
    case .budgetExceeded(let operation, let shape, let needed, let live, let budget):
      ErrorMessage(
        Self.refusal(operation, shape, needed, live, budget),
        hint: "a smaller batch or model, or a larger budget")
    case .notPositiveDefinite(let operation, let shape, let row):
      ErrorMessage(
        "\(operation): the matrix \(shape) is not positive definite: it fails at row \(row)",
        hint: "add a small number to the diagonal")
    case .singular(let operation, let shape, let row):
      "\(operation): the matrix \(shape) is singular: the pivot of row \(row) is 0"
    case .notSolvable(let operation, let reason): "\(operation): \(reason)"
    case .noGradient(let problem): problem.message
    case .notRecordable(let function, let use):
      ErrorMessage(
        "\(function): the function is recorded once, then run natively: it cannot use \(use.words)",
        hint: "only operations that return new tensors, and a state in place of in-place changes")
    }
  }

  private static func typeMismatch(_ operation: String, _ expected: DType, _ got: DType, _ role: String?)
    -> String
  {
    "\(operation): expected \(expected)\(role.map { " \($0)" } ?? ""), got \(got)"
  }

  private static func refusal(
    _ operation: String, _ shape: [Int], _ needed: Int, _ live: Int, _ budget: Int
  ) -> String {
    "\(operation): allocating \(shape) needs \(ByteCount(needed)), but \(ByteCount(live)) of the budget of "
      + "\(ByteCount(budget)) are in use"
  }
}

extension TensorError.GradientProblem {
  fileprivate var message: ErrorMessage {
    switch self {
    case .released:
      ErrorMessage(
        "backward: the graph was used already and its saved tensors were released",
        hint: "compute the loss again")
    case .changedInPlace(let operation, let shape):
      ErrorMessage(
        "backward: a tensor that \(operation) needs for its gradient was changed in place (shape \(shape))",
        hint: "make a new tensor instead, or change a copy")
    case .undefined(let operation):
      ErrorMessage("backward: \(operation) has no gradient", hint: "detach its input or its results")
    case .inPlaceUpdate(let operation):
      ErrorMessage(
        "\(operation): would change in place a tensor whose gradient is wanted",
        hint: "turn recording off for an update, or make a new tensor")
    case .outdatedView(let operation):
      ErrorMessage(
        "\(operation): the tensor was made before a value with a gradient was assigned to its memory",
        hint: "take the view again after the assignment, or detach the value")
    case .assignmentToView(let operation):
      ErrorMessage(
        "\(operation): a value with a gradient is assigned to a view, and would lose its gradient",
        hint: "assign to the tensor itself by an index, or detach the value")
    case .notLeaf(let operation):
      ErrorMessage(
        "gradient: only leaves can require a gradient; this is a result of \(operation)",
        hint: "detach it first")
    case .notStored:
      ErrorMessage(
        "gradient: only a leaf that requires a gradient stores one",
        hint: "make the tensor require a gradient first")
    case .nothingRecorded:
      ErrorMessage(
        "backward: no operation was recorded",
        hint: "make a parameter require a gradient, and compute the loss with recording on")
    case .notScalar(let shape):
      ErrorMessage(
        "backward: starts from one element, got \(shape)", hint: "reduce it to a sum or mean first")
    }
  }
}

extension TensorError.UnrecordableUse {
  fileprivate var words: String {
    switch self {
    case .values: "the values of a tensor"
    case .randomNumbers: "random numbers"
    case .inPlace(let operation): operation
    case .untrackedTensor:
      "a tensor that was drawn at random, computed by argmax, sort or unique, or made outside the recording"
    }
  }
}
