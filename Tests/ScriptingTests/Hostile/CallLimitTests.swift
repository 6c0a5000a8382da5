import Foundation
import LuaHost
import Scripting
import Tensors
import TestSupport
import Testing

/// The limit on one call of a plugin ends the call, whatever it does, and nothing around it.
@Suite(.serialized) struct CallLimitTests {
  private static let plugins = [
    "models/slow.lua": """
    local nj = require "nightjar"
    return nj.model { name = "slow", summary = "s", api = 1,
      options = { where = { default = "build", choices = { "build", "forward", "features", "readout", "operation" } } },
      build = function(o, task)
        if o.where == "build" then while true do end end
        local function maybe(where, x)
          if o.where == where then while true do end end
          if o.where == "operation" then nj.conv1d(nj.randn { 1, 100000, 64 }, nj.randn { 64, 1, 50001 }, { groups = 64 }) end
          return x
        end
        return nj.nn.module {
          forward = function(_, x) return maybe("forward", x) end,
          features = function(_, x) return maybe("features", x) end,
          readout = function(_, x) return maybe("readout", x) end,
        }()
      end }
    """,
    "metrics/slow.lua": """
    local nj = require "nightjar"
    return nj.metric { name = "slow", summary = "s", api = 1, start = print, update = print,
      value = function() nj.conv1d(nj.randn { 1, 100000, 64 }, nj.randn { 64, 1, 50001 }, { groups = 64 }) end }
    """,
    "recipes/patient.lua": """
    local nj = require "nightjar"
    return nj.recipe { name = "patient", summary = "s", api = 1, options = { steps = { default = 0, min = 0 } },
      train = function(self)
        local optimizer = nj.optim.SGD({ nj.zeros { 1 }:requires_grad_() }, { lr = 1 })
        local start = nj.time()
        for i = 1, self.options.steps do
          while nj.time() - start < i * 0.1 do end
          optimizer:step()
        end
        if self.options.steps == 0 then while true do end end
        return self.options.steps
      end }
    """,
  ]

  /// A host with the plugins above and a limit of 200 ms.
  private static func host() throws -> (BindingsState, PluginLibrary, TemporaryFolder) {
    let folder = try TemporaryFolder(files: plugins)
    let host = try BindingsState()
    let library = PluginLibrary(folders: [folder.path], shipped: nil, standard: false)
    host.state.attach(library)
    host.state.limits = Limits()
    try host.state.limits.set("call=200ms")
    return (host, library, folder)
  }

  private static func limit(of body: () throws -> Void) -> Limit? {
    let start = ContinuousClock.now
    let failure = #expect(throws: ScriptError.self) { try body() }
    #expect(ContinuousClock.now - start < .seconds(4))
    #expect((failure?.cause as? LimitError)?.isRecoverable == true, "\(failure?.line ?? "")")
    return (failure?.cause as? LimitError)?.limit
  }

  @Test(arguments: ["build", "forward", "features", "readout", "operation"])
  func aModelIsLimited(_ place: String) throws {
    let (host, library, folder) = try Self.host()
    defer { withExtendedLifetime(folder) {} }
    let model = PluginChoice(
      try library.plugin(.model, "slow", in: host.state),
      options: LuaTable(fields: [("where", .string(place))]))
    let limit = Self.limit {
      let module = try model.build(time: 2, channels: 1, classes: 2, in: host.state)
      let x = try Tensor.zeros([1, 2, 1], on: host.context.device)
      _ =
        place == "features"
        ? try module.features(x) : place == "readout" ? try module.readout(x) : try module(x)
    }
    #expect(limit == .call)
  }

  @Test func oneLongOperationIsLimited() throws {
    let (host, library, folder) = try Self.host()
    defer { withExtendedLifetime(folder) {} }
    let metric = try library.plugin(.metric, "slow", in: host.state)
      .makeInstance(options: LuaTable(), seed: 0, in: host.state)
    for _ in 0..<2 { #expect(Self.limit { try metric.call("value") } == .call) }
    #expect(try host.run("return nj.ones(2):sum():item()") == [2])
  }

  /// A recipe may train for hours: its limit starts again with each step.
  @Test func aRecipeIsLimitedBetweenSteps() throws {
    let (host, library, folder) = try Self.host()
    defer { withExtendedLifetime(folder) {} }
    let plugin = try library.plugin(.recipe, "patient", in: host.state)
    func train(steps: Int) throws -> [LuaValue] {
      try plugin.makeInstance(
        options: LuaTable(fields: [("steps", .integer(steps))]), seed: 0, in: host.state
      )
      .call("train")
    }
    #expect(try train(steps: 5) == [5])
    #expect(Self.limit { _ = try train(steps: 0) } == .call)
  }
}
