import Foundation
import LuaHost
import Scripting
import Tensors
import TestSupport
import Testing

/// The tables that plugins get have exactly the fields that the reference and editors show.
@Suite struct PluginTableTests {
  /// A table of the reference, the kind of plugin that gets it, and a plugin of it that fails with the table's keys.
  struct Case: Sendable, CustomTestStringConvertible {
    let table: String
    let kind: PluginKind
    let functions: String
    var testDescription: String { table }
  }

  static let cases = [
    Case(table: "model_task", kind: .model, functions: "build = function(options, task) keys(task) end"),
    Case(
      table: "recipe_context", kind: .recipe,
      functions: "train = function(self, model, data, context) keys(context) end"),
    metric("metric_context", start: "keys(context)"), metric("metric_batch", update: "keys(batch)"),
    metric("layer", extra: "on_layer = function(self, layer) keys(layer) end"),
    Case(
      table: "test_context", kind: .test,
      functions: "score = function(self, model, batch, context) keys(context) end"),
    Case(
      table: "test_batch", kind: .test,
      functions: "run = function(self, model, batches) keys(batches()) end"),
  ]

  private static func metric(
    _ table: String, start: String = "", update: String = "", extra: String = "on_layer = nil"
  ) -> Case {
    Case(
      table: table, kind: .metric,
      functions: """
        start = function(self, context) \(start) end, update = function(self, batch) \(update) end,
        value = function() return 1 end, \(extra)
        """)
  }

  @Test(arguments: cases) func hasTheFieldsOfTheReference(_ c: Case) throws {
    let constructor = try #require(NightjarModule.module.functions.first { $0.name == c.kind.rawValue })
    let declared = try #require(constructor.records.first { $0.name == c.table })
    let found = try findings(c)
    let keys = "keys: " + declared.fields.map(\.name).sorted().joined(separator: " ") + "."
    #expect(found.contains { $0.contains(keys) }, "expected \(keys), got \(found)")
  }

  @Test func everyTableIsTested() {
    let declared = NightjarModule.module.functions.flatMap(\.records).map(\.name)
    #expect(Set(declared) == Set(Self.cases.map(\.table)))
  }

  /// What the check of a plugin finds.
  private func findings(_ c: Case) throws -> [String] {
    let folder = try TemporaryFolder(files: [
      "\(c.kind.folder)/probe.lua": """
      local nj = require "nightjar"
      local function keys(t)
        local names = {}
        for name in pairs(t) do names[#names + 1] = name end
        table.sort(names)
        error("keys: " .. table.concat(names, " ") .. ".")
      end
      return nj.\(c.kind.rawValue) { name = "probe", summary = "Shows a table's keys", api = 1,
        \(c.functions) }
      """
    ])
    let settings = TrialSettings(
      device: Device(memory: 1 << 30, threads: 1), shipped: Fixtures.folder + "/../../plugins")
    let path = "\(folder.path)/\(c.kind.folder)/probe.lua"
    return try PluginChecker.with(settings) { try $0.check(file: path).findings.map(\.what) }
  }
}
