import LuaHost

/// The functions with which scripts declare and use plugins.
public enum PluginBindings {
  /// `nj.model` … `nj.task`, `nj.plugin` and `nj.plugins`. The state needs a ``PluginLibrary`` attached.
  public static var functions: [LuaFunction] { Manifest.constructors + [plugin, plugins] }

  /// The class behind `nj.plugin(kind, name)`.
  public static var pluginClass: LuaClass {
    LuaClass(
      Plugin.self, "A loaded plugin", methods: [],
      properties: [
        text("name", "Its name", \.name), text("summary", "What it does", \.summary),
        text("kind", "Its kind", \.kind.rawValue), text("path", "Its file", \.path),
        LuaProperty("defaults", "Its options at their defaults", "table") { call in
          try call.push(call.object(0, Plugin.self).options.fill(LuaTable()))
        },
        build, new,
      ], keepsIdentity: true)
  }

  private static func text(_ name: String, _ summary: String, _ path: KeyPath<Plugin, String> & Sendable)
    -> LuaProperty
  {
    LuaProperty(name, summary, "string") { call in call.push(try call.object(0, Plugin.self)[keyPath: path]) }
  }

  private static var build: LuaProperty {
    LuaProperty(
      "build",
      "Builds a model's network: build(options, task); options that are not given get their defaults",
      "function"
    ) {
      call in
      let plugin = try call.object(0, Plugin.self)
      return try call.push(
        LuaFunction("build", "", [.table("options", optional: true), .any("task")]) { call in
          let built = try plugin.build(
            call.value(1).table ?? LuaTable(), task: call.reference(2), in: call.state)
          if let handle = built.first?.object(ModuleHandle.self) {
            handle.origin = handle.origin ?? plugin
            handle.classes = try handle.classes ?? call.value(2).table?["classes"].integer
          }
          return try call.push(all: built)
        })
    }
  }

  private static var new: LuaProperty {
    LuaProperty("new", "Creates a self for the functions of any other kind: new(options, seed)", "function") {
      call in
      let plugin = try call.object(0, Plugin.self)
      let parameters: [LuaParameter] = [.table("options", optional: true), .integer("seed", default: 0)]
      return try call.push(
        LuaFunction("new", "", parameters) { call in
          let options = try call.value(1).table ?? LuaTable()
          return try call.push(
            plugin.makeInstance(options: options, seed: call.integer(2), in: call.state).table)
        })
    }
  }

  private static var plugin: LuaFunction {
    LuaFunction(
      "plugin", "Returns a plugin by kind and name",
      [.choice("kind", PluginKind.allCases.map(\.rawValue)), .string("name")], returns: "plugin"
    ) { call in
      guard let kind = PluginKind(rawValue: try call.string(1)) else { return .nothing }
      return try call.push(call.state.plugin(kind, namedByScript: call.string(2)))
    }
  }
}

extension PluginBindings {
  private static var plugins: LuaFunction {
    LuaFunction(
      "plugins",
      "Lists the available plugins, of one kind or of all, as { kind, name, path }, without loading them",
      [.choice("kind", PluginKind.allCases.map(\.rawValue), optional: true)], returns: "list"
    ) { call in
      let kind = try call.has(1) ? PluginKind(rawValue: call.string(1)) : nil
      let files = (try? call.context)?.files
      let entries = try call.state.attached(PluginLibrary.self).entries(kind).filter { entry in
        files?.isWritten(source: entry.path) != true
      }
      return try call.push(
        entries.map { entry in
          LuaTable(fields: [
            ("kind", .string(entry.kind.rawValue)), ("name", .string(entry.name)),
            ("path", .string(entry.path)),
          ])
        })
    }
  }
}

extension LuaState {
  /// The plugin that a script names.
  func plugin(_ kind: PluginKind, namedByScript name: String) throws -> Plugin {
    try attached(PluginLibrary.self).plugin(kind, namedByScript: name, in: self)
  }
}
