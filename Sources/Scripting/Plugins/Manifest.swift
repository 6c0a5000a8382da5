import CLua
import LuaHost

/// The fields of manifests, and the checks when a constructor is called.
enum Manifest {
  /// The version of the plugin interface.
  static let api = 1
  private static let common = ["name", "summary", "api", "options", "permissions"]

  /// `nj.model`, `nj.recipe`, ….
  static var constructors: [LuaFunction] {
    PluginKind.allCases.map { kind in
      LuaFunction(
        kind.rawValue, "\(kind.summary). It sees \(kind.sees)",
        [.table("manifest", fields: fields(of: kind))],
        returns: "the manifest", records: kind.record.tables
      ) { call in
        try check(kind, call)
        call.markManifest(kind.rawValue)
        return call.push(argument: 1)
      }
    }
  }

  /// The fields of a manifest, for the reference and editors.
  private static func fields(of kind: PluginKind) -> [LuaParameter] {
    [
      .string("name", help: "its name, that of its file"),
      .string("summary", help: "what it does, in one line"),
      .integer("api", min: 1, max: api, help: "the version of the plugin interface, \(api)"),
      .table(
        "options", optional: true,
        help: OptionSchema.declaration),
      .strings("permissions", optional: true, help: "capabilities that it asks for, such as fs.read=noise"),
    ]
      + kind.record.flags.map { .boolean($0, optional: true) }
      + kind.record.references.map { .string($0, optional: true, help: "the name of a plugin") }
      + kind.functions.map { .function($0.name, optional: !$0.isRequired, signature: $0.type, help: $0.help) }
  }

  private static func check(_ kind: PluginKind, _ call: LuaCall) throws {
    let stack = call.stack
    var title = "nj.\(kind.rawValue)"
    func problem(_ what: String, _ hint: String? = nil) -> ScriptError {
      ScriptError("\(title): \(what)", hint: hint)
    }
    func text(_ key: String) throws -> String {
      let kind = stack.getField(key, of: 1)
      defer { stack.pop() }
      guard kind != .nil else { throw problem("'\(key)' is missing: expected string") }
      let value = try stack.value(-1)
      guard let text = value.string, !text.isEmpty else {
        let got = value.string == nil ? value.typeName : "an empty string"
        throw problem("'\(key)': expected string, got \(got)")
      }
      return text
    }
    let name = try text("name")
    guard name.isIdentifier else {
      throw problem("'name': expected letters, digits and _, got '\(name)'")
    }
    title += " '\(name)'"
    let known = common + kind.record.flags + kind.record.references + kind.functions.map(\.name)
    for key in stack.keyNames(1) where !known.contains(key) {
      let hint =
        key.nearest(in: known).map { "did you mean '\($0)'?" } ?? "it takes " + known.joined(separator: ", ")
      throw problem("unknown key '\(key)'; \(hint)")
    }
    _ = try text("summary")
    try checkVersion(stack, problem)
    for flag in kind.record.flags {
      let value = try stack.field(flag, of: 1)
      guard value.isNil || value.boolean != nil else {
        throw problem("'\(flag)': expected boolean, got \(value.typeName)")
      }
    }
    for reference in kind.record.references {
      let value = try stack.field(reference, of: 1)
      guard value.isNil || value.string?.isIdentifier == true else {
        throw problem("'\(reference)': expected the name of a plugin, got \(value.typeName)")
      }
    }
    for function in kind.functions {
      let type = stack.getField(function.name, of: 1)
      defer { stack.pop() }
      if type == .nil, !function.isRequired { continue }
      if type == .nil {
        throw problem("'\(function.name)' is missing: expected function \(function.signature)")
      }
      guard type == .function else {
        throw problem(
          "'\(function.name)': expected function \(function.signature), got \(stack.typeName(-1))")
      }
    }
    let alternatives = kind.functions.filter { kind.record.alternatives.contains($0.name) }
    let count = alternatives.count { stack.keyNames(1).contains($0.name) }
    guard alternatives.isEmpty || count == 1 else {
      let signatures = alternatives.map(\.signature).joined(separator: ", or ")
      throw problem(
        count == 0 ? "a function is missing: expected \(signatures)" : "expected only one of \(signatures)")
    }
    do { _ = try OptionSchema(declared: stack.field("options", of: 1)) } catch let error as OptionError {
      throw problem(error.message.what, error.message.hint)
    }
    do { _ = try permissions(stack.field("permissions", of: 1)) } catch let error as CapabilityError {
      throw problem("'permissions': \(error.message.what)", error.message.hint)
    }
  }

  /// As many as a user will read at the prompt.
  private static let maxPermissions = 16

  /// The capabilities in a manifest's `permissions`, each once.
  ///
  /// - Throws: `CapabilityError` for another value than a list of valid capabilities.
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
      let permission = try Capability(parsing: text, isPermission: true)
      if !permissions.contains(permission) { permissions.append(permission) }
    }
    return permissions
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
        "it needs version \(number) of the plugin interface, this nightjar has version \(api)",
        "update nightjar")
    }
    if number < 1 { throw problem("'api': expected 1 to \(api), got \(number)", nil) }
  }
}

extension LuaStack {
  /// A field of the table at `index` as data.
  ///
  /// - Throws: `ScriptError` for a value that Swift cannot hold.
  func field(_ name: String, of index: Int32) throws -> LuaValue {
    getField(name, of: index)
    defer { pop() }
    return try value(-1)
  }
}
