import Foundation
import LuaHost
import Scripting
import Testing

/// What a plugin says it needs: granted, asked for, or refused with the flag to add.
@Suite struct PermissionTests {
  /// A state with a model plugin `m`, which builds the number 7.
  private final class World {
    let state: BindingsState
    let library: PluginLibrary
    var questions: [String] = []

    /// - Parameter needs: the manifest's, as Lua.
    init(
      _ permissions: String, grants: [String] = [], answer: Bool? = nil, build: String = "return 7"
    ) throws {
      state = try BindingsState(granted: false)
      let plugin = """
        local nj = require "nightjar"
        return nj.model { name = "m", summary = "M", api = 1, permissions = \(permissions),
          build = function() \(build) end }
        """
      try state.put(plugin, at: "plugins/models/m.lua")
      library = PluginLibrary(folders: [state.root + "/plugins"], shipped: nil, standard: false)
      state.state.attach(library)
      state.context.capabilities = try Capabilities(
        parsing: grants.map { $0.replacing("ROOT", with: state.root) })
      guard let answer else { return }
      state.context.ask = { [unowned self] question in
        questions.append(question.replacing(state.root, with: "ROOT"))
        return answer
      }
    }

    static let use = "return nj.plugin('model', 'm').build({}, {})"

    /// What using the plugin fails with; empty when it does not.
    func failure(_ script: String = use) -> String {
      do { try state.run(script) } catch { return "\(error)".replacing(state.root, with: "ROOT") }
      return ""
    }
  }

  static let badPermissions = [
    ("'fs.read=a'", "'permissions': expected list of strings, got string"),
    ("{ 7 }", "expected list of strings"),
    ("{ 'fs.reed=a' }", "unknown capability 'fs.reed'; did you mean 'fs.read'?"),
    ("{ 'net=example.org' }", "unknown capability 'net'; there is fs.read=DIR, fs.write=DIR and env=NAME"),
    ("{ 'process' }", "nothing else can be granted"), ("{ '' }", "unknown capability ''"),
    ("{ 'fs.read=' }", "name a folder: fs.read=DIR"), ("{ 'env' }", "name a variable: env=NAME"),
    ("{ 'env=' }", "name a variable: env=NAME"), ("{ 'env=A=B' }", "has no '='"),
    ("{ 'env=A\\27[2J' }", "invisible characters"),
    ("{ 'fs.write=a\\0b' }", "name a folder"), ("{ 'fs.read=a\\nfs.read=b' }", "invisible characters"),
    // What a person at the prompt would not see as it is.
    ("{ 'fs.read=\u{202E}cod' }", "invisible characters"),
    ("{ 'fs.read=/' .. ('x'):rep(500) }", "the name is too long"),
    ("{ ('env=A,'):rep(17):match((('([^,]*),'):rep(17))) }", "expected at most 16, got 17"),
  ]

  @Test(arguments: badPermissions) func badPermissionsAreErrorsAtLoad(_ permissions: String, _ says: String)
    throws
  {
    let world = try World(permissions)
    let failure = world.failure("nj.plugin('model', 'm')")
    #expect(failure.contains("ROOT/plugins/models/m.lua:2: nj.model 'm': 'permissions': "), "\(failure)")
    #expect(failure.contains(says), "\(failure)")
  }

  static let missing = [
    (
      "{ 'fs.read=/outside/a' }", [],
      "needs fs.read=/outside/a, which is not granted. Hint: add --allow fs.read=/outside/a"
    ),
    ("{ 'fs.write=/outside/a' }", ["fs.read=/outside"], "add --allow fs.write=/outside/a"),
    ("{ 'env=A' }", ["env=B"], "add --allow env=A"),
    ("{ 'fs.read' }", ["fs.write=/outside"], "add --allow fs.read=DIR"),
    ("{ 'fs.read=/outside/a', 'env=A', 'env=B' }", ["env=A"], "add --allow fs.read=/outside/a --allow env=B"),
    ("{ 'fs.read=/outside/files2' }", ["fs.read=/outside/files"], "add --allow fs.read=/outside/files2"),
    ("{ 'fs.read=a b' }", [], "add --allow 'fs.read=a b'"),
  ]

