import LuaHost

/// `nj.run.options`: what `--set` gave, as a table to look at and a function to declare options with.
final class RunOptions: LuaHosted {
  static let luaClassName = "options"
  /// Of one name that was given twice, the later counts.
  let texts: [String: String]

  init(_ settings: [(name: String, value: String)]) {
    texts = Dictionary(settings.map { ($0.name, $0.value) }) { $1 }
  }

  /// What the text says without a declaration: a whole number, a number, true or false, else itself.
  static func guess(_ text: String) -> LuaValue {
    if let value = Int(text) { return .integer(value) }
    if let value = Double(text), value.isFinite { return .number(value) }
    return ["true": .boolean(true), "false": .boolean(false)][text] ?? .string(text)
  }
}

extension LuaClass {
  static let runOptions = LuaClass(
    RunOptions.self, "What --set gave; call it with a declaration to check types and fill defaults",
    methods: [],
    operators: [
      LuaFunction(
        "__call",
        "Options checked and with their defaults: `nj.run.options { epochs = { default = 11 } }`",
        [.table("declaration")], returns: "table"
      ) { call in
        let schema = try OptionSchema(declared: call.value(1))
        for name in schema.names { try call.context.run.noteUse(ofSetting: name) }
        return try call.push(schema.fill(texts: call.object(0, RunOptions.self).texts))
      },
      LuaFunction(
        "__index", "What --set gave for a name; nil when it gave nothing", [.any("name")], returns: "value"
      ) {
        call in
        let options = try call.object(0, RunOptions.self)
        guard let name = try call.value(1).string else { return try call.push(LuaValue.nil) }
        try call.context.run.noteUse(ofSetting: name)
        guard let text = options.texts[name] else { return try call.push(LuaValue.nil) }
        return try call.push(RunOptions.guess(text))
      },
      LuaFunction("__tostring", "As on the command line", returns: "string") { call in
        let texts = try call.object(0, RunOptions.self).texts.sorted { $0.key < $1.key }
        return call.push(texts.map { "--set \($0.key)=\($0.value)" }.joined(separator: " "))
      },
    ])
}
