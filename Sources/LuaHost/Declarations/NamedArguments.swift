import Support

/// Arguments by name: a call whose last argument is a table of names alone, `nn.Linear { in_features = 3, out = 4 }`.
///
/// A name is that of a parameter, one of its synonyms, or a field of the function's table of options. A function whose
/// parameter in the table's place may itself be a table with names takes that table as it is.
extension BoundFunction {
  /// Replaces a last argument `{ name = value, … }` by the parameters that it names, from its own position on.
  ///
  /// An empty table names nothing, unless it can be a list.
  /// - Returns: whether it did.
  /// - Throws: ``ScriptError`` for an unknown name, and for two names of one argument.
  func expandNames(_ call: LuaCall) throws -> Bool {
    let stack = call.stack
    let table = stack.top
    let first = Int(table - offset) - 1
    guard first >= 0, stack.rawLength(table) == 0, let known = declaration.names(from: first),
      stack.hasFewKeys(table)
    else { return false }
    let parameters = declaration.parameters[first...]
    let given = stack.keyNames(table)
    guard !given.isEmpty || !declaration.parameters[first].type.admitsLists else { return false }
    for name in given where !known.contains(name) {
      let hint =
        call.state.optionAdvice(name, known) ?? name.nearest(in: known).map { "did you mean '\($0)'?" }
      throw ScriptError(
        "\(declaration.displayName): argument \(first + 1): unknown key '\(name)'; "
          + (hint ?? "it takes \(parameters.flatMap(\.keys).map(\.name).joined(separator: ", "))"))
    }
    try stack.reserve(parameters.count + 8)
    for parameter in parameters { try push(parameter, given, of: table, on: stack) }
    stack.remove(table)
    return true
  }

  /// Pushes what the table at `table` has for a parameter.
  private func push(_ parameter: LuaParameter, _ given: [String], of table: Int32, on stack: LuaStack) throws
  {
    if case .options(let fields) = parameter.type {
      stack.pushTable(fields: fields.count)
      for field in fields {
        try pushValue(of: field, given, of: table, on: stack)
        stack.setField(field.name, of: -2)
      }
      return
    }
    let kind = try pushValue(of: parameter, given, of: table, on: stack)
    guard parameter.isRest, kind == .nil || (kind == .table && !parameter.type.admitsLists) else { return }
    // What further arguments would be.
    let list = stack.top
    let count = kind == .nil ? 0 : stack.rawLength(list)
    try stack.reserve(count + 4)
    for position in 0..<count { stack.getElement(position + 1, of: list) }
    stack.remove(list)
  }

  /// Pushes the value that one of a parameter's names has; nil where none has one.
  @discardableResult
  private func pushValue(
    of parameter: LuaParameter, _ given: [String], of table: Int32, on stack: LuaStack
  ) throws -> LuaKind {
    let names = ([parameter.name] + parameter.synonyms).filter(given.contains)
    guard names.count < 2 else {
      throw ScriptError("\(declaration.displayName): '\(names[0])' and '\(names[1])' are the same argument")
    }
    return stack.getField(names.first ?? parameter.name, of: table)
  }
}

extension LuaParameter {
  /// What a table of named arguments may have for it: itself, or the fields of a table of options.
  fileprivate var keys: [LuaParameter] {
    if case .options(let fields) = type { fields } else { [self] }
  }
}

extension LuaFunction {
  /// The names that a table in place of the parameter with this number, from 0, may have; nil where such a table is
  /// itself the argument, or too much.
  package func names(from first: Int) -> [String]? {
    guard first < parameters.count, !parameters[first].type.admitsFields else { return nil }
    return parameters[first...].flatMap(\.keys).flatMap { [$0.name] + $0.synonyms }
  }
}
