import LuaHost
import Tensors

extension TensorBindings {
  static let autograd: [LuaFunction] = [
    LuaFunction(
      "requires_grad_", "Sets whether backward accumulates a gradient for the tensor",
      [.boolean("wanted", default: true)],
      returns: "the tensor itself"
    ) { call in
      let wanted = try call.boolean(1)
      try call.update(0) { (tensor: inout Tensor) in try tensor.requireGradient(wanted) }
      return call.push(argument: 0)
    },
    LuaFunction(
      "backward",
      "Adds the gradient of this number to the grad of every tensor it depends on that requires one",
      [.tensor("gradient", optional: true)]
    ) { call in
      try call.tensor(0).backward(call.objectIfAny(1, Tensor.self))
      return .nothing
    },
  ]

  /// `nj.no_grad`, `nj.grad`, `nj.func` and `nj.fuse`.
  static let autogradFunctions: [LuaFunction] = [
    scripted,
    fuse,
    LuaFunction(
      "no_grad", "Calls a function without recording gradients; returns its results", [.function("f")],
      returns: "what f returns"
    ) { call in
      let function = try call.function(1)
      let results = try Recording.off { try call.state.callForReferences(function) }
      return try call.push(all: results.map(\.luaValue))
    },
    LuaFunction(
      "grad", "The gradients of a single number with respect to tensors, without changing their grad",
      [.tensor("loss"), .list("tensors", of: .object("tensor"))], returns: "list of tensors"
    ) { call in
      let gradients = try call.tensor(1).gradients(of: call.objects(2, Tensor.self))
      return try call.push(gradients.map { $0.luaValue })
    },
  ]
}

/// An operation whose forward pass and gradient are Lua functions: what `nj.func` makes.
///
/// `@unchecked`: it is recorded, and walked backwards, only on the thread that runs its state.
final class ScriptedOperation: ComposedOperation, CustomOperation, @unchecked Sendable {
  let name = "func"
  let functions: (forward: LuaReference, backward: LuaReference)
  private unowned let state: LuaState
  /// The arguments; the tensors among them are the operation's inputs.
  private let arguments: [LuaReference]
  private let positions: [Int]
  /// Fields that the script set on its context.
  private var notes: [String: LuaReference] = [:]

  /// One call with these arguments, of which those at `positions` are tensors.
  init(
    forward: LuaReference, backward: LuaReference, arguments: [LuaReference], positions: [Int],
    in state: LuaState
  ) {
    functions = (forward, backward)
    self.arguments = arguments
    self.positions = positions
    self.state = state
  }

  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome {
    let context = ScriptedContext(saved: [])
    var given: [any LuaPushable] = arguments
    for (position, input) in zip(positions, inputs) { given[position] = input }
    let results = try state.call(functions.forward, [context] + given)
    guard results.count == 1, let output = results[0].object(Tensor.self) else {
      throw ScriptError("func: forward returned \(Self.words(results)), expected one tensor")
    }
    notes = context.notes
    return Outcome(output.detached(), saving: context.saved)
  }

