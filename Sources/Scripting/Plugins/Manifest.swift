import CLua
import LuaHost

/// The fields every manifest may have, and the checks at its constructor call.
enum Manifest {
  /// The plugin interface this host speaks.
  static let api = 1
  private static let common = ["name", "summary", "api", "options", "permissions"]

  /// `nj.model`, `nj.recipe`, ….
  static var constructors: [LuaFunction] {
    PluginKind.allCases.map { kind in
      let fields = kind.functions.map(\.signature).joined(separator: ", ")
      return LuaFunction(
        kind.rawValue, "\(kind.summary): { name, summary, api, options, \(fields) }", [.table("manifest")],
        returns: "the manifest"
      ) { call in
        try check(kind, call)
        call.markManifest(kind.rawValue)
        return call.push(argument: 1)
      }
    }
  }

  private static func check(_ kind: PluginKind, _ call: LuaCall) throws {
    let stack = call.stack
    var title = "nj.\(kind.rawValue)"
    func problem(_ what: String, _ hint: String? = nil) -> ScriptError {
      ScriptError("\(title): \(what)", hint: hint)
    }
    func text(_ key: String) throws -> String {
      let found = stack.getField(key, of: 1)
      defer { stack.pop() }
      guard found != .nil else { throw problem("'\(key)' is missing: expected string") }
      guard let text = stack.string(-1), !text.isEmpty else {
        throw problem("'\(key)': expected string, got \(Self.text(of: stack))")
      }
      return text
    }
    let name = try text("name")
    guard name.isIdentifier else {
      throw problem("'name': expected letters, digits and _, got '\(name)'")
    }
    title += " '\(name)'"
    let known = common + kind.flags + kind.words + kind.functions.map(\.name)
    for key in stack.keyNames(1) where !known.contains(key) {
      let hint =
        key.nearest(in: known).map { "did you mean '\($0)'?" } ?? "it takes " + known.joined(separator: ", ")
      throw problem("unknown key '\(key)'; \(hint)")
    }
    _ = try text("summary")
    try checkVersion(stack, problem)
    for flag in kind.flags {
      let value = try stack.field(flag, of: 1)
      guard value.isNil || value.boolean != nil else {
        throw problem("'\(flag)': expected boolean, got \(value.typeName)")
      }
    }
    for word in kind.words {
      let value = try stack.field(word, of: 1)
      guard value.isNil || value.string?.isIdentifier == true else {
        throw problem("'\(word)': expected the name of a plugin, got \(value.typeName)")
      }
    }
    for function in kind.functions {
      let found = stack.getField(function.name, of: 1)
      defer { stack.pop() }
      if found == .nil, !function.isRequired { continue }
      if found == .nil {
        throw problem("'\(function.name)' is missing: expected function \(function.signature)")
      }
      guard found == .function else {
        throw problem(
          "'\(function.name)': expected function \(function.signature), got \(stack.typeName(-1))")
      }
    }
    let alternatives = kind.functions.filter { kind.alternatives.contains($0.name) }
    let count = alternatives.count { stack.keyNames(1).contains($0.name) }
    guard alternatives.isEmpty || count == 1 else {
      let signatures = alternatives.map(\.signature).joined(separator: ", or ")
      throw problem(
        count == 0 ? "a function is missing: expected \(signatures)" : "expected only one of \(signatures)")
    }
    do { _ = try OptionSchema(declared: stack.field("options", of: 1)) } catch let failure as OptionError {
      throw problem(failure.description)
    }
    do { _ = try permissions(stack.field("permissions", of: 1)) } catch let failure as CapabilityError {
      throw problem("'permissions': \(failure.description)")
    }
  }

  /// As many needs as a person reads at the prompt.
  private static let maxPermissions = 16

  /// What a manifest's `needs` asks for, each once.
  static func permissions(_ value: LuaValue) throws -> [Capability] {
    if value.isNil { return [] }
    guard let texts = value.strings else {
      throw CapabilityError("expected list of strings, got \(value.typeName)")
    }
    guard texts.count <= maxPermissions else {
      throw CapabilityError("expected at most \(maxPermissions), got \(texts.count)")
    }
    var permissions: [Capability] = []
    for text in texts {
      let need = try Capability(parsing: text, isPermission: true)
      if !permissions.contains(need) { permissions.append(need) }
    }
    return permissions
  }

  private static func text(of stack: LuaStack) -> String {
    stack.string(-1) == "" ? "an empty one" : stack.typeName(-1)
  }

  private static func checkVersion(
    _ stack: LuaStack, _ problem: (String, String?) -> ScriptError
  ) throws {
    let version = try stack.field("api", of: 1)
    if version.isNil { throw problem("'api' is missing: write api = \(api)", nil) }
    guard let number = version.integer else {
      throw problem("'api': expected integer, got \(version.typeName)", nil)
    }
    if number > api {
      throw problem(
        "it needs plugin interface \(number), and this nightjar speaks \(api)", "update nightjar")
    }
    if number < 1 { throw problem("'api': expected 1 to \(api), got \(number)", nil) }
  }
}

extension LuaStack {
  /// A field of the table at `index` as data.
  func field(_ name: String, of index: Int32) throws -> LuaValue {
    getField(name, of: index)
    defer { pop() }
    return try value(-1)
  }
}
