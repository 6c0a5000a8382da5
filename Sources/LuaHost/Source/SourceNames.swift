/// The names that a Lua text uses, as far as they are written in it: globals, and paths into the host's modules.
///
/// Nothing is run, so that a name in a branch that is seldom taken counts too.
package struct SourceNames {
  /// A global that is read or set.
  package struct Global: Equatable {
    package let name: String
    package let line: Int
    package let isSet: Bool
    /// The local variables that are visible there.
    package var locals: [String] = []
  }

  /// A path such as `nj.nn.Conv1d` that starts at a module of the host: `["nn", "Conv1d"]` in `nightjar`.
  package struct Path: Equatable {
    package let module: String
    package let names: [String]
    package let line: Int
    /// The arguments where the path is called.
    package var arguments: Arguments?
  }

  /// The arguments of a call, as written.
  package struct Arguments: Equatable {
    /// The keys of each argument that is a table constructor with names only; nil for any other argument.
    package var keys: [[Key]?] = []
    /// Whether the last argument may stand for several, or none: a call, or `...`.
    package var isOpen = false
  }

  /// A name in a table constructor.
  package struct Key: Equatable {
    package let name: String
    package let line: Int
  }

  package fileprivate(set) var globals: [Global] = []
  package fileprivate(set) var paths: [Path] = []
  /// Names of methods that are called, `x:name()`.
  package fileprivate(set) var methods: [Key] = []
  /// Names of fields that the text sets, in constructors or by assignment.
  package fileprivate(set) var fields: Set<String> = []
  /// Whether the text names `_ENV`, which can make any name anything.
  package fileprivate(set) var changesEnvironment = false

  /// Reads the names of a text that Lua compiles.
  package init(_ text: String) {
    var reader = NameReader(LuaLexer.tokens(of: text))
    reader.block()
    self = reader.names
  }

  fileprivate init() {}
}

/// Reads Lua 5.4's grammar (manual, §9) for names and their scopes.
private struct NameReader {
  /// A local variable that holds a module of the host, or a part of one.
  private final class Local {
    var path: [String]?
    init(_ path: [String]? = nil) { self.path = path }
  }

  /// What an expression stands for, where that is known.
  private struct Value {
    /// The module and the names behind it.
    var path: [String]?
    /// The keys, for a table constructor with names only.
    var keys: [SourceNames.Key]?
    var isOpen = false
    /// The name, for an expression that is nothing else and was not recorded.
    var plain: LuaToken?
  }

  var names = SourceNames()
  private let tokens: [LuaToken]
  private var position = 0
  private var scopes: [[String: Local]] = [[:]]

  init(_ tokens: [LuaToken]) { self.tokens = tokens }

  private var current: LuaToken { tokens[min(position, tokens.count - 1)] }

  private mutating func advance() -> LuaToken {
    defer { position += 1 }
    return current
  }

  private mutating func skip(_ text: String) -> Bool {
    guard current.is(text) else { return false }
    position += 1
    return true
  }

  private func local(_ name: String) -> Local? {
    scopes.lazy.reversed().compactMap { $0[name] }.first
  }

  private mutating func declare(_ name: String, _ path: [String]? = nil) {
    scopes[scopes.count - 1][name] = Local(path)
    if name == "_ENV" { names.changesEnvironment = true }
  }

  private mutating func scoped(_ body: (inout Self) -> Void) {
    scopes.append([:])
    body(&self)
    scopes.removeLast()
  }

  // MARK: Statements

  mutating func block() {
    while current.kind != .end, !["end", "else", "elseif", "until"].contains(where: current.is) {
      let before = position
      statement()
      // Text that is not Lua: every token is passed, so that this ends.
      if position == before { position += 1 }
    }
  }

