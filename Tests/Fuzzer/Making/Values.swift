import LuaHost

/// Expressions of long strings: the longest name, and a text of megabytes.
struct LongTexts {
  let name: String
  let text: String
}

/// The values of a case: where those of a class are kept, and how new ones are written.
struct Values {
  /// How often a value is meant not to fit.
  var oddness = 0.0
  /// Expressions for half of the strings; nil for short ones alone.
  var longTexts: LongTexts?
  /// Parameters of the callbacks that the text is inside of.
  private var locals: [String] = []
  private(set) var dice: Dice

  /// The table of a class's values and how many it has.
  static let slots: [String: (table: String, count: Int)] = [
    "tensor": ("t", 12), "int32": ("k", 4), "module": ("m", 6), "optimizer": ("o", 3), "scheduler": ("s", 2),
    "random": ("r", 2), "figure": ("g", 2), "progress": ("p", 2), "function": ("f", 4), "words": ("w", 1),
    "batches": ("b", 2), "batch": ("c", 2), "plugin": ("u", 4), "fscil_results": ("q", 1), "scope": ("z", 2),
    "any": ("x", 8),
  ]

  init(_ dice: Dice) { self.dice = dice }

  /// A place of a class: `t[3]`.
  mutating func slot(_ name: String) -> String {
    let (table, count) = Self.slots[name] ?? ("x", 8)
    return "\(table)[\(dice.roll(1...count))]"
  }

  mutating func roll(_ range: ClosedRange<Int>) -> Int { dice.roll(range) }
  mutating func chance(_ probability: Double) -> Bool { dice.chance(probability) }
  mutating func pick<T>(_ choices: [T]) -> T { dice.pick(choices) }

  /// The arguments of a call, as they are written between its parentheses.
  mutating func arguments(of callable: Callable) -> String {
    var written: [String] = []
    for parameter in callable.parameters {
      if parameter.isRest {
        for _ in 0..<dice.roll(0...3) { written.append(value(parameter, of: callable)) }
      } else if parameter.isOptional, dice.chance(0.4) {
        if dice.chance(0.7) { break }
        written.append("nil")
      } else {
        written.append(value(parameter, of: callable))
      }
    }
    if oddness > 0, dice.chance(0.1) { written.append(any()) }
    if oddness > 0, !written.isEmpty, dice.chance(0.1) { written.removeLast() }
    return written.joined(separator: ", ")
  }

  /// A value for a parameter.
  mutating func value(_ parameter: LuaParameter, of callable: Callable) -> String {
    if dice.chance(oddness) { return odd(parameter.type) }
    if let long = longText(parameter.type), dice.chance(0.5) { return long }
    if let known = Templates.values["\(callable.path).\(parameter.name)"] ?? Templates.values[parameter.name],
      dice.chance(0.9)
    {
      return filled(dice.pick(known))
    }
    return fitting(parameter.type, parameter.name, of: callable)
  }

  private func longText(_ type: LuaType) -> String? {
    switch type {
    case .string: longTexts?.name
    case .text: longTexts?.text
    default: nil
    }
  }

  /// A value that the declared type admits.
  private mutating func fitting(_ type: LuaType, _ name: String, of callable: Callable) -> String {
    switch type {
    case .any: return any()
    case .boolean: return dice.pick(["true", "false"])
    case .integer(let range): return integer(range, name)
    case .number(let range): return number(range)
    case .string, .text:
      if let long = longText(type), dice.chance(0.5) { return long }
      return name == "path" ? filled("$p") : filled("$q")
    case .choice(let words): return "\"\(dice.pick(words))\""
    case .table: return dice.pick(["{}", "{1, 2}", "{a = 1}", filled("{$a, b = $a}")])
    case .function: return callback()
    case .list(let element):
      let elements = (0..<dice.roll(0...3)).map { _ in fitting(element, name, of: callable) }
      return "{\(elements.joined(separator: ", "))}"
    case .options(let fields): return options(fields, of: callable)
    case .object(let name): return object(name)
    case .union(let types): return fitting(dice.pick(types), name, of: callable)
    }
  }

  private mutating func options(_ fields: [LuaParameter], of callable: Callable) -> String {
    let chosen = fields.filter { !$0.isOptional || dice.chance(0.25) }
    let written = chosen.map { "\($0.name) = \(value($0, of: callable))" }
    return "{\(written.joined(separator: ", "))}"
  }

  private mutating func integer(_ range: ClosedRange<Int>, _ name: String) -> String {
    if range == LuaType.integer.integers { return dice.pick(["1", "2", "3", "-1", "4", "-2", "2.0"]) }
    let low = Swift.max(range.lowerBound, -2)
    return String(dice.roll(low...Swift.max(low, Swift.min(range.upperBound, Swift.max(low, 0) + 4))))
  }

  private mutating func number(_ range: ClosedRange<Double>) -> String {
    let usual = [0, 1, 0.5, -1, 2.5, 1e-3, 100].filter(range.contains)
    return usual.isEmpty ? "\(range.lowerBound)" : "\(dice.pick(usual))"
  }

  private mutating func object(_ name: String) -> String {
    if name == "tensor" {
      if !locals.isEmpty, dice.chance(0.5) { return dice.pick(locals) }
      if dice.chance(0.1) { return slot("int32") }
    }
    return slot(name)
  }

