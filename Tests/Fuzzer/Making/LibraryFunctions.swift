import LuaHost

/// Lua's own functions as scripts have them. The host replaces many of them, so they are tried like its own.
enum LibraryFunctions {
  static let all: [Callable] = base + strings + tables + others

  private static func function(_ name: String, _ parameters: LuaParameter...) -> Callable {
    Callable(form: .function, owner: "", name: name, parameters: parameters, returns: "")
  }

  private static let more = LuaParameter.rest("more")
  private static let anything = LuaParameter.any("value")
  private static let text = LuaParameter.string("text")
  private static let pattern = LuaParameter.string("pattern")
  private static let list = LuaParameter.table("list")
  private static let call = LuaParameter.function("f")
  private static func place(_ name: String) -> LuaParameter { .integer(name, optional: true) }

  private static let base = [
    function("assert", anything, more), function("collectgarbage", .choice("what", ["collect", "count"])),
    function("error", anything, place("level")), function("getmetatable", anything),
    function("ipairs", list), function("load", .any("chunk"), text, .choice("mode", ["t", "b", "bt"])),
    function("next", list, .any("key", optional: true)), function("pairs", list),
    function("pcall", call, more), function("print", more), function("rawequal", anything, anything),
    function("rawget", list, anything), function("rawlen", list),
    function("rawset", list, anything, anything),
    function("require", text), function("select", .integer("n"), more),
    function("setmetatable", list, .table("metatable")), function("tonumber", anything, place("base")),
    function("tostring", anything), function("type", anything), function("xpcall", call, call, more),
  ]

  private static let strings = [
    function("string.byte", text, place("i"), place("j")), function("string.char", .rest("codes", .integer)),
    function("string.find", text, pattern, place("init"), .boolean("plain", optional: true)),
    function("string.format", .string("format"), more),
    function("string.gmatch", text, pattern, place("init")),
    function("string.gsub", text, pattern, .any("by"), place("n")), function("string.len", text),
    function("string.lower", text), function("string.match", text, pattern, place("init")),
    function("string.pack", .string("layout"), more), function("string.packsize", .string("layout")),
    function("string.rep", text, .integer("n"), .string("separator", optional: true)),
    function("string.reverse", text), function("string.sub", text, .integer("i"), place("j")),
    function("string.unpack", .string("layout"), text, place("position")), function("string.upper", text),
    function("utf8.char", .rest("codes", .integer)), function("utf8.codepoint", text, place("i"), place("j")),
    function("utf8.codes", text), function("utf8.len", text, place("i"), place("j")),
    function("utf8.offset", text, .integer("n"), place("i")),
  ]

  private static let tables = [
    function("table.concat", list, .string("separator", optional: true), place("i"), place("j")),
    function("table.insert", list, more),
    function("table.move", list, .integer("f"), .integer("e"), .integer("t"), .table("to", optional: true)),
    function("table.pack", more), function("table.remove", list, place("position")),
    function("table.sort", list, .function("before", optional: true)),
    function("table.unpack", list, place("i"), place("j")),
  ]

  private static let others = [
    function("coroutine.close", .any("thread")), function("coroutine.create", call),
    function("coroutine.isyieldable"), function("coroutine.resume", .any("thread"), more),
    function("coroutine.running"), function("coroutine.status", .any("thread")),
    function("coroutine.wrap", call), function("math.random", place("m"), place("n")),
    function("math.randomseed", .number("seed")), function("math.tointeger", anything),
    function("math.fmod", .number("a"), .number("b")), function("math.max", .rest("numbers", .number)),
    function("math.floor", .number("x")), function("math.ult", .integer("a"), .integer("b")),
  ]
}
