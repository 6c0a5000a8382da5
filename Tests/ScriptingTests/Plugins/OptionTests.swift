import LuaHost
import Scripting
import Testing

/// Declared options: what is accepted, and what is said about the rest.
@Suite struct OptionTests {
  static let declared: LuaValue = [
    "channels": ["default": 256, "min": 1, "max": 1024, "help": "width"],
    "dropout": ["default": 0.2, "min": 0, "max": 0.9],
    "smoothing": ["default": 0, "max": 0.99],
    "scale": ["default": "htk", "choices": ["htk", "slaney"]],
    "bias": ["default": true],
    "kernels": ["default": [4, 8]],
    "rates": ["default": [0.5, 1]],
    "limit": ["type": "integer"],
    "name": ["type": "string", "required": true],
  ]

  struct ParseCase: Sendable { let name: String, text: String, value: LuaValue }
  static let parsed = [
    ParseCase(name: "channels", text: "64", value: 64), ParseCase(name: "channels", text: "1e2", value: 100),
    ParseCase(name: "dropout", text: "0", value: 0), ParseCase(name: "smoothing", text: "0.1", value: 0.1),
    ParseCase(name: "bias", text: "false", value: false),
    ParseCase(name: "scale", text: "slaney", value: "slaney"),
    ParseCase(name: "kernels", text: "1, 2,3", value: [1, 2, 3]),
    ParseCase(name: "kernels", text: "", value: []),
    ParseCase(name: "rates", text: "1,2.5", value: [1, 2.5]),
    ParseCase(name: "limit", text: " -3 ", value: -3), ParseCase(name: "name", text: " a ", value: " a "),
  ]

  @Test(arguments: parsed) func parses(_ c: ParseCase) throws {
    #expect(try OptionSchema(declared: Self.declared).parse(c.name, c.text) == c.value)
  }

  struct RefusalCase: Sendable { let name: String, text: String, message: String }
  static let refused = [
    RefusalCase(
      name: "channels", text: "0", message: "option 'channels': expected integer from 1 to 1024, got '0'"),
    RefusalCase(
      name: "channels", text: "1.5",
      message: "option 'channels': expected integer from 1 to 1024, "
        + "got '1.5'"),
    RefusalCase(
      name: "channels", text: "1e400",
      message: "option 'channels': expected integer from 1 to 1024, got '1e400'"),
    RefusalCase(
      name: "dropout", text: "nan", message: "option 'dropout': expected number from 0 to 0.9, got 'nan'"),
    RefusalCase(
      name: "dropout", text: "0x1p-2",
      message: "option 'dropout': expected number from 0 to 0.9, got '0x1p-2'"),
    RefusalCase(
      name: "channels", text: "0x10",
      message: "option 'channels': expected integer from 1 to 1024, got '0x10'"),
    RefusalCase(
      name: "scale", text: "hkt", message: "option 'scale': expected one of 'htk', 'slaney', got 'hkt'"),
    RefusalCase(name: "bias", text: "yes", message: "option 'bias': expected boolean, got 'yes'"),
    RefusalCase(
      name: "kernels", text: "1,,2", message: "option 'kernels': expected list of integers, got '1,,2'"),
    RefusalCase(name: "chanels", text: "1", message: "unknown option 'chanels'; did you mean 'channels'?"),
  ]

  @Test(arguments: refused) func refuses(_ c: RefusalCase) throws {
    let schema = try OptionSchema(declared: Self.declared)
    let failure = #expect(throws: OptionError.self) { try schema.parse(c.name, c.text) }
    #expect(failure?.description == c.message)
  }

  @Test func fillsDefaults() throws {
    let schema = try OptionSchema(declared: Self.declared)
    let filled = try schema.fill(texts: ["name": "x", "channels": "8"])
    #expect(
      filled["channels"] == 8 && filled["dropout"] == 0.2 && filled["limit"].isNil
        && filled["kernels"] == [4, 8])
    let failure = #expect(throws: OptionError.self) { try schema.fill(LuaTable()) }
    #expect(failure?.description == "option 'name' is required: expected string")
  }

  struct DeclarationCase: Sendable { let value: LuaValue, message: String }
  static let broken = [
    DeclarationCase(
      value: ["a": ["default": 0, "min": 1]],
      message: "invalid default of option 'a': expected integer of at least 1, got 0"),
    DeclarationCase(
      value: ["a": ["defualt": 0]], message: "option 'a': unknown key 'defualt'; did you mean 'default'?"),
    DeclarationCase(
      value: ["a": ["help": "x"]],
      message: "option 'a': its type is unknown: add a default, choices, or type = \"integer\""),
    DeclarationCase(
      value: ["a": ["default": 1, "min": "x"]], message: "option 'a': min: expected number, got string"),
    DeclarationCase(
      value: ["a": ["default": 3, "min": 5, "max": 1]], message: "option 'a': min 5.0 is above max 1.0"),
    DeclarationCase(
      value: ["a": 3], message: "option 'a': expected a table like { default = …, help = … }, got number"),
    DeclarationCase(
      value: ["a": ["default": 3, "type": "float"]],
      message:
        "option 'a': type: expected one of integer, number, boolean, string, integers, numbers, "
        + "booleans, strings, got 'float'"
    ),
    DeclarationCase(value: [1, 2], message: "options: expected a table of options by name, got a list"),
  ]

  @Test(arguments: broken) func refusesDeclarations(_ c: DeclarationCase) {
    let failure = #expect(throws: OptionError.self) { try OptionSchema(declared: c.value) }
    #expect(failure?.description == c.message)
  }
}