  /// A value that may fit by accident: of the same kind at the ends of its range, or anything.
  private mutating func odd(_ type: LuaType) -> String {
    guard dice.chance(0.6) else { return any() }
    switch type {
    case .integer(let range):
      let ends = [range.lowerBound &- 1, range.lowerBound, range.upperBound, range.upperBound &+ 1]
      return dice.chance(0.3) ? Self.text(dice.pick(ends)) : dice.pick(OddValues.integers)
    case .number: return dice.pick(OddValues.numbers)
    case .string, .text: return dice.pick(OddValues.strings + OddValues.paths)
    case .table, .list, .options: return dice.pick(OddValues.tables)
    case .function: return dice.pick(OddValues.functions)
    case .object:
      return dice.pick(["gone", "nil", slot("any"), slot("module"), slot("int32"), slot("tensor")])
    default: return any()
    }
  }

  /// Lua reads the least integer as a float.
  private static func text(_ number: Int) -> String { number == .min ? "math.mininteger" : String(number) }

  mutating func any() -> String {
    switch dice.roll(0...9) {
    case 0...3: dice.pick(OddValues.all)
    case 4: slot(dice.pick(Self.slots.keys.sorted()))
    case 5: slot("tensor")
    case 6: "{\(any()), \(dice.pick(["1", "2.5", "\"a\"", "nil"]))}"
    case 7: "{a = \(dice.pick(OddValues.all)), b = \(slot("tensor"))}"
    case 8: filled("$q")
    default: dice.pick(["1", "2", "0.5", "true"])
    }
  }

  /// A function: one of the prelude's, or one that does something with what it gets.
  mutating func callback() -> String {
    if dice.chance(oddness / 2) { return dice.pick(OddValues.functions) }
    guard locals.count < 4 else { return "last" }
    let outer = locals
    let names = locals.isEmpty ? ["a", "b"] : ["c", "d"]
    locals += names
    defer { locals = outer }
    let result = dice.pick([
      names[1], names[0], "\(names[1]) * 2", "mean(\(names[1]))", "mean(\(names[0]))", slot("tensor"),
    ])
    let action = dice.pick([
      "", "", "", "", "", "", "free(\(names[0]))", "\(slot("tensor")):release()",
      dice.chance(0.2) ? "freeall()" : "",
      "collectgarbage()", "\(slot("tensor")) = \(names[0])", "again()", "clear(t)()", "raise()", "yields()",
      "\(slot("tensor")) = nj.randn(3, 4)", "loop()", "nj.seed(1)", "\(names[0]):zero_()",
    ])
    return "function(\(names.joined(separator: ", "))) \(action) return \(result) end"
  }

  /// A whole use of something, often with one of its numbers changed.
  mutating func filledCall(_ template: String) -> String {
    let text = filled(template)
    let digits = text.indices.filter { place in
      text[place].isWholeNumber
        && (place == text.startIndex || " ({,=".contains(text[text.index(before: place)]))
    }
    guard dice.chance(0.3), !digits.isEmpty else { return text }
    let place = dice.pick(digits)
    return text[..<place] + dice.pick(OddValues.integers) + text[text.index(after: place)...]
  }

  /// A template with its places filled.
  mutating func filled(_ template: String) -> String {
    var text = ""
    var rest = template[...]
    while let place = rest.firstIndex(of: "$") {
      text += rest[..<place]
      rest = rest[place...].dropFirst()
      guard let letter = rest.popFirst() else { return text + "$" }
      text += placeholder(letter)
    }
    return text + rest
  }

  private mutating func placeholder(_ letter: Character) -> String {
    switch letter {
    case "t": object("tensor")
    case "k": slot("int32")
    case "c": dice.pick(["\(slot("tensor")):gt(0)", "\(slot("tensor")):isnan()", slot("tensor")])
    case "m": slot("module")
    case "o": slot("optimizer")
    case "g": slot("figure")
    case "w": slot("words")
    case "b": slot("batches")
    case "u": slot("plugin")
    case "n": String(dice.roll(1...4))
    case "i": String(dice.roll(1...400))
    case "d": dice.pick(["1", "2", "3", "-1", "-2"])
    case "r": dice.pick(["0", "1", "-1", "0.5", "1e6", "-3.25", "0/0"])
    case "f": callback()
    case "p": dice.chance(oddness) ? dice.pick(OddValues.paths) : dice.pick(Self.paths)
    case "q": dice.pick(["\"a\"", "\"weight\"", "\"0\"", "\"word\"", "\"aab(ab)\"", "\"1.5\"", "\"x_1\""])
    case "l": dice.pick(["\"a\"", "\"weight\"", "\"x_1\""])
    case "a": any()
    default: "$\(letter)"
    }
  }

  private static let paths = [
    "FILES .. \"/a.safetensors\"", "FILES .. \"/b.wav\"", "FILES .. \"/c.flac\"", "FILES .. \"/d/e.txt\"",
    "FILES .. \"/f.json\"", "FILES .. \"/g.txt\"", "nj.run.out .. \"/h.txt\"",
  ]
}

extension LuaType {
  /// The range of an integer type.
  var integers: ClosedRange<Int>? { if case .integer(let range) = self { range } else { nil } }
}
