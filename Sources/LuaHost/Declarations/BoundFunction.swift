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
    case .function: (offset, selfClass, rejectsExtra) = (0, -1, declaration.parameters.last?.isRest != true)
    case .method(let number):
      offset = 1
      selfClass = number
      rejectsExtra = declaration.parameters.last?.isRest != true
    case .metamethod(let number): (offset, selfClass, rejectsExtra) = (1, number, false)
    case .binaryOperator: (offset, selfClass, rejectsExtra) = (0, -1, false)
    }
    takesNames = rejectsExtra && declaration.takesNames
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
    let what = "\(declaration.displayName): argument \(number) (\(parameter.name)): \(problem)"
    var hint = call.state.advice(what, .messages)
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
    throw ScriptError(
      "\(declaration.displayName): takes \(takes), got \(call.stack.top - offset)",
      hint: count == 0 ? nil : "it is \(declaration.signature)")
  }
}

extension BoundFunction {
  /// Replaces a last argument `{ name = value, … }` by the parameters that it names, from its own position on.
  ///
  /// An empty table names nothing, unless it can be a list.
  /// - Returns: whether it did.
  /// - Throws: ``ScriptError`` for an unknown name.
  private func expandNames(_ call: LuaCall) throws -> Bool {
    let stack = call.stack
    let table = stack.top
    let first = Int(table - offset) - 1
    guard first >= 0, first < declaration.parameters.count else { return false }
    let parameters = declaration.parameters[first...]
    guard let type = parameters.first?.type, !type.admitsFields, stack.rawLength(table) == 0 else {
      return false
    }
    guard stack.hasFewKeys(table) else { return false }
    let names = stack.keyNames(table)
    guard !names.isEmpty || !type.admitsLists else { return false }
    for name in names where !parameters.contains(where: { $0.name == name }) {
      let known = parameters.map(\.name)
      let hint =
        call.state.optionAdvice(name, known) ?? name.nearest(in: known).map { "did you mean '\($0)'?" }
      throw ScriptError(
        "\(declaration.displayName): argument \(first + 1): unknown key '\(name)'; "
          + (hint ?? "it takes \(known.joined(separator: ", "))"))
    }
    try stack.reserve(parameters.count + 4)
    for parameter in parameters { _ = stack.getField(parameter.name, of: table) }
    stack.remove(table)
    return true
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
  /// Whether a call may end in a table of the remaining parameters by name: `x:sum { dim = 1, keepdim = true }`.
  package var takesNames: Bool {
    !parameters.isEmpty
      && parameters.allSatisfy { parameter in
        if case .options = parameter.type { return false }
        return !parameter.isRest
      }
  }

  /// The name in messages; a metamethod without its underscores.
  var displayName: String { name.hasPrefix("__") ? String(name.dropFirst(2)) : name }
}
