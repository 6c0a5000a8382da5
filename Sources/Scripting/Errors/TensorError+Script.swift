import LuaHost
import Support
import Tensors

extension TensorError {
  /// The same error with ``scriptMessage``; its exit code and whether it is recoverable are those of this one, its
  /// cause.
  var forScripts: ScriptError { ScriptError(scriptMessage, at: locations, cause: self) }

  /// The same error as one of what a script wrote, `written`, where the core did it by another operation: `view` by
  /// `reshape`.
  func forScripts(of written: String) -> ScriptError {
    let message = scriptMessage
    let what = message.what.drop { $0 != ":" }
    return ScriptError(
      ErrorMessage(what.isEmpty ? message.what : written + what, hint: message.hint), at: locations,
      cause: self)
  }

  /// The message for a script's author: dimensions, indices, labels and rows from 1, hints in Lua.
  var scriptMessage: ErrorMessage {
    switch self {
    case .noSuchDimension(let operation, let dimension, let shape):
      "\(operation): dimension \(fromOne(dimension)) of a tensor of shape \(shape), which has \(shape.count)"
    case .notPermutation(let operation, let order, let rank):
      "\(operation): \(order.map(fromOne)) is not an order of \(rank) dimensions"
    case .indexOutside(let operation, let index, let count):
      "\(operation): index \(index &+ 1) is outside 1 to \(count)"
    case .indexBeforeStart(let operation, let index, let count):
      "\(operation): index \(index) is outside -\(count) to -1"
    case .badRange(let operation, let first, let last, let shape):
      "\(operation): dimension \(fromOne(last)) comes before dimension \(fromOne(first)) in the shape \(shape)"
    case .labelOutside(let operation, let label, let sample, let classes):
      ErrorMessage(
        "\(operation): label \(asWritten(label)) of sample \(sample + 1) is outside the \(classes) classes of the "
          + "logits", hint: asWritten(label) == 0 ? "labels count from 1: labels + 1" : nil)
    case .wrongType(_, let expected, _, _):
      ErrorMessage(message.what, hint: "convert with x:to(\"\(expected)\")")
    case .sumOutOfRange, .outOfInt32: ErrorMessage(message.what, hint: "x:to(\"float32\") first")
    case .notExact: ErrorMessage(message.what, hint: "x:to(\"float32\") to round it")
    case .inPlaceType: ErrorMessage(message.what, hint: "use the form without _, or x:to(\"float32\") first")
    case .labelCount(let equation, let operand, let labels, let shape):
      "einsum: \"\(equation)\": operand \(operand + 1) has \(labels) labels for the shape \(shape)"
    case .writeToExpanded: ErrorMessage(message.what, hint: "clone() it first")
    case .budgetExceeded:
      ErrorMessage(message.what, hint: "a smaller batch or model, nj.scope(), or --memory SIZE")
    case .notPositiveDefinite(let operation, let shape, let row):
      TensorError.notPositiveDefinite(operation: operation, shape: shape, row: row + 1).message
    case .singular(let operation, let shape, let row):
      TensorError.singular(operation: operation, shape: shape, row: row + 1).message
    case .noGradient(let problem): problem.scriptMessage(message)
    case .notRecordable(let function, .untrackedTensor):
      ErrorMessage(
        "\(function): the function is recorded once, then run natively: it cannot use a tensor that was drawn at "
          + "random, computed by argmax, sort or unique, or, within nj.func, not passed to it",
        hint: Self.recordableHint)
    case .notRecordable: ErrorMessage(message.what, hint: Self.recordableHint)
    case .shapeMismatch, .badShape, .cannotReshape, .badArgument, .notInteger, .notSolvable: message
    }
  }

  private static let recordableHint =
    "only operations that return new tensors (where, gt, clamp, …), and a state instead of x:add_(y)"

  /// A dimension as scripts count: from 1, negative ones from the end.
  private func fromOne(_ position: Int) -> Int { position < 0 ? position : position &+ 1 }

  /// A label as the script wrote it. One that wrapped around when it was shifted to count from 0 wraps back.
  private func asWritten(_ label: Int) -> Int { Int(Int32(truncatingIfNeeded: label) &+ 1) }
}

extension TensorError.GradientProblem {
  /// The core's message with a hint in Lua.
  fileprivate func scriptMessage(_ message: ErrorMessage) -> ErrorMessage {
    switch self {
    case .released: message
    case .changedInPlace: ErrorMessage(message.what, hint: "use the form without _, or clone() first")
    case .undefined: ErrorMessage(message.what, hint: "detach() its input, or its results")
    case .inPlaceUpdate:
      ErrorMessage(message.what, hint: "nj.no_grad(function() … end) for an update, or the form without _")
    case .outdatedView:
      ErrorMessage(message.what, hint: "take the view again after the assignment, or assign w:detach()")
    case .assignmentToView:
      ErrorMessage(message.what, hint: "x[{ i, j }] = w instead of x[i][j] = w, or assign w:detach()")
    case .notLeaf(let operation):
      ErrorMessage(
        "requires_grad_: only for leaves; this is a result of \(operation)", hint: "detach() first")
    case .notStored:
      ErrorMessage("grad: only a leaf that requires a gradient stores one", hint: "requires_grad_() first")
    case .nothingRecorded:
      ErrorMessage(message.what, hint: "requires_grad_() on a parameter, and no no_grad around the loss")
    case .notScalar: ErrorMessage(message.what, hint: "sum() or mean() first")
    }
  }
}
