import LuaHost
import Support
import Tensors

/// A value of a test, and what it is expected to be: what `expect` returns.
///
/// `@unchecked`: host objects are only used on the thread that runs their state.
final class Expectation: LuaHosted, @unchecked Sendable {
  static let luaClassName = "expectation"

  private let value: LuaReference?
  private let isNegated: Bool
  private unowned let state: LuaState

  init(_ value: LuaReference?, isNegated: Bool = false, in state: LuaState) {
    self.value = value
    self.isNegated = isNegated
    self.state = state
  }

  fileprivate var negated: Expectation { Expectation(value, isNegated: !isNegated, in: state) }

  fileprivate var actual: LuaValue {
    get throws { try value.map { try state.value(of: $0) } ?? .nil }
  }

  /// Checks a fact: `difference` says why it does not hold, nil that it does; `fact` is what is expected.
  fileprivate func check(_ difference: String?, _ fact: @autoclosure () -> String) throws {
    if isNegated {
      guard difference == nil else { return }
      throw ExpectationError("expected anything but \(fact()), and got that")
    }
    if let difference { throw ExpectationError(difference) }
  }

  fileprivate func raise(_ text: String?) throws {
    guard case .function(let function) = try actual else {
      throw ScriptError(
        "to_raise: expected a function, got \(try actual.typeName)",
        hint: "expect(function() … end):to_raise(\"text\")")
    }
    let wanted = text.map { "an error with '\($0)'" } ?? "an error"
    do { try state.call(function) } catch let error as ScriptError where error.isRecoverable {
      let isMeant = text.map { error.description.contains($0) } ?? true
      return try check(
        isMeant ? nil : "expected \(wanted), got the error\n  \(error.line.printable(limit: 400))", wanted)
    }
    try check("expected \(wanted), but the function returned", wanted)
  }

  fileprivate func compare(_ name: String, _ bound: Double, _ holds: (Double) -> Bool) throws {
    let value = try actual
    guard let number = value.single else {
      throw ExpectationError("expected a number \(name) \(bound.text), got \(ValueText.short(value))")
    }
    let fact = "a number \(name) \(bound.text)"
    try check(holds(number) ? nil : "expected \(fact), got \(number.text)", fact)
  }
}

/// A value that is not what a test expects.
struct ExpectationError: NightjarError {
  let message: ErrorMessage

  init(_ what: String) { message = ErrorMessage(what) }

  var exitCode: ExitCode { .script }
}

extension LuaClass {
  /// `expect(x)`.
  static let expectation = LuaClass(
    Expectation.self, "A value of a test, and what it is expected to be",
    methods: [
      LuaFunction(
        "to_equal", "The same numbers, strings, tables, or tensors with the same elements",
        [.any("expected", optional: true)]
      ) { call in
        let own = try call.object(0, Expectation.self)
        let expected = try call.value(1)
        try own.check(
          ValueComparison(tolerance: nil).difference(own.actual, expected), ValueText.short(expected))
        return .nothing
      },
      LuaFunction(
        "to_be_close", "Numbers, or tensors and lists of them, that differ by at most atol + rtol·|expected|",
        [
          .any("expected"), .number("atol", default: 1e-5, min: 0), .number("rtol", default: 1e-4, min: 0),
        ]
      ) { call in
        let own = try call.object(0, Expectation.self)
        let tolerance = ValueComparison.Tolerance(absolute: try call.number(2), relative: try call.number(3))
        let expected = try call.value(1)
        try own.check(
          ValueComparison(tolerance: tolerance).difference(own.actual, expected),
          "about \(ValueText.short(expected))")
        return .nothing
      },
      LuaFunction("to_have_shape", "A tensor of this shape", [.sizes("shape")]) { call in
        let own = try call.object(0, Expectation.self)
        let shape = try call.integers(from: 1)
        let got = try own.actual
        let tensor = got.object(Tensor.self)
        try own.check(
          tensor?.shape == shape
            ? nil
            : "expected a tensor of shape \(shape), got "
              + (tensor.map { "shape \($0.shape)" } ?? ValueText.short(got)), "shape \(shape)")
        return .nothing
      },
      LuaFunction("to_be_finite", "A number or tensor without NaN and infinity") { call in
        let own = try call.object(0, Expectation.self)
        let value = try own.actual
        let numbers =
          try value.object(Tensor.self).map { try $0.contiguous().numbers } ?? value.number.map { [$0] }
        guard let numbers else {
          throw ExpectationError("expected finite numbers, got \(ValueText.short(value))")
        }
        let bad = numbers.firstIndex { !$0.isFinite }
        try own.check(
          bad.map {
            "expected finite numbers, got \(numbers[$0].text) at element \($0 + 1) of \(numbers.count)"
          }, "finite numbers")
        return .nothing
      },
      plain("to_be_true", "true") { $0.boolean == true },
      plain("to_be_false", "false") { $0.boolean == false },
      plain("to_be_nil", "nil") { $0.isNil },
      LuaFunction("to_be_above", "A number greater than another", [.number("bound")]) { call in
        let bound = try call.number(1)
        try call.object(0, Expectation.self).compare("above", bound) { $0 > bound }
        return .nothing
      },
      LuaFunction("to_be_below", "A number less than another", [.number("bound")]) { call in
        let bound = try call.number(1)
        try call.object(0, Expectation.self).compare("below", bound) { $0 < bound }
        return .nothing
      },
      LuaFunction(
        "to_raise", "A function that raises an error, whose message has this text",
        [.string("text", optional: true)]
      ) { call in
        try call.object(0, Expectation.self).raise(call.has(1) ? call.string(1) : nil)
        return .nothing
      },
    ],
    properties: [
      LuaProperty("never", "The opposite is expected: expect(x).never:to_equal(y)", "expectation") { call in
        try call.push(call.object(0, Expectation.self).negated)
      }
    ])

  private static func plain(
    _ name: String, _ word: String, _ holds: @escaping @Sendable (LuaValue) -> Bool
  ) -> LuaFunction {
    LuaFunction(name, "The value \(word)") { call in
      let own = try call.object(0, Expectation.self)
      let value = try own.actual
      try own.check(holds(value) ? nil : "expected \(word), got \(ValueText.short(value))", word)
      return .nothing
    }
  }
}