  @Test(arguments: missing) func usesNameTheFlags(_ permissions: String, _ grants: [String], _ says: String)
    throws
  {
    let world = try World(permissions, grants: grants)
    let failure = world.failure()
    #expect(failure.contains("plugin model/m (ROOT/plugins/models/m.lua) needs "), "\(failure)")
    #expect(failure.contains(says), "\(failure)")
    // To load it, and to look at it, needs nothing.
    #expect(try world.state.run("return nj.plugin('model', 'm').name") == ["m"])
    #expect(try world.library.plugin(.model, "m", in: world.state.state).permissions.count >= 1)
  }

  static let granted = [
    ("{ 'fs.read=/usr/share' }", ["fs.read=/usr"]),
    ("{ 'fs.read=/usr/../usr/share/' }", ["fs.read=/usr/share"]),
    ("{ 'fs.read' }", ["fs.read=/usr"]), ("{ 'fs.write' }", ["fs.write=ROOT/new"]),
    ("{ 'env=A', 'env=A' }", ["env=A"]), ("{}", []), ("nil", []),
  ]

  @Test(arguments: granted) func grantedPermissionsAreEnough(_ permissions: String, _ grants: [String]) throws
  {
    #expect(try World(permissions, grants: grants).state.run(World.use) == [7])
  }

  @Test func aYesGrantsToThisPluginForThisRun() throws {
    let world = try World(
      "{ 'fs.read=/usr/share/../share', 'env=PATH' }", answer: true,
      build: "return type(nj.env('PATH')) .. tostring(nj.fs.exists('/usr/share/x'))")
    for _ in 1...2 { #expect(try world.state.run(World.use) == ["stringfalse"]) }
    #expect(
      world.questions == [
        "plugin model/m (ROOT/plugins/models/m.lua) asks to read /usr/share/../share (/usr/share), and to read the "
          + "environment variable PATH. Allow?"
      ])
    // To nobody else: neither a script nor another plugin, even while the first one runs.
    try world.state.put(
      """
      local nj = require "nightjar"
      return nj.model { name = "other", summary = "O", api = 1, build = function() return nj.env("PATH") end }
      """, at: "plugins/models/other.lua")
    let others = ["nj.env('PATH')", "nj.plugin('model', 'other').build({}, {})"]
    for script in others { #expect(world.failure(script).contains("--allow env=PATH"), "\(script)") }
    #expect(world.failure("nj.fs.list('/usr/share')").contains("--allow fs.read=/usr/share"))
    #expect(try world.state.run(World.use) == ["stringfalse"])
  }

  @Test func aNoIsAskedOnce() throws {
    let world = try World("{ 'env=PATH' }", answer: false)
    for _ in 1...3 { #expect(world.failure().contains("Hint: add --allow env=PATH")) }
    #expect(world.questions.count == 1)
    #expect(world.failure("nj.env('PATH')").contains("--allow env=PATH"))
  }

  @Test func nobodyIsAskedForJustAnyFolder() throws {
    let world = try World("{ 'fs.read', 'env=PATH' }", answer: true)
    #expect(world.failure().contains("Hint: add --allow fs.read=DIR --allow env=PATH"))
    #expect(world.questions.isEmpty)
  }

  @Test func needsCannotGrowAfterTheyWereShown() throws {
    let world = try World("{ 'env=PATH' }", grants: ["env=PATH"])
    try world.state.put(
      """
      local nj = require "nightjar"
      local m = nj.model { name = "late", summary = "M", api = 1, build = function() return 7 end }
      m.permissions = { "net" }
      return m
      """, at: "plugins/models/late.lua")
    let failure = world.failure("nj.plugin('model', 'late')")
    #expect(failure.contains("plugin model/late: unknown capability 'net'"), "\(failure)")
  }
}
