/// Reads Lua 5.4's grammar (manual, §9) for names and their scopes.
struct NameReader {
  /// A local variable that holds a module of the host, or a part of one.
  final class Local {
    var path: [String]?
    init(_ path: [String]? = nil) { self.path = path }
  }

  /// What an expression stands for, where that is known.
  struct Value {
    /// The module and the names behind it.
    var path: [String]?
    /// The keys, for a table constructor with names only.
    var keys: [SourceNames.Key]?
    var isOpen = false
    /// Whether it is a table constructor.
    var isTable = false
    /// The name, for an expression that is nothing else and was not recorded.
    var plain: LuaToken?
  }

  var names = SourceNames()
  let tokens: [LuaToken]
  var position = 0
  private var scopes: [[String: Local]] = [[:]]

  init(_ tokens: [LuaToken]) { self.tokens = tokens }

  var current: LuaToken { tokens[min(position, tokens.count - 1)] }

  mutating func advance() -> LuaToken {
    defer { position += 1 }
    return current
  }

  mutating func skip(_ text: String) -> Bool {
    guard current.is(text) else { return false }
    position += 1
    return true
  }

  func local(_ name: String) -> Local? {
    scopes.lazy.reversed().compactMap { $0[name] }.first
  }

  mutating func declare(_ name: String, _ path: [String]? = nil) {
    scopes[scopes.count - 1][name] = Local(path)
    if name == "_ENV" { names.changesEnvironment = true }
  }

  mutating func scoped(_ body: (inout Self) -> Void) {
    scopes.append([:])
    body(&self)
    scopes.removeLast()
  }

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
    let line = current.line
    let isGeneric = advance().is("in")  // or =
    let values = expressions()
    if isGeneric, values.count == 1, values[0].isTable { note(.loopOverTable, line) }
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
    noteUnpackedShape(variables.count, values)
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
    noteUnpackedShape(targets.count, expressions())
  }

  /// Notes that several variables get the one value of `x.shape`, which ends here.
  private mutating func noteUnpackedShape(_ variables: Int, _ values: [Value]) {
    guard variables > 1, values.count == 1, position > 2, tokens[position - 1].text == "shape",
      tokens[position - 2].is(".")
    else { return }
    note(.unpackedShape, tokens[position - 1].line)
  }

  mutating func note(_ habit: SourceNames.Habit.Kind, _ line: Int) {
    names.habits.append(SourceNames.Habit(kind: habit, line: line))
  }

  /// Records a name that is read or set, unless it is a local variable. One that is set holds something else.
  mutating func note(_ name: LuaToken, isSet: Bool) {
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
}
