import LuaBridge

/// A host function in one state: its argument checks, with the class numbers of that state.
final class BoundFunction {
  /// How arguments are numbered.
  enum Style {
    /// Arguments from 1.
    case function
    /// Argument 0 is an object of the class.
    case method(Int32)
    /// Like a method, but called by Lua itself, which may pass more arguments than are declared.
    case metamethod(Int32)
    /// Like a function, but called by Lua itself.
    case binaryOperator
  }

  let declaration: LuaFunction
  let body: LuaFunction.Body
  /// Stack index of argument 0.
  let offset: Int32
  private let rejectsExtra: Bool
  private let takesNames: Bool
  /// The checks without a message, which the bridge makes.
  private let signature: UnsafeMutablePointer<nj_signature>

  init(_ declaration: LuaFunction, _ style: Style, in state: LuaState) {
    self.declaration = declaration
    body = declaration.body
    let selfClass: Int32
    switch style {
    case .function: (offset, selfClass, takesNames) = (0, -1, true)
    case .method(let number): (offset, selfClass, takesNames) = (1, number, true)
    case .metamethod(let number): (offset, selfClass, takesNames) = (1, number, false)
    case .binaryOperator: (offset, selfClass, takesNames) = (0, -1, false)
    }
    rejectsExtra = takesNames && declaration.parameters.last?.isRest != true
    let parameters = UnsafeMutableBufferPointer<nj_parameter>.allocate(capacity: declaration.parameters.count)
    _ = parameters.initialize(from: declaration.parameters.map { $0.quickCheck(in: state) })
    signature = .allocate(capacity: 1)
    signature.initialize(
      to: nj_signature(
        self_class: selfClass, offset: offset, count: Int32(parameters.count),
        parameters: parameters.baseAddress))
  }

  deinit {
    signature.pointee.parameters?.deallocate()
    signature.deallocate()
  }

  private var selfClass: Int32 { signature.pointee.self_class }
  private var count: Int32 { signature.pointee.count }

  /// The object that a method is called on; nil for a function, and for any other value.
  func receiver(on stack: LuaStack) -> UnsafeMutablePointer<nj_object>? {
    selfClass < 0 ? nil : nj_receiver(stack.thread, signature)
  }

  /// Checks the arguments.
  ///
  /// - Throws: ``ScriptError`` naming the function, the argument, what was expected and what was given.
  func check(_ call: LuaCall) throws {
    if call.receiver == nil, selfClass >= 0 { throw wrongSelf(call) }
    let misfit = nj_first_misfit(call.stack.thread, signature, 0)
    if misfit == count, !rejectsExtra || call.stack.top <= count + offset { return }
    try checkClosely(call, from: misfit)
  }

  /// Checks what one look at each argument did not settle: names, lists, choices, and what is wrong.
  private func checkClosely(_ call: LuaCall, from misfit: Int32) throws {
    let stack = call.stack
    var i = misfit
    if takesNames, stack.kind(stack.top) == .table, try expandNames(call) {
      i = nj_first_misfit(stack.thread, signature, 0)
    }
    while i < count {
      try fullCheck(Int(i), i + 1 + offset, call)
      i = nj_first_misfit(stack.thread, signature, i + 1)
    }
    if rejectsExtra, stack.top > count + offset { try rejectExtra(call) }
  }

  private func fullCheck(_ i: Int, _ index: Int32, _ call: LuaCall) throws {
    let parameter = declaration.parameters[i]
    let kind = call.stack.kind(index)
    if parameter.isRest {
      var index = index
      while index <= call.stack.top {
        try check(parameter, Int(index - offset), index, call)
        index += 1
      }
    } else if kind == .nil || kind == .none {
      if parameter.isOptional { return }
      if case .any = parameter.type, kind == .nil { return }
      throw mismatch(
        parameter, i + 1, "expected \(parameter.type), got \(kind == .none ? "nothing" : "nil")", call)
    } else {
      try check(parameter, i + 1, index, call)
    }
  }

