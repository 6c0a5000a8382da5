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

  /// Fast checks, without a description of the type.
  private enum QuickCheck {
    case any, boolean, integer, number, string, table, full
    case object(Int32)
    /// A number or an object, such as the operands of tensor arithmetic.
    case operand(Int32)
  }

  let declaration: LuaFunction
  let body: LuaFunction.Body
  /// Stack index of argument 0.
  let offset: Int32
  private let selfClass: Int32
  private let checks: [QuickCheck]
  private let rejectsExtra: Bool
  private let takesNames: Bool

  init(_ declaration: LuaFunction, _ style: Style, in state: LuaState) {
    self.declaration = declaration
    body = declaration.body
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
    checks = declaration.parameters.map { parameter in
      if parameter.isRest { return .full }
      switch parameter.type {
      case .any: return parameter.isOptional ? .any : .full
      case .boolean: return .boolean
      case .integer(LuaType.everyInteger): return .integer
      case .number(LuaType.everyNumber): return .number
      case .string: return .string
      case .table: return .table
      case .object(let name): return .object(state.classNumber(name))
      // Another type of the union goes through the full check.
      case .union(let types) where types.first?.isEveryInteger == true: return .integer
      case .union(let types): return Self.operandCheck(types, in: state)
      default: return .full
      }
    }
  }

  private static func operandCheck(_ types: [LuaType], in state: LuaState) -> QuickCheck {
    guard types.count == 2, case .number(LuaType.everyNumber) = types[0], case .object(let name) = types[1]
    else {
      return .full
    }
    return .operand(state.classNumber(name))
  }

  /// Checks the arguments.
  ///
  /// - Throws: ``ScriptError`` naming the function, the argument, what was expected and what was given.
  func check(_ call: LuaCall) throws {
    let stack = call.stack
    if selfClass >= 0, !stack.isLive(1, selfClass) { throw wrongSelf(call) }
    if takesNames, stack.kind(stack.top) == .table { try expandNames(call) }
    for i in 0..<checks.count {
      let index = Int32(i + 1) + offset
      let fits =
        switch checks[i] {
        case .any: true
        case .boolean: stack.kind(index) == .boolean
        case .integer: stack.isInteger(index) || stack.integer(index) != nil
        case .number: stack.kind(index) == .number
        case .string: stack.kind(index) == .string
        case .table: stack.kind(index) == .table
        case .object(let number): stack.isLive(index, number)
        case .operand(let number):
          stack.kind(index) == .number || stack.isLive(index, number)
        case .full: false
        }
      if !fits { try fullCheck(i, index, call) }
    }
    if rejectsExtra, stack.top > Int32(checks.count) + offset { try rejectExtra(call) }
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
      throw mismatch(parameter, i + 1, "expected \(parameter.type), got \(kind == .none ? "nothing" : "nil")")
    } else {
      try check(parameter, i + 1, index, call)
    }
  }

  private func check(_ parameter: LuaParameter, _ number: Int, _ index: Int32, _ call: LuaCall) throws {
    if let problem = call.stack.mismatch(index, parameter.type) {
      throw mismatch(parameter, number, "\(problem)")
    }
  }

  private func mismatch(_ parameter: LuaParameter, _ number: Int, _ problem: String) -> ScriptError {
    ScriptError("\(declaration.displayName): argument \(number) (\(parameter.name)): \(problem)")
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
    let last = Int32(checks.count) + offset
    guard (last + 1...call.stack.top).contains(where: { call.stack.kind($0) != .nil }) else { return }
    let takes =
      checks.count == 0 ? "no arguments" : "at most \(checks.count) argument\(checks.count == 1 ? "" : "s")"
    throw ScriptError("\(declaration.displayName): takes \(takes), got \(call.stack.top - offset)")
  }
}

extension BoundFunction {
  /// Replaces a last argument `{ name = value, … }` by the parameters that it names, from its own position on.
  ///
  /// An empty table names nothing, unless it can be a list.
  /// - Throws: ``ScriptError`` for an unknown name.
  private func expandNames(_ call: LuaCall) throws {
    let stack = call.stack
    let table = stack.top
    let first = Int(table - offset) - 1
    guard first >= 0, first < declaration.parameters.count else { return }
    let parameters = declaration.parameters[first...]
    guard let type = parameters.first?.type, !type.admitsFields, stack.rawLength(table) == 0 else { return }
    let names = stack.keyNames(table)
    guard !names.isEmpty || !type.admitsLists else { return }
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
