import LuaHost
import Scripting
import Testing

/// Names that differ only in how their characters are composed stay two, wherever scripts choose names.
@Suite struct NameBytesTests {
  private let state: BindingsState

  init() throws { state = try BindingsState() }

  private static let names = #"local a, b = "caf\u{E9}", "cafe\u{301}" "#

  @Test func fieldsOfModules() throws {
    let script = #"""
      local make = nj.nn.module {
        init = function(self) self[a] = nj.nn.Linear(1, 1) self[b] = nj.nn.Linear(2, 1) end,
        forward = function(self, x) return self[b](x) end,
      }
      local m = make()
      local path = FILES .. "/m.safetensors"
      nj.save(path, m:state())
      local read = nj.load(path)
      m:load_state(read)
      return read[a .. ".weight"].shape[2], read[b .. ".weight"].shape[2], #m:parameters(), #m(nj.ones(3, 2))
      """#
    #expect(try state.run(Self.names + script) == [1, 2, 4, 3])
  }

  @Test func partsOfSequential() throws {
    let script =
      "return #nj.nn.Sequential { { a, nj.nn.Linear(1, 2) }, { b, nj.nn.Linear(2, 3) } }:parameters()"
    #expect(try state.run(Self.names + script) == [4])
  }

  @Test func columnsOfTables() throws {
    try state.run(Self.names + "nj.run.table('t', { { [a] = 1, [b] = 2 } })")
    #expect(try state.text("out/t.csv").utf8.elementsEqual("cafe\u{301},caf\u{E9}\n2,1\n".utf8))
  }

  @Test func namesInJSON() throws {
    let script = "local t = nj.json.decode(nj.json.encode { [a] = 1, [b] = 2 }) return t[a], t[b]"
    #expect(try state.run(Self.names + script) == [1, 2])
  }

  @Test func seriesOfFigures() throws {
    let script = "return nj.plot.lines { series = { [a] = { 1, 2 }, [b] = { 3, 4 } } }:text()"
    let text = try #require(try state.run(Self.names + script)[0].string)
    #expect(text.contains("● cafe\u{301}") && text.contains("■ caf\u{E9}"), "\(text)")
  }

  /// Their files are read by programs that would merge the names.
  @Test func measuresAreRefused() throws {
    let state = try ContractTests().state
    let plugin = """
      local nj = require "nightjar"
      \(Self.names)
      return nj.metric { name = "twice", summary = "Two spellings", api = 1,
        start = function() end, update = function() end, value = function() return { [a] = 1, [b] = 2 } end }
      """
    try state.put(plugin, at: "plugins/metrics/twice.lua")
    let failures = try state.run(
      BindingsState.tones
        + "return nj.fscil.run { model = model, data = data, learners = 'frozen', metrics = 'twice' }:failures()"
    )
    let text = "\(failures[0])"
    #expect(text.contains("value returned two names that differ only in how"), "\(text)")
  }
}
