/// Makes a case from a seed and its number: lines of Lua, each a statement of its own.
struct CaseMaker {
  private let catalogue: Catalogue
  private var values: Values
  private let hasLarge: Bool
  private var hasData = false
  /// The lines that are calls of the host, once ``lines()`` has made them.
  private(set) var calls: Set<Int> = []

  /// Statements of a case, those that set it up included.
  static let length = 200

  init(_ catalogue: Catalogue, seed: UInt64, number: Int, mode: Mode) {
    self.catalogue = catalogue
    // A collection at each of a million allocations would never end.
    hasLarge = mode != .collect
    values = Values(Dice(seed: seed, number: number))
  }

  /// The lines of the case.
  mutating func lines() -> [String] {
    var lines = setUp()
    while lines.count < Self.length {
      let (text, isCall) = statement()
      if isCall { calls.insert(lines.count) }
      lines.append(text)
    }
    return lines
  }

  /// Values of most classes; a data set only now and then, since all that is done with one takes long.
  private mutating func setUp() -> [String] {
    var classes = [
      "tensor", "int32", "module", "optimizer", "scheduler", "random", "figure", "progress", "function",
      "plugin",
    ]
    hasData = values.chance(0.15)
    if hasData { classes += ["words", "batches", "batch"] }
    return classes.flatMap { name in
      let (table, count) = Values.slots[name] ?? ("x", 1)
      return (1...count).map { "\(table)[\($0)] = \(make(name))" }
    }
  }

  private mutating func make(_ name: String) -> String {
    let isLarge = values.chance(0.01) && name == "tensor" && hasLarge
    return values.filled(values.pick(Templates.makers[isLarge ? "large" : name] ?? ["nil"]))
  }

  private mutating func refill(_ name: String) -> String { "\(values.slot(name)) = \(make(name))" }

  /// A statement, and whether it is nothing but a call of the host.
  private mutating func statement() -> (text: String, isCall: Bool) {
    // One call in five has values that are meant not to fit.
    values.oddness = values.pick([0, 0, 0, 0, 0, 0, 0, 0, 0.3, 0.6])
    let roll = values.roll(0...99)
    guard roll > 40 else { return (other(roll), false) }
    let isOfData = roll <= 50 && hasData
    return (
      call(of: values.pick(isOfData ? catalogue.data : hasData ? catalogue.host : catalogue.rest)), true
    )
  }

  /// Anything but a plain call of the host.
  private mutating func other(_ roll: Int) -> String {
    switch roll {
    case 0...13:
      return refill(
        values.pick([
          "tensor", "tensor", "tensor", "tensor", "int32", "module", "optimizer", "function", "plugin",
        ]))
    case 14: return "\(values.slot("tensor")):release()"
    case 15: return "\(values.slot(values.pick(Values.slots.keys.sorted()))) = nil"
    case 16: return "collectgarbage()"
    case 17:
      return "\(values.slot("any")) = \(values.slot("function"))(\(values.any()), \(values.slot("tensor")))"
    case 18:
      return "\(values.slot("any")) = \(values.slot("tensor")).\(values.pick(["no", "shape", "sum", "grad"]))"
    case 19: return "nj.\(values.pick(["zeros", "nn", "new", "version"])) = \(values.any())"
    case 20...30: return wrapped(call(of: values.pick(catalogue.host)))
    default: return call(of: values.pick(catalogue.library))
    }
  }

  /// The statement inside something that a script may put around it.
  private mutating func wrapped(_ statement: String) -> String {
    switch values.roll(0...11) {
    case 0, 1: "coroutine.wrap(function() \(statement) end)()"
    case 2: "do local scope <close> = nj.scope() \(statement) end"
    case 3, 4: "nj.no_grad(function() \(statement) end)"
    case 5, 6: "for i = 1, 3 do \(statement) end"
    case 7, 8: "pcall(function() \(statement) end)"
    case 9: "do local kept <close> = \(values.slot("tensor")) \(statement) end"
    default: "(\"ab\"):gsub(\".\", function() \(statement) end)"
    }
  }

  /// A call with arguments that are meant to fit; half of its strings are long ones.
  mutating func fittingCall(of callable: Callable, _ longTexts: LongTexts) -> String {
    values.oddness = 0
    values.longTexts = longTexts
    return call(of: callable)
  }

  /// A use of something, with a place for what it gives.
  private mutating func call(of callable: Callable) -> String {
    let target = target(of: callable)
    if let known = Templates.calls[callable.path], values.chance(0.5) {
      let text = values.filledCall(values.pick(known))
      let isStatement = text.contains("] = ") || text.hasPrefix("do ") || text.hasPrefix("for ")
      return isStatement ? text : target + text
    }
    switch callable.form {
    case .function: return "\(target)\(callable.name)(\(values.arguments(of: callable)))"
    case .method:
      let object = values.slot(callable.owner)
      if values.chance(values.oddness / 2) {
        let others = values.arguments(of: callable)
        return "\(target)\(object).\(callable.name)(\(values.any())\(others.isEmpty ? "" : ", " + others))"
      }
      return "\(target)\(object):\(callable.name)(\(values.arguments(of: callable)))"
    case .reading:
      let object = callable.owner.isEmpty ? "" : values.slot(callable.owner) + "."
      return "\(values.slot("any")) = \(object)\(callable.name)"
    case .writing:
      let value = values.value(callable.parameters[0], of: callable)
      return "\(values.slot(callable.owner)).\(callable.name) = \(value)"
    case .operator: return use(ofOperator: callable, target)
    }
  }

  private static let signs = ["__add": "+", "__sub": "-", "__mul": "*", "__div": "/", "__pow": "^"]

  private mutating func use(ofOperator callable: Callable, _ target: String) -> String {
    let object = values.slot(callable.owner)
    func argument(_ i: Int) -> String {
      i < callable.parameters.count ? values.value(callable.parameters[i], of: callable) : values.any()
    }
    if let sign = Self.signs[callable.name] {
      let left = values.chance(0.5) ? object : argument(0)
      let right = argument(1)
      return "\(target)(\(left)) \(sign) (\(right))"
    }
    switch callable.name {
    case "__unm": return "\(target)-\(object)"
    case "__len": return "\(values.slot("any")) = #\(object)"
    case "__index": return "\(values.slot("any")) = \(object)[\(argument(0))]"
    case "__newindex": return "\(object)[\(argument(0))] = \(argument(1))"
    case "__close": return "do local closed <close> = \(object) end"
    case "__call": return "\(target)\(object)(\(values.arguments(of: callable)))"
    default: return "\(values.slot("any")) = tostring(\(object))"
    }
  }

  /// Where the results go: to the tables of the classes that the declaration names.
  private mutating func target(of callable: Callable) -> String {
    let words = callable.returns.split(separator: ",").map { $0.trimmingPrefix(" ") }
    let classes = words.map { word in
      word.hasPrefix("list") ? "any" : Values.slots.keys.contains(String(word)) ? String(word) : "any"
    }
    guard callable.returns != "nothing", !classes.isEmpty else {
      return values.chance(0.5) ? "" : "\(values.slot("any")) = "
    }
    return classes.map { values.slot($0) }.joined(separator: ", ") + " = "
  }
}
