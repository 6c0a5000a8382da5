import LuaHost
import Tensors

/// An operation whose forward pass and gradient are Lua functions: what `nj.func` makes.
///
/// `@unchecked`: it is recorded, and walked backwards, only on the thread that runs its state.
final class ScriptedOperation: ComposedOperation, CustomOperation, @unchecked Sendable {
  let name = "func"
  private let functions: (forward: LuaReference, backward: LuaReference)
  private unowned let state: LuaState
  /// The arguments; the tensors among them are the operation's inputs.
  private let arguments: [LuaReference]
  private let places: [Int]
  /// What the script noted on its context.
  private var notes: [String: LuaReference] = [:]

  /// One call with these arguments, of which those at `places` are tensors.
  init(
    forward: LuaReference, backward: LuaReference, arguments: [LuaReference], places: [Int],
    in state: LuaState
  ) {
    functions = (forward, backward)
    self.arguments = arguments
    self.places = places
    self.state = state
  }

  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome {
    let context = ScriptedContext(saved: [])
    var given: [any LuaPushable] = arguments
    for (place, input) in zip(places, inputs) { given[place] = input }
    let results = try state.call(functions.forward, [context] + given)
    guard results.count == 1, let output = results[0].object(Tensor.self) else {
      throw ScriptError("func: forward gave \(Self.words(results)), it must give one tensor")
    }
    notes = context.notes
    return Outcome(output.detached(), saving: context.saved)
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let results = try state.call(
      functions.backward, [ScriptedContext(saved: step.saved, notes: notes), step.upstream])
    guard results.count <= arguments.count else {
      throw ScriptError("func: backward gave \(results.count) gradients for \(arguments.count) arguments")
    }
    return try places.enumerated().map { input, place in
      guard place < results.count, !results[place].isNil else { return nil }
      guard let gradient = results[place].object(Tensor.self), gradient.dtype == .float32 else {
        throw ScriptError(
          "func: backward's result \(place + 1) is \(Self.words([results[place]])), expected a float32 tensor or nil"
        )
      }
      guard gradient.shape == step.shapes[input] else {
        throw ScriptError(
          "func: backward's result \(place + 1) has shape \(gradient.shape), the argument has \(step.shapes[input])"
        )
      }
      return gradient
    }
  }

  /// The same as operations that run natively: for a function that is being recorded.
  func recorded(like inputs: [Tensor]) throws -> RecordedOperation {
    try RecordedOperation(name, like: inputs) { inputs in
      let outcome = try forward(inputs)
      return (outcome.output, outcome.saved)
    } backward: { upstream, saved in
      try gradient(
        BackwardStep(
          upstream: upstream, saved: saved, shapes: inputs.map(\.shape), needs: inputs.map { _ in true }))
    }
  }

  private static func words(_ results: [LuaValue]) -> String {
    results.isEmpty
      ? "nothing"
      : results.map { "a \($0.object(Tensor.self)?.dtype.rawValue ?? "") \($0.typeName)" }
        .joined(separator: ", ").replacing("a  ", with: "a ")
  }
}

/// What `forward` and `backward` of one call share: `ctx`.
final class ScriptedContext: LuaHosted {
  static let luaClassName = "func_context"
  fileprivate(set) var saved: [Tensor]
  fileprivate(set) var notes: [String: LuaReference]

  init(saved: [Tensor], notes: [String: LuaReference] = [:]) { (self.saved, self.notes) = (saved, notes) }
}

extension LuaClass {
  static let scriptedContext = LuaClass(
    ScriptedContext.self, "What forward and backward of nj.func share; fields may be set on it",
    methods: [
      LuaFunction("save", "Keeps tensors for backward", [.rest("tensors", .object("tensor"))]) { call in
        let context = try call.object(0, ScriptedContext.self)
        for argument in 1..<(call.count + 1) { context.saved.append(try call.tensor(argument)) }
        return .nothing
      },
      LuaFunction("saved", "The tensors that forward kept", returns: "tensors") { call in
        try call.push(all: call.object(0, ScriptedContext.self).saved.map(\.luaValue))
      },
    ],
    operators: [
      LuaFunction("__index", "A field", [.string("name")], returns: "any") { call in
        let notes = try call.object(0, ScriptedContext.self).notes
        guard let note = try notes[call.string(1)] else { return try call.push(LuaValue.nil) }
        return try call.push(note)
      },
      LuaFunction("__newindex", "Sets a field", [.string("name"), .any("value", optional: true)]) { call in
        let context = try call.object(0, ScriptedContext.self)
        context.notes[try call.string(1)] = call.has(2) ? call.reference(2) : nil
        return .nothing
      },
    ])
}

extension TensorBindings {
  /// `nj.func`.
  static let scripted = LuaFunction(
    "func",
    "An operation with a gradient of its own: forward(ctx, …) → tensor; backward(ctx, upstream) → a gradient "
      + "for each argument, nil for none",
    [.options("operation", [.function("forward"), .function("backward")])], returns: "function"
  ) { call in
    let options = try call.options(1)
    let forward = try options.function("forward")
    let backward = try options.function("backward")
    return try call.push(
      LuaFunction("func", "Calls the operation", [.rest("arguments")], returns: "tensor") { call in
        let numbers = 1..<(call.count + 1)
        let tensors = numbers.filter { call.objectIfAny($0, Tensor.self) != nil }
        guard !tensors.isEmpty else { throw ScriptError("func: there is no tensor among the arguments") }
        let operation = ScriptedOperation(
          forward: forward, backward: backward, arguments: numbers.map { call.reference($0) },
          places: tensors.map { $0 - 1 }, in: call.state)
        let inputs = try tensors.map { try call.tensor($0) }
        let isRecorded = Recording.isOfFunction
        return try call.push(
          isRecorded ? operation.recorded(like: inputs).apply(inputs) : operation.apply(inputs))
      })
  }
}
