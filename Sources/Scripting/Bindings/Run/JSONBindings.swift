import LuaHost

/// What stands for `null` in a list, where nil would leave a hole.
final class JSONNull: LuaHosted, Sendable {
  static let luaClassName = "null"
  static let shared = JSONNull()
}

extension LuaClass {
  /// `nj.json.null`.
  static let null = LuaClass(
    JSONNull.self, "JSON's null", methods: [],
    operators: [LuaFunction("__tostring", "The word null", returns: "string") { call in call.push("null") }],
    keepsIdentity: true)
}

/// `nj.json`: tables as JSON text and back.
///
/// A table with a list part is an array, one with names an object, `{}` an object. Names are written in
/// sorted order, so equal tables give equal text. `null` in an object leaves the field out; in a list it is
/// `nj.json.null`.
enum JSONBindings {
  static let module = LuaModule(
    "json", "Tables as JSON text and back",
    functions: [
      LuaFunction(
        "encode", "JSON text of a value; names in sorted order",
        [
          .any("value", optional: true),
          .options("options", [.boolean("pretty", default: false, help: "on lines, indented by two spaces")]),
        ], returns: "string"
      ) { call in
        call.push(
          try JSONWriter.text(
            call.value(1), pretty: call.options(2).boolean("pretty"), within: call.state.limits))
      },
      LuaFunction("decode", "The value of JSON text", [.string("text")], returns: "value") { call in
        try call.push(JSONReader.value(call.bytes(1)))
      },
    ],
    values: [("null", "null in a list, where nil would leave a hole", .object(LuaObject(JSONNull.shared)))])
}