  private func check(_ parameter: LuaParameter, _ number: Int, _ index: Int32, _ call: LuaCall) throws {
    if let problem = call.stack.mismatch(index, parameter.type) {
      throw mismatch(parameter, number, "\(problem)", call)
    }
  }

  private func mismatch(
    _ parameter: LuaParameter, _ number: Int, _ problem: String, _ call: LuaCall
  ) -> ScriptError {
    let what = "\(declaration.writtenName): argument \(number) (\(parameter.name)): \(problem)"
    var hint = call.state.advice(what, .messages)
    if hint == nil, call.stack.kind(Int32(number) + offset) == .table, problem.hasSuffix(", got table") {
      hint = "by position it is \(declaration.signature); a table has names alone: { \(parameter.key) = … }"
    }
    if hint == nil, case .options(let fields) = parameter.type, let first = fields.first,
      problem.hasPrefix("expected table of options, got")
    {
      hint = "options have names: { \(first.name) = … }"
    }
    return ScriptError(what, hint: hint)
  }

  private func wrongSelf(_ call: LuaCall) -> ScriptError {
    let name = declaration.displayName
    let expected = call.state.className(selfClass)
    if call.stack.classNumber(1) == selfClass {
      return ScriptError("\(name): \(expected) used after release")
    }
    let got = call.stack.typeName(1)
    return ScriptError(
      "\(name): expected \(expected) before ':', got \(got)", hint: "call it as x:\(name)(…)")
  }

  private func rejectExtra(_ call: LuaCall) throws {
    let last = count + offset
    guard (last + 1...call.stack.top).contains(where: { call.stack.kind($0) != .nil }) else { return }
    let takes =
      count == 0 ? "no arguments" : "at most \(count) argument\(count == 1 ? "" : "s")"
    let what = "\(declaration.displayName): takes \(takes), got \(call.stack.top - offset)"
    let signature = count == 0 ? nil : "it is \(declaration.signature)"
    throw ScriptError(what, hint: call.state.advice(what, .messages) ?? signature)
  }
}

extension LuaParameter {
  /// What fits without a closer look.
  fileprivate func quickCheck(in state: LuaState) -> nj_parameter {
    var check = nj_parameter(
      kind: NJ_ARGUMENT_OTHER, class_id: -1, is_optional: isOptional && !isRest ? 1 : 0, least: .min,
      most: .max)
    if isRest { return check }
    switch type {
    case .any: check.kind = NJ_ARGUMENT_ANY
    case .boolean: check.kind = NJ_ARGUMENT_BOOLEAN
    case .integer(let range):
      check.kind = NJ_ARGUMENT_INTEGER
      check.least = Int64(range.lowerBound)
      check.most = Int64(range.upperBound)
    case .number(LuaType.everyNumber): check.kind = NJ_ARGUMENT_NUMBER
    case .string:
      check.kind = NJ_ARGUMENT_NAME
      check.most = Int64(LuaType.maxNameLength)
    case .text: check.kind = NJ_ARGUMENT_STRING
    case .table: check.kind = NJ_ARGUMENT_TABLE
    case .object(let name):
      check.kind = NJ_ARGUMENT_OBJECT
      check.class_id = state.classNumber(name)
    // Another type of the union gets a closer look.
    case .union(let types) where types.first?.isEveryInteger == true: check.kind = NJ_ARGUMENT_INTEGER
    case .union(let types):
      guard types.count == 2, case .number(LuaType.everyNumber) = types[0], case .object(let name) = types[1]
      else { break }
      check.kind = NJ_ARGUMENT_OPERAND
      check.class_id = state.classNumber(name)
    default: break
    }
    return check
  }
}

extension LuaFunction {
  /// The name in messages about arguments: what a script does, not the event that Lua makes of it.
  var writtenName: String { name == "__newindex" ? "assign" : displayName }

  /// The name in messages; a metamethod without its underscores.
  var displayName: String { name.hasPrefix("__") ? String(name.dropFirst(2)) : name }
}
