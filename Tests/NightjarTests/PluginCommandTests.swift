import Foundation
import TestSupport
import Testing

@Suite struct PluginCommandTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test(arguments: ["model", "recipe", "learner", "encoder", "metric", "test", "task"])
  func newPluginsAndTheirTestsPass(_ kind: String) throws {
    let path = "plugins/\(kind)s/mine.lua"
    let test = "plugins/\(kind)s/mine_test.lua"
    let made = try sandbox.run("plugins", "new", kind, "mine")
    #expect(made.status == 0)
    #expect(made.output == "\(path)\n\(test)\n")
    let checked = try sandbox.run("plugins", "check")
    #expect(checked.status == 0 && checked.output.contains("✓ \(kind)/mine "), "\(checked.output)")
    let tested = try sandbox.run("plugins", "test")
    #expect(tested.status == 0 && tested.output.hasPrefix("\(test)\n  ✓ mine"), "\(tested.output)")
    #expect(try sandbox.run("plugins", "show", "\(kind)/mine").output.contains("file     \(path)"))
    let again = try sandbox.run("plugins", "new", kind, "mine")
    #expect(again.status == 3)
    #expect(again.errors.contains("it exists already"))
  }

  @Test func newPluginsAreCopiesOfShippedOnes() throws {
    #expect(
      try sandbox.run("plugins", "new", "learner", "zebra").errors.contains("/learners/prototypical.lua"))
    let shipped = try String(
      contentsOfFile: Fixtures.folder + "/../../plugins/learners/prototypical.lua", encoding: .utf8)
    let copy = sandbox.read("plugins/learners/zebra.lua")
    #expect(copy.contains("  name = \"zebra\",\n  summary = \"A copy of prototypical, to be changed\",\n"))
    // The rest is the same.
    func rest(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { !$0.contains("summary = ") }
    }
    #expect(rest(copy.replacing("\"zebra\"", with: "\"prototypical\"")) == rest(shipped))
    let lost = try sandbox.run(
      "plugins", "new", "metric", "mine", environment: ["NIGHTJAR_HOME": sandbox.folder + "/no"])
    #expect(lost.status == 3 && !sandbox.exists("plugins/metrics"))
    #expect(
      lost.errors.contains("the shipped plugins were not found")
        && lost.errors.contains("Hint: set NIGHTJAR_HOME"))
    let listed = try sandbox.run("plugins", "list", environment: ["NIGHTJAR_HOME": sandbox.folder + "/no"])
    #expect(listed.status == 0 && listed.errors.contains("Hint: set NIGHTJAR_HOME"), "\(listed.errors)")
    let bench = try sandbox.run("bench", environment: ["NIGHTJAR_HOME": sandbox.folder + "/no"])
    #expect(bench.status == 2 && bench.errors.contains("set NIGHTJAR_HOME"), "\(bench.errors)")
    try sandbox.write("", to: "half/plugins/learners/frozen.lua")
    let half = try sandbox.run(
      "plugins", "new", "metric", "mine", environment: ["NIGHTJAR_HOME": sandbox.path("half")])
    #expect(half.status == 3 && half.errors.contains("the shipped plugin metrics/forgetting.lua is missing"))
  }

  @Test func listsShippedOwnHiddenAndBroken() throws {
    let made = try sandbox.run("plugins", "new", "learner", "frozen")
    #expect(
      made.status == 0
        && made.errors.contains("/plugins/learners/frozen.lua: the name now refers to the new file"))
    try sandbox.write("return nil", to: "plugins/metrics/broken.lua")
    let end = try sandbox.run("plugins", "list")
    #expect(end.status == 0)
    #expect(end.output.contains("shipped"))
    #expect(end.output.contains("learner/frozen: plugins/learners/frozen.lua hides "))
    #expect(
      end.output.contains("metric/broken is broken: plugin metric/broken: plugins/metrics/broken.lua: "))
    let learners = try sandbox.run("plugins", "list", "learners")
    #expect(learners.output.contains("prototypical"))
    #expect(!learners.output.contains("metric/broken"))
    let data = Data(try sandbox.run("plugins", "list", "--json").output.utf8)
    let listed = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    let frozen = try #require(listed.first { $0["name"] as? String == "frozen" })
    #expect((frozen["shadows"] as? [String])?.count == 1)
  }

  @Test func typesAreWrittenForEditors() throws {
    let text = try sandbox.run("plugins", "types").output
    #expect(text.hasPrefix("---@meta nightjar\n"))
    #expect(
      text.contains("---@field repeats? integer # repeats, each with sessions of its own (default 1)\n"))
    #expect(text.contains("---@return nj.fscil_results\nfunction nj.fscil.run(options) end\n"))
    #expect(text.contains("---@operator add(number|nj.tensor): nj.tensor"))
    // What the functions of plugins and layers get, with shapes.
    for part in [
      "---@field learn? fun(self: table, support: nj.samples) # ",
      "(batch, embedding) → (batch, all classes)",
      "---@field step fun(self: nj.module, input: nj.tensor, state: table<string, nj.tensor>): nj.tensor # ",
      "---@field forward fun(self: nj.module, x: nj.tensor, ...): nj.tensor # ",
      "---@param manifest nj.learner.manifest",
      // What tests have beside it.
      "---@return nj.expectation\nfunction expect(value) end", "function describe(name, tests) end",
      "function expectation:to_be_close(",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    let written = try sandbox.run("plugins", "types", "--out", "types.lua")
    #expect(written.status == 0 && written.errors.hasPrefix("wrote .luarc.json"))
    #expect(sandbox.read(".luarc.json").contains("\"workspace.library\": [\"types.lua\"]"))
    #expect(try JSONSerialization.jsonObject(with: Data(sandbox.read(".luarc.json").utf8)) is [String: Any])
    try sandbox.write("{}", to: ".luarc.json")
    let kept = try sandbox.run("plugins", "types", "--out", "types.lua", "--overwrite")
    #expect(kept.status == 0 && kept.errors.contains(".luarc.json is yours and stays"))
    #expect(sandbox.read(".luarc.json") == "{}")
    #expect(sandbox.read("types.lua") == text)
    // It is Lua, which defines nothing that would hide the host's own.
    try sandbox.write(
      "local types = require 'types' print(types.fscil.run({}), types ~= require 'nightjar')", to: "s.lua")
    #expect(try sandbox.run("run", "s.lua").output == "nil\ttrue\n")
  }

  @Test func showsOptions() throws {
    let end = try sandbox.run("plugins", "show", "m5")
    #expect(end.output.contains("model.channels"))
    #expect(end.output.contains("integer of at least 1"))
    let json = try sandbox.run("plugins", "show", "model/m5", "--json").output
    #expect(json.contains("\"default\" : \"256\""))
  }

  @Test func needsAreShownAndRefusedUnlessAllowed() throws {
    let learner = """
      local nj = require "nightjar"
      return nj.learner {
        name = "needy", summary = "Reads noise", api = 1, permissions = { "fs.read=my noise", "env=HOME" },
        start = function() end, learn = function() end, scores = function() end,
      }
      """
    try sandbox.write(learner, to: "plugins/learners/needy.lua")
    let shown = try sandbox.run("plugins", "show", "needy").output
    #expect(shown.contains("needs    to read my noise: --allow 'fs.read=my noise'\n"))
    #expect(shown.contains("         to read the environment variable HOME: --allow env=HOME\n"))
    // Refused before any speech is made for it.
    let bench = try sandbox.run("bench", "--learner", "frozen,needy", "--allow", "env=HOME")
    #expect(bench.status == 1)
    #expect(
      bench.errors.contains(
        "needs fs.read=my noise, which is not granted. Hint: add --allow 'fs.read=my noise'"))
    #expect(!sandbox.exists("data"))
    try sandbox.write("print(require('nightjar').plugin('learner', 'needy').new({}, 1) ~= nil)", to: "a.lua")
    #expect(try sandbox.run("a.lua", "--allow", "fs.read=my noise", "--allow", "env=HOME").output == "true\n")
  }

  @Test func aPluginOutsideOfTheFoldersOfTheKindsIsNamed() throws {
    try sandbox.write(
      "return require('nightjar').learner { name = 'other', summary = 's', api = 1 }",
      to: "plugins/learners/other.lua")
    try sandbox.write("-- nj.learner { }\nreturn {}", to: "plugins/helper.lua")
    try sandbox.write(
      "local nj = require 'nightjar'\nreturn nj.learner { name = 'lost', summary = 's', api = 1 }",
      to: "plugins/lost.lua")
    let says = "plugins/lost.lua is not found there. Hint: move it to plugins/learners/lost.lua"
    for command in ["list", "check"] {
      let end = try sandbox.run("plugins", command)
      #expect(end.errors.contains(says) && !end.errors.contains("helper.lua"), "\(command): \(end.errors)")
    }
    let bench = try sandbox.run("bench", "--learner", "lost")
    #expect(bench.status == 2)
    #expect(bench.errors.contains("move it to plugins/learners/lost.lua"), "\(bench.errors)")
  }

  @Test func checksReportFileAndLine() throws {
    try sandbox.write(
      "local nj = require 'nightjar'\nreturn nj.learner { name = 'bad', summary = 's', api = 1 }",
      to: "bad.lua")
    let end = try sandbox.run("plugins", "check", "bad.lua")
    #expect(end.status == 1)
    #expect(end.output.contains("bad.lua:2: "))
    #expect(end.output.contains("'start' is missing"))
    #expect(end.output.contains("2 │ return nj.learner {"))
    #expect(end.errors == "")
  }
}