  func gradient(_ step: BackwardStep) throws -> [Tensor?] {
    let results = try state.call(
      functions.backward, [ScriptedContext(saved: step.saved, notes: notes), step.upstream])
    guard results.count <= arguments.count else {
      throw ScriptError("func: backward returned \(results.count) gradients for \(arguments.count) arguments")
    }
    return try positions.enumerated().map { input, position in
      guard position < results.count, !results[position].isNil else { return nil }
      guard let gradient = results[position].object(Tensor.self), gradient.dtype == .float32 else {
        throw ScriptError(
          "func: backward's result \(position + 1) is \(Self.words([results[position]])), "
            + "expected a float32 tensor or nil"
        )
      }
      guard gradient.shape == step.shapes[input] else {
        throw ScriptError(
          "func: backward's result \(position + 1) has shape \(gradient.shape), the argument has \(step.shapes[input])"
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
  /// Fields are stored in the host, where no memory is charged for them.
  private static let maxNotes = 1000

  static let scriptedContext = LuaClass(
    ScriptedContext.self, "What forward and backward of nj.func share; fields may be set on it",
    methods: [
      LuaFunction("save", "Saves tensors for backward", [.rest("tensors", .object("tensor"))]) { call in
        let context = try call.object(0, ScriptedContext.self)
        for argument in 1..<(call.count + 1) { context.saved.append(try call.tensor(argument)) }
        return .nothing
      },
      LuaFunction("saved", "The tensors that forward saved", returns: "tensors") { call in
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
        let name = try call.string(1)
        try LayerBindings.requireShortName(name, "a field of ctx")
        guard context.notes.count < maxNotes || context.notes[name] != nil else {
          throw ScriptError("func: ctx has at most \(maxNotes) fields", hint: "keep a table in one field")
        }
        context.notes[name] = call.has(2) ? call.reference(2) : nil
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
    [
      .options(
        "operation",
        [
          .function("forward"), .function("backward"),
          .boolean(
            "surrogate", default: false,
            help:
              "whether backward is meant to differ from the derivative of forward, which `plugins check` compares"
          ),
        ])
    ], returns: "function"
  ) { call in
    let options = try call.options(1)
    let isSurrogate = try options.boolean("surrogate")
    let forward = try options.function("forward")
    let backward = try options.function("backward")
    return try call.push(
      LuaFunction("func", "Calls the operation", [.rest("arguments")], returns: "tensor") { call in
        let numbers = 1..<(call.count + 1)
        let tensors = numbers.filter { call.objectIfAny($0, Tensor.self) != nil }
        guard !tensors.isEmpty else { throw ScriptError("func: there is no tensor among the arguments") }
        let operation = ScriptedOperation(
          forward: forward, backward: backward, arguments: numbers.map { call.reference($0) },
          positions: tensors.map { $0 - 1 }, in: call.state)
        let inputs = try tensors.map { try call.tensor($0) }
        let isRecorded = Recording.isOfFunction
        if !isRecorded, !isSurrogate { try call.context.onScriptedOperation?(operation, inputs) }
        return try call.push(
          isRecorded ? operation.recorded(like: inputs).apply(inputs) : operation.apply(inputs))
      })
  }
}

/// A Lua function of tensors, recorded once for each set of shapes, and run natively from then on: what
/// `nj.fuse` makes.
///
/// `@unchecked`: it is called only on the thread that runs its state.
private final class FusedFunction: @unchecked Sendable {
  private struct Key: Hashable {
    let shape: [Int]
    let dtype: DType
  }

  /// Few shapes occur: the last batch is smaller, for example.
  private static let maxRecords = 16
  private let function: LuaReference
  private unowned let state: LuaState
  private var records: [[Key]: RecordedFunction] = [:]

  init(_ function: LuaReference, in state: LuaState) { (self.function, self.state) = (function, state) }

  func callAsFunction(_ inputs: [Tensor]) throws -> [Tensor] {
    // Within a function that is being recorded, this one is a part of it.
    if Recording.isOfFunction { return try call(inputs) }
    let key = inputs.map { Key(shape: $0.shape, dtype: $0.dtype) }
    if let known = records[key] { return try known(inputs) }
    if records.count >= Self.maxRecords { records = [:] }
    let record = try RecordedFunction("fuse", like: inputs, call)
    records[key] = record
    return try record(inputs)
  }

  private func call(_ inputs: [Tensor]) throws -> [Tensor] {
    let results = try state.call(function, inputs)
    let outputs = results.compactMap { $0.object(Tensor.self) }
    guard !outputs.isEmpty, outputs.count == results.count else {
      throw ScriptError("fuse: the function must return tensors")
    }
    return outputs
  }
}

extension TensorBindings {
  /// `nj.fuse`.
  static let fuse = LuaFunction(
    "fuse",
    "The function recorded once for each set of shapes, then run natively, elementwise operations as one loop; with a "
      + "gradient. The function returns one tensor or several; it "
      + "cannot read elements or change tensors in place, and numbers from outside keep their value at recording",
    [.function("f")], returns: "function"
  ) { call in
    let fused = FusedFunction(try call.function(1), in: call.state)
    return try call.push(
      LuaFunction("fuse", "Calls the function", [.rest("tensors", .object("tensor"))], returns: "tensors") {
        call in
        guard call.count > 0 else { throw ScriptError("fuse: expected at least one tensor") }
        return try call.push(all: fused((1...call.count).map { try call.tensor($0) }).map(\.luaValue))
      })
  }
}
