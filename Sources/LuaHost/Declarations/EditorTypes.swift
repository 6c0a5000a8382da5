import Foundation

/// The Lua API as a file of LuaCATS annotations: editors with the Lua language server use it for completion and checks,
/// and it can be read as a reference.
///
/// Source of the format: LuaLS, "Annotations", https://luals.github.io/wiki/annotations.
public struct EditorTypes {
  private let module: LuaModule
  private let classes: [LuaClass]
  private let globals: [LuaFunction]
  private let version: String
  private let classNames: Set<String>

  /// Describes a module, the classes of its objects, and functions that are globals of some files, such as tests.
  public init(_ module: LuaModule, classes: [LuaClass], globals: [LuaFunction] = [], version: String) {
    self.module = module
    self.globals = globals
    self.version = version
    self.classes = classes
    classNames = Set(classes.map(\.name))
  }

  /// The file's text: Lua that defines nothing by itself.
  public var text: String {
    let parts =
      [head] + classes.map(text(of:)) + globals.map { text(of: $0, in: "", as: "") }
      + [text(of: module, named: "nj"), "return nj"]
    return parts.joined(separator: "\n\n") + "\n"
  }

  private var head: String {
    """
    ---@meta nightjar
    -- What `require "nightjar"` returns, version \(version); written by `nightjar plugins types`.
    -- Indices and dimensions count from 1, negative ones from the end.
    """
  }

  private func text(of description: LuaClass) -> String {
    let name = description.name
    var lines = ["--- \(description.summary)", "---@class nj.\(name)"]
    lines += description.properties.map { "---@field \($0.name) \(type($0.type)) # \($0.summary)" }
    lines += description.operators.compactMap(operatorLine)
    lines.append("local \(name) = {}")
    return ([lines.joined(separator: "\n")] + description.methods.map { text(of: $0, in: name, as: ":") })
      .joined(separator: "\n\n")
  }

  private func text(of module: LuaModule, named path: String) -> String {
    var lines = ["--- \(module.summary)", "---@class \(path)"]
    lines += module.values.map { "---@field \($0.name) \($0.value.typeName) # \($0.summary)" }
    lines += module.properties.map { "---@field \($0.name) \(type($0.type)) # \($0.summary)" }
    lines.append((path.contains(".") ? "" : "local ") + "\(path) = {}")
    let parts =
      module.functions.map { text(of: $0, in: path, as: ".") }
      + module.modules.map { text(of: $0, named: "\(path).\($0.name)") }
    return ([lines.joined(separator: "\n")] + parts).joined(separator: "\n\n")
  }

  /// A function with its parameters and results. Option tables become classes, so that their fields can have help.
  private func text(of function: LuaFunction, in owner: String, as separator: String) -> String {
    var before = function.records.flatMap { record in
      ["--- \(record.summary)", "---@class nj.\(record.name)"] + record.fields.map(Self.line)
    }
    var lines = ["--- \(function.summary)"]
    for parameter in function.parameters {
      var annotation = parameter.annotation
      let fields = parameter.allFields
      if !fields.isEmpty {
        annotation = "\(separator == ":" ? "nj." : "")\(owner).\(function.name).\(parameter.name)"
        before +=
          ["---@class \(annotation)"]
          + fields.map(Self.line)
      }
      let name = Self.name(parameter) + (parameter.isOptional && !parameter.isRest ? "?" : "")
      lines.append("---@param \(name) \(annotation)" + Self.comment(parameter))
    }
    lines += returnLines(function.returns, of: owner)
    let names = function.parameters.map(Self.name).joined(separator: ", ")
    lines.append("function \(owner)\(separator)\(function.name)(\(names)) end")
    return (before + lines).joined(separator: "\n")
  }

  /// A field of a class.
  private static func line(_ field: LuaParameter) -> String {
    "---@field \(field.name)\(field.isOptional ? "?" : "") \(field.annotation)" + comment(field)
  }

  /// The help of a parameter, and its default.
  private static func comment(_ parameter: LuaParameter) -> String {
    let defaultText = parameter.defaultValue.isNil ? "" : "(default \(parameter.defaultValue.literal))"
    let text = [parameter.help, defaultText].filter { !$0.isEmpty }.joined(separator: " ")
    return text.isEmpty ? "" : " # \(text)"
  }

  /// Reserved words, which cannot be parameter names (Lua 5.4 manual, §3.1).
  static let reserved: Set = [
    "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local",
    "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
  ]

  /// A parameter's name in Lua.
  private static func name(_ parameter: LuaParameter) -> String {
    parameter.isRest ? "..." : parameter.name + (reserved.contains(parameter.name) ? "_" : "")
  }

  private func returnLines(_ returns: String, of owner: String) -> [String] {
    switch returns {
    case "nothing": return []
    case "the \(owner) itself": return ["---@return nj.\(owner)"]
    default:
      let parts = returns.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let types = parts.compactMap(knownType)
      guard types.count == parts.count else { return ["---@return any # \(returns)"] }
      return types.map { "---@return \($0)" }
    }
  }

  private func operatorLine(_ function: LuaFunction) -> String? {
    let result = type(function.returns)
    switch function.name {
    case "__call":
      let parameters = function.parameters.map { "\(Self.name($0)): \($0.type.annotation)" }
        .joined(separator: ", ")
      return "---@overload fun(\(parameters)): \(result)"
    case "__index": return "---@field [\(function.parameters[0].type.annotation)] \(result)"
    case "__unm", "__len": return "---@operator \(function.name.dropFirst(2)): \(result)"
    case "__add", "__sub", "__mul", "__div", "__pow":
      return
        "---@operator \(function.name.dropFirst(2))(\(function.parameters[1].type.annotation)): \(result)"
    default: return nil
    }
  }

  /// The annotation for a type in words; `any` for words that are not a type.
  private func type(_ words: String) -> String { knownType(words) ?? "any" }

  private func knownType(_ words: String) -> String? {
    if words.contains(" or ") {
      let parts = words.components(separatedBy: " or ").map(knownType)
      return parts.contains(nil) ? nil : parts.compactMap(\.self).joined(separator: "|")
    }
    if words.hasPrefix("list of "), words.hasSuffix("s") {
      return knownType(String(words.dropFirst(8).dropLast())).map { "\($0)[]" }
    }
    if classNames.contains(words) { return "nj.\(words)" }
    let plain: Set = ["any", "boolean", "integer", "number", "string", "table", "function"]
    if plain.contains(words) { return words }
    return words == "list" ? "any[]" : nil
  }
}