  private mutating func statement() {
    let first = current
    guard first.kind == .keyword else {
      if skip("::") {
        position += 2
      } else if !skip(";") {
        assignmentOrCall()
      }
      return
    }
    switch first.text {
    case "do":
      position += 1
      body()
    case "while":
      position += 1
      _ = expression()
      _ = skip("do")
      body()
    case "repeat":
      position += 1
      scoped {
        $0.block()
        _ = $0.skip("until")
        _ = $0.expression()
      }
    case "if": conditional()
    case "for": loop()
    case "function":
      position += 1
      namedFunction()
    case "local": localStatement()
    case "return":
      position += 1
      if current.kind != .end, !["end", "else", "elseif", "until", ";"].contains(where: current.is) {
        _ = expressions()
      }
    case "goto": position += 2
    default:
      position += 1
      if first.text != "break" { _ = skip(";") }
    }
  }

  /// A block in a scope of its own, and its `end`.
  private mutating func body() {
    scoped { $0.block() }
    _ = skip("end")
  }

  private mutating func conditional() {
    repeat {
      position += 1
      _ = expression()
      _ = skip("then")
      scoped { $0.block() }
    } while current.is("elseif")
    if skip("else") { scoped { $0.block() } }
    _ = skip("end")
  }

  private mutating func loop() {
    position += 1
    var variables = [advance().text]
    while skip(",") { variables.append(advance().text) }
    position += 1  // = or in
    _ = expressions()
    _ = skip("do")
    scoped { reader in
      for variable in variables { reader.declare(variable) }
      reader.block()
    }
    _ = skip("end")
  }

  private mutating func namedFunction() {
    let name = advance()
    var isMethod = false
    let isField = current.is(".") || current.is(":")
    note(name, isSet: !isField)
    while current.is(".") || current.is(":") {
      isMethod = advance().text == ":"
      names.fields.insert(advance().text)
    }
    functionBody(isMethod: isMethod)
  }

  private mutating func localStatement() {
    position += 1
    if skip("function") {
      declare(advance().text)
      return functionBody(isMethod: false)
    }
    var variables: [String] = []
    repeat {
      variables.append(advance().text)
      if skip("<") { position += 2 }
    } while skip(",")
    // The variables are visible after the statement only.
    let values = skip("=") ? expressions() : []
    for (index, variable) in variables.enumerated() {
      declare(variable, index < values.count ? values[index].path : nil)
    }
  }

  private mutating func assignmentOrCall() {
    var targets = [suffixed(recordsName: false)]
    while skip(",") { targets.append(suffixed(recordsName: false)) }
    guard skip("=") else {
      for target in targets { if let name = target.plain { note(name, isSet: false) } }
      return
    }
    for target in targets { if let name = target.plain { note(name, isSet: true) } }
    _ = expressions()
  }

  /// Records a name that is read or set, unless it is a local variable. One that is set holds something else.
  private mutating func note(_ name: LuaToken, isSet: Bool) {
    guard name.kind == .name else { return }
    if name.text == "_ENV" { names.changesEnvironment = true }
    if let known = local(name.text) {
      if isSet { known.path = nil }
    } else {
      names.globals.append(
        SourceNames.Global(
          name: name.text, line: name.line, isSet: isSet, locals: Set(scopes.flatMap(\.keys)).sorted()))
    }
  }

  // MARK: Expressions

  private mutating func expressions() -> [Value] {
    var values = [expression()]
    while skip(",") { values.append(expression()) }
    return values
  }

  private static let binary: Set = [
    "+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and", "or", "&", "|", "~",
    "<<", ">>",
  ]

  private mutating func expression() -> Value {
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
    case .symbol where token.text == "{": return Value(keys: table())
    case .name: return suffixed(recordsName: true)
    case .symbol where token.text == "(": return suffixed(recordsName: true)
    default: return Value()
    }
  }

  /// A name or an expression in parentheses, with the fields, indices and calls behind it.
  private mutating func suffixed(recordsName: Bool) -> Value {
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

  private mutating func functionBody(isMethod: Bool) {
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
