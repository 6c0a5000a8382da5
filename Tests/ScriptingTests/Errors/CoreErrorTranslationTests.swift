import LuaHost
import Support
import Tensors
import Testing

import Scripting

/// An error of the core and its message for a script's author.
struct TranslationCase: Sendable, CustomTestStringConvertible {
  let error: TensorError
  let text: String
  var testDescription: String { text }

  init(_ error: TensorError, _ text: String) {
    self.error = error
    self.text = text
  }
}

@Suite struct CoreErrorTranslationTests {
  static let cases = [
    TranslationCase(
      .noSuchDimension(operation: "sum", dimension: 2, shape: [2, 3]),
      "sum: dimension 3 of a tensor of shape [2, 3], which has 2"),
    TranslationCase(
      .noSuchDimension(operation: "sum", dimension: -3, shape: [2, 3]),
      "sum: dimension -3 of a tensor of shape [2, 3], which has 2"),
    TranslationCase(
      .notPermutation(operation: "permute", order: [0, 0], rank: 2),
      "permute: [1, 1] is not an order of 2 dimensions"),
    TranslationCase(
      .indexOutside(operation: "select", index: 3, count: 3), "select: index 4 is outside 1 to 3"),
    TranslationCase(
      .labelOutside(operation: "cross_entropy", label: 5, sample: 1, classes: 5),
      "cross_entropy: label 6 of sample 2 is outside the 5 classes of the logits"),
    TranslationCase(
      .labelOutside(operation: "nll", label: Int(Int32.max), sample: 0, classes: 5),
      "nll: label -2147483648 of sample 1 is outside the 5 classes of the logits"),
    TranslationCase(
      .wrongType(operation: "gather", expected: .int32, got: .float32, role: "indices"),
      "gather: expected int32 indices, got float32. Hint: convert with x:to(\"int32\")"),
    TranslationCase(
      .sumOutOfRange(operation: "sum", sum: 1 << 40),
      "sum: 1099511627776 does not fit an int32. Hint: x:to(\"float32\") first"),
    TranslationCase(
      .labelCount(equation: "ij", operand: 0, labels: 2, shape: [3]),
      "einsum: \"ij\": operand 1 has 2 labels for the shape [3]"),
    TranslationCase(
      .writeToExpanded(operation: "add_", shape: [2, 3]),
      "add_: an expanded tensor [2, 3] cannot be written. Hint: clone() it first"),
    TranslationCase(
      .singular(operation: "solve", shape: [2, 2], row: 1),
      "solve: the matrix [2, 2] is singular: the pivot of row 2 is 0"),
    TranslationCase(
      .noGradient(.notScalar(shape: [2])),
      "backward: starts from one element, got [2]. Hint: sum() or mean() first"),
    TranslationCase(
      .notRecordable(function: "f", use: .inPlace(operation: "add_")),
      "f: the function is recorded once, then run natively: it cannot use add_. Hint: only operations that return "
        + "new tensors (where, gt, clamp, …), and a state instead of x:add_(y)"),
    TranslationCase(
      .shapeMismatch(operation: "add", left: [2], right: [3], hint: "lengths must be equal"),
      "add: cannot combine [2] with [3]. Hint: lengths must be equal"),
  ]

  @Test(arguments: cases) func countsFromOneAndNamesLua(_ c: TranslationCase) throws {
    let error = try #require(CoreErrorTranslation.translate(c.error) as? ScriptError)
    #expect(error.description == c.text)
    #expect(error.cause as? TensorError == c.error)
  }

  @Test func aRefusalOfMemoryStaysOne() throws {
    let refusal = TensorError.budgetExceeded(operation: "zeros", shape: [4], needed: 64, live: 0, budget: 10)
    let error = try #require(CoreErrorTranslation.translate(refusal) as? ScriptError)
    #expect(error.message.hint == "a smaller batch or model, nj.scope(), or --memory SIZE")
    #expect(error.exitCode == .limit)
    #expect(!(error as any NightjarError).isRecoverable)
    #expect((error.cause as? TensorError)?.isMemoryRefusal == true)
  }

  @Test func otherErrorsAreLeftAlone() {
    let error = FileError("read", "a.csv", reason: "no such file")
    #expect(CoreErrorTranslation.translate(error) as? FileError != nil)
  }
}
