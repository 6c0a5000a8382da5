/// Expressions: what they stand for, and the names in them.
extension NameReader {
  mutating func expressions() -> [Value] {
    var values = [expression()]
    while skip(",") { values.append(expression()) }
    return values
  }

  private static let binary: Set = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "&", "|", "~",
    "<<", ">>",
  ]

  mutating func expression() -> Value {
    var value = operand()
    while current.kind == .symbol || current.kind == .keyword, Self.binary.contains(current.text) {
      position += 1
      _ = operand()
      value = Value()
    }
    return value
  }

  private mutating func operand() -> Value {
    var isPlain = true
    while ["not", "-", "#", "~"].contains(where: current.is) {
      position += 1
      isPlain = false
    }
    let value = simple()
    return isPlain ? value : Value()
  }

  private mutating func simple() -> Value {
    let token = current
    switch token.kind {
    case .number, .string:
      position += 1
      return Value()
    case .keyword where token.text == "function":
      position += 1
      functionBody(isMethod: false)
      return Value()
    case .keyword where ["nil", "true", "false"].contains(token.text):
      position += 1
      return Value()
    case .symbol where token.text == "...":
      position += 1
      return Value(isOpen: true)
    case .symbol where token.text == "{": return Value(keys: table(), isTable: true)
    case .name: return suffixed(recordsName: true)
    case .symbol where token.text == "(": return suffixed(recordsName: true)
    default: return Value()
    }
  }

  /// A name or an expression in parentheses, with the fields, indices and calls behind it.
  mutating func suffixed(recordsName: Bool) -> Value {
    var value = Value()
    let first = advance()
    if first.kind == .name {
      value.path = local(first.text)?.path
      if !isSuffix {
        if recordsName { note(first, isSet: false) } else { value.plain = first }
        return value
      }
      note(first, isSet: false)
    } else if first.is("(") {
      _ = expression()
      _ = skip(")")
    }
    let isRequire = first.kind == .name && first.text == "require" && local("require") == nil
    var line = first.line
    while isSuffix {
      let token = current
      switch token.text {
      case "." where token.kind == .symbol:
        position += 1
        line = current.line
        let field = advance().text
        value.path?.append(field)
        if current.is("=") { names.fields.insert(field) }
      case "[" where token.kind == .symbol:
        record(value.path, line)
        value.path = nil
        position += 1
        noteShapeIndex()
        _ = expression()
        _ = skip("]")
      case ":" where token.kind == .symbol:
        record(value.path, line)
        value.path = nil
        position += 1
        names.methods.append(SourceNames.Key(name: current.text, line: current.line))
        position += 1
        _ = arguments()
        value.isOpen = true
      default:
        let module = isRequire && value.path == nil && !value.isOpen ? requiredModule : nil
        if let module { names.required.insert(module) }
        let given = arguments()
        record(value.path, line, given)
        value.path = module.map { [$0] }
        value.isOpen = module == nil
      }
    }
    if !value.isOpen { record(value.path, line) }
    return value
  }

  private var isSuffix: Bool {
    current.kind == .string || [".", "[", ":", "(", "{"].contains(where: current.is)
  }

  /// The string that is the only argument of a call at the position.
  private var requiredModule: String? {
    if current.kind == .string { return current.text }
    let next = tokens[min(position + 1, tokens.count - 1)]
    return current.is("(") && next.kind == .string ? next.text : nil
  }

  /// Notes an index of `x.shape`, which the position is behind the bracket of, that is not one from 1.
  private mutating func noteShapeIndex() {
    guard position > 2, tokens[position - 2].text == "shape", tokens[position - 3].is(".") else { return }
    let isNegative = current.is("-")
    let number = tokens[min(position + (isNegative ? 1 : 0), tokens.count - 1)]
    guard number.kind == .number, isNegative || number.text == "0" else { return }
    note(.shapeIndex((isNegative ? "-" : "") + number.text), number.line)
  }

  private mutating func record(
    _ path: [String]?, _ line: Int, _ arguments: SourceNames.Arguments? = nil
  ) {
    guard let path, path.count > 1 else { return }
    names.paths.append(
      SourceNames.Path(module: path[0], names: Array(path.dropFirst()), line: line, arguments: arguments))
  }

  private mutating func arguments() -> SourceNames.Arguments {
    if current.kind == .string {
      position += 1
      return SourceNames.Arguments(keys: [nil])
    }
    if current.is("{") { return SourceNames.Arguments(keys: [table()]) }
    guard skip("(") else { return SourceNames.Arguments(isOpen: true) }
    guard !skip(")") else { return SourceNames.Arguments() }
    let values = expressions()
    _ = skip(")")
    return SourceNames.Arguments(keys: values.map(\.keys), isOpen: values.last?.isOpen ?? false)
  }

  /// Reads a table constructor; returns its keys where it has names only.
  private mutating func table() -> [SourceNames.Key]? {
    position += 1
    var keys: [SourceNames.Key] = []
    var hasOthers = false
    while !current.is("}"), current.kind != .end {
      let before = position
      let next = tokens[min(position + 1, tokens.count - 1)]
      if current.kind == .name, next.is("=") {
        keys.append(SourceNames.Key(name: current.text, line: current.line))
        names.fields.insert(current.text)
        position += 2
        _ = expression()
      } else if skip("[") {
        hasOthers = true
        _ = expression()
        _ = skip("]")
        _ = skip("=")
        _ = expression()
      } else {
        hasOthers = true
        _ = expression()
      }
      // Text that is not Lua: every token is passed, so that this ends.
      if !skip(","), !skip(";"), position == before { position += 1 }
    }
    _ = skip("}")
    return hasOthers ? nil : keys
  }

  mutating func functionBody(isMethod: Bool) {
    _ = skip("(")
    var parameters = isMethod ? ["self"] : []
    while !current.is(")"), current.kind != .end {
      let token = advance()
      if token.kind == .name { parameters.append(token.text) }
    }
    _ = skip(")")
    scoped { reader in
      for parameter in parameters { reader.declare(parameter) }
      reader.block()
    }
    _ = skip("end")
  }
}
