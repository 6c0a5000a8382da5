import Foundation
import LuaHost
import Scripting
import Support
import Testing

/// A stage is made again when anything that it read has changed.
@Suite struct KeyTests {
  private let state: BindingsState

  init() throws {
    state = try ContractTests().state
    try state.put(
      """
      local nj = require "nightjar"
      return nj.model { name = "inner", summary = "Inner", api = 1, build = function(options, task)
        return nj.nn.Sequential { nj.nn.GlobalAvgPool1d(), nj.nn.Linear(task.input.channels, task.classes) } end }
      """, at: "plugins/models/inner.lua")
    try state.put("return { scale = 1 }", at: "plugins/scale.lua")
    try state.put("1", at: "files/scale.txt")
  }

  struct Read: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// In the model's `build`, before it builds.
    var build = ""
    /// In the recipe's `train`.
    var train = ""
    /// The file that is changed, and how.
    let file: String
    var from = ""
    var to = ""
    var isNew = false
  }

  static let reads = [
    Read(
      testDescription: "a plugin that build loads", build: "nj.plugin('model', 'inner')",
      file: "plugins/models/inner.lua", from: "Inner", to: "Another"),
    Read(
      testDescription: "a module that build requires", build: "require 'scale'", file: "plugins/scale.lua",
      from: "1", to: "2"),
    Read(
      testDescription: "a module that train requires", train: "require 'scale'", file: "plugins/scale.lua",
      from: "1", to: "2"),
    Read(
      testDescription: "a file that train reads", train: "nj.fs.read('FILES/scale.txt')",
      file: "files/scale.txt",
      from: "1", to: "2"),
    Read(
      testDescription: "a file that is not there yet", train: "nj.fs.exists('FILES/more.txt')",
      file: "files/more.txt", isNew: true),
    Read(
      testDescription: "the names in a folder", train: "nj.fs.list('FILES')", file: "files/more.txt",
      isNew: true),
  ]

  @Test(arguments: reads) func whatAStageReadIsPartOfItsKey(_ c: Read) throws {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.model { name = "outer", summary = "Outer", api = 1, build = function(options, task)
        \(c.build.replacing("FILES", with: state.files))
        return nj.nn.Sequential { nj.nn.GlobalAvgPool1d(), nj.nn.Linear(task.input.channels, task.classes) } end }
      """, at: "plugins/models/outer.lua")
    try state.put(
      """
      local nj = require "nightjar"
      return nj.recipe { name = "reading", summary = "Reads", api = 1, train = function(self, model)
        nj.run.log("trained", 1, 1)
        \(c.train.replacing("FILES", with: state.files))
        return model end }
      """, at: "plugins/recipes/reading.lua")
    func stages() throws -> [String] {
      try state.state.attached(PluginLibrary.self).forget()
      state.run.logged = []
      let before = state.context.cache.reports.count
      try state.run(
        BindingsState.tones
          + "nj.fscil.embed(nj.fscil.pretrain { data = data, model = 'outer', recipe = 'reading' }, "
          + "{ data = data })")
      return state.context.cache.reports[before...].filter { $0.outcome != .reused }.map(\.stage)
    }
    let first = try stages()
    #expect(first.contains("training") && first.contains("embedding"))
    #expect(try stages().isEmpty)
    if c.isNew {
      try state.put("new", at: c.file)
    } else {
      try state.put(state.text(c.file).replacing(c.from, with: c.to), at: c.file)
    }
    let changed = try stages()
    #expect(changed.contains("training") && changed.contains("embedding"), "\(changed)")
    #expect(try stages().isEmpty)
  }

  /// What is read besides files: the change, from one value to another.
  static let variables: [(name: String, read: String, change: @Sendable (BindingsState, String) -> Void)] = [
    (
      "a value of --set", "nj.run.options.scale",
      { state, value in
        state.run.settings = [("scale", value)]
        state.context.run = state.run
      }
    ),
    (
      "declared options", "nj.run.options { scale = { default = 1 } }",
      { state, value in
        state.run.settings = value == "1" ? [] : [("scale", value)]
        state.context.run = state.run
      }
    ),
    (
      "an environment variable", "nj.env('NIGHTJAR_KEY_TEST')",
      { state, value in
        state.context.capabilities.variables.insert("NIGHTJAR_KEY_TEST")
        setenv("NIGHTJAR_KEY_TEST", value, 1)
      }
    ),
  ]

  @Test(arguments: variables.map(\.name)) func variablesThatAreReadAreAPartOfTheKey(_ name: String) throws {
    let variable = try #require(Self.variables.first { $0.name == name })
    try state.put(
      """
      local nj = require "nightjar"
      return nj.recipe { name = "reading", summary = "Reads", api = 1, train = function(self, model)
        local _ = \(variable.read)
        return model end }
      """, at: "plugins/recipes/reading.lua")
    func made() throws -> [String] {
      let before = state.context.cache.reports.count
      try state.run(
        BindingsState.tones + "nj.fscil.pretrain { data = data, model = 'inner', recipe = 'reading' }")
      return state.context.cache.reports[before...].filter { $0.outcome != .reused }.map(\.stage)
    }
    variable.change(state, "1")
    #expect(try made().contains("training"))
    #expect(try made().isEmpty)
    variable.change(state, "2")
    #expect(try made() == ["training"])
    #expect(try made().isEmpty)
    variable.change(state, "1")
    #expect(try made() == ["training"])
  }

  @Test func whatAnEncoderReadsIsPartOfTheKeysAfterIt() throws {
    try state.put(
      """
      local nj = require "nightjar"
      return nj.encoder { name = "scaled", summary = "Scaled", api = 1, encode = function(self, w)
        return w:slice(2, 1, 40):reshape(-1, 2, 20) * require("scale").scale end }
      """, at: "plugins/encoders/scaled.lua")
    func stages() throws -> [String] {
      try state.state.attached(PluginLibrary.self).forget()
      let before = state.context.cache.reports.count
      try state.run(
        "local data = nj.data.words { path = FILES .. '/data' } "
          + "nj.fscil.embed(nj.fscil.pretrain { data = data, model = 'small', recipe = 'quick', encoder = 'scaled' }, "
          + "{ data = data, encoder = 'scaled' })")
      return state.context.cache.reports[before...].filter { $0.outcome != .reused }.map(\.stage)
    }
    #expect(try stages().suffix(3) == ["features", "training", "embedding"])
    #expect(try stages().isEmpty)
    try state.put("return { scale = 2 }", at: "plugins/scale.lua")
    #expect(try stages() == ["features", "training", "embedding"])
  }
}
