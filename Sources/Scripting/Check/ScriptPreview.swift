import LuaHost
import Support

/// What the text of a script says before it runs.
public struct ScriptPreview {
  private let path: String
  private let names: SourceNames
  private let globals: [String]

  /// Reads the text of a script, in a state with the host's module.
  ///
  /// - Throws: `ScriptError` for a text that Lua does not compile.
  public init(_ text: String, path: String, in state: LuaState) throws {
    let space = try ScriptSpace(in: state, roots: [])
    _ = try state.load(text, path: path, environment: space.environment)
    self.path = path
    globals = try space.globals(in: state)
    names = SourceNames(text)
  }

  /// Whether it declares options, or reads some, or requires files that may.
  public var mayHaveOptions: Bool {
    hasModules || names.changesEnvironment || uses { $0.starts(with: ["run", "options"]) || $0 == ["run"] }
  }

  /// What it will stumble over: an undefined name is nil without an error, or fails after a long computation.
  public var findings: [CheckFinding] {
    let known = hasModules || names.globals.contains { $0.name == "_G" } ? names.globals.map(\.name) : []
    return NameCheck([(path, names)], globals: globals + known).findings.filter { !$0.isWarning }
  }

  /// Whether files that it requires may set globals, and declare its options.
  private var hasModules: Bool { names.required.contains { $0 != NightjarModule.module.name } }

  private func uses(_ isMeant: ([String]) -> Bool) -> Bool {
    names.paths.contains { $0.module == NightjarModule.module.name && isMeant($0.names) }
  }
}
