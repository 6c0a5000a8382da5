import Foundation
import LuaHost
import TestSupport
import Testing

@Suite struct BindingsRunTests {
  @Test func optionsAreCheckedAndFilled() throws {
    let state = try BindingsState()
    state.run.settings = [("epochs", "3"), ("kernels", "4, 8"), ("epochs", "5")]
    let given = try state.run(
      """
      local o = nj.run.options {
        epochs = { default = 11, min = 1 }, kernels = { default = { 4, 8, 12 } }, lr = { default = 0.1 },
      }
      return o.epochs, o.kernels, o.lr, nj.run.options.epochs, nj.run.options.none, tostring(nj.run.options)
      """)
    #expect(given == [5, [4, 8], 0.1, 5, nil, "--set epochs=5 --set kernels=4, 8"])
  }

  @Test(arguments: [
    BadScript(
      "nj.run.options { epoch = { default = 11 } }", "'epochs'; did you mean 'epoch'?", .usage),
    BadScript(
      "nj.run.options { epochs = { default = 'x', choices = { 'x' } } }", "expected one of 'x', got 'many'",
      .usage),
    BadScript("nj.run.options { epochs = { default = 11 } }", "expected integer, got 'many'", .usage),
    BadScript("nj.run.options { epochs = 11 }", "expected a table like", .usage),
    BadScript("nj.run.options(7)", "expected table, got number"),
  ])
  func badOptionsAreExplained(_ c: BadScript) throws {
    let state = try BindingsState()
    state.run.settings = [("epochs", "many")]
    c.check(in: state)
  }

  @Test func numbersAreLogged() throws {
    let state = try BindingsState()
    try state.run("nj.run.log('loss', 0.5, 1) nj.run.log('loss', nj.tensor{0.25}, 2)")
    #expect(state.run.logged.map(\.value) == [0.5, 0.25])
    #expect(state.run.logged.map(\.step) == [1, 2])
  }

  @Test func valuesAreKeptByTheirKind() throws {
    let state = try BindingsState()
    let given = try state.run(
      """
      local paths = {
        nj.run.save("a b/c", { x = 1, y = { 2, 3 } }), nj.run.save("notes.md", "text"),
        nj.run.save("n", "text"),
        nj.run.save("w", nj.ones { 2 }), nj.run.save("state", { a = nj.ones { 2 } }), nj.run.save("n", 3),
      }
      return paths, nj.load(paths[4]).tensor:totable(), nj.load(paths[5]).a:totable()
      """)
    let out = state.root + "/out/"
    let names = ["a-b-c.json", "notes.md", "n.txt", "w.safetensors", "state.safetensors", "n.json"]
    #expect(given[0].strings == names.map { out + $0 })
    #expect(given[1...] == [[1, 1], [1, 1]])
    #expect(try state.text("out/a-b-c.json") == "{\n  \"x\": 1,\n  \"y\": [2, 3]\n}\n")
    #expect(try state.text("out/notes.md") == "text")
  }

  @Test func tablesAreShownAndKept() throws {
    let state = try BindingsState()
    try state.run(
      """
      local rows = {
        { ["epoch 11"] = 0.5, ["epoch 6"] = 0.25, kernel = 4 },
        { ["epoch 11"] = nj.tensor { 0.75 }, kernel = 12 },
      }
      nj.run.table("all", rows)
      nj.run.table("some", rows, { "kernel", "epoch 11" })
      """)
    #expect(try state.text("out/all.csv") == "epoch 6,epoch 11,kernel\n0.25,0.5,4\n,0.75,12\n")
    #expect(try state.text("out/some.csv") == "kernel,epoch 11\n4,0.5\n12,0.75\n")
    #expect(state.printed.contains("epoch 6  epoch 11  kernel\n"))
    #expect(state.printed.contains(state.root + "/out/some.csv\n"))
  }

  @Test func figuresAreShownAndKept() throws {
    let state = try BindingsState()
    let given = try state.run("return nj.run.figure('f', nj.plot.lines { y = { 1, 2, 3 }, title = 'Up' })")
    #expect(state.printed.hasPrefix("Up\n"))
    #expect(try state.text("out/f.txt").hasPrefix("Up\n"))
    if let path = given[0].string {  // gnuplot is installed here
      #expect(path == state.root + "/out/f.png")
      #expect(FileManager.default.fileExists(atPath: path))
    } else {
      #expect(state.printed.contains("apt install gnuplot"))
    }
  }

  static let bad = [
    BadScript("nj.run.save('results', { a = 1 })", "the run writes results.json itself"),
    BadScript("nj.run.save('..', 'x')", "is not a valid name for a file"),
    BadScript("nj.run.save('', 'x')", "is not a valid name for a file"),
    BadScript("nj.run.save('x', { a = nj.ones{1}, b = 1 })", "value.a is a tensor"),
    BadScript("nj.run.save('x', { nj.ones{1} })", "Hint: name each tensor"),
    BadScript("nj.run.save('x.safetensors', {})", "save: the table has no tensors"),
    BadScript("nj.run.save('x.npz', { a = 1 })", "save: 'a': expected tensor, got number"),
    BadScript(
      "nj.run.save('x.safetensors', 1)", "numbers and booleans are saved as .json, not as .safetensors"),
    BadScript("nj.run.save('x.csv', { 1 })", "not as .csv. Hint: nj.run.table(name, rows)"),
    BadScript("nj.run.save('x.json', nj.ones{1})", "saved as .safetensors or .npz, not as .json"),
    BadScript("nj.run.save('x.pt', { a = nj.ones{1} })", "saved as .safetensors or .npz, not as .pt"),
    BadScript("nj.run.save('x', { a = 0/0 })", "value.a is NaN"),
    BadScript("nj.run.save('x', print)", "value is a function"),
    BadScript("nj.run.log('loss', 'x', 1)", "expected number or tensor"),
    BadScript("nj.run.log('loss', nj.ones{2}, 1)", "expected one element"),
    BadScript("nj.run.log('loss', 1, 1.5)", "expected integer, got 1.5"),
    BadScript("nj.run.table('t', {})", "'t' has no rows"),
    BadScript("nj.run.table('t', { {} })", "the rows of 't' are empty"),
    BadScript("nj.run.table('t', { { 1, 2 } })", "row 1: expected a table of named values, got a list"),
    BadScript(
      "nj.run.table('t', { { a = print } })", "row 1, 'a': expected number, string or boolean, got function"),
    BadScript("nj.run.table('t', { { kernel = 1 } }, { 'kernle' })", "did you mean 'kernel'?"),
    BadScript("nj.run.figure('f', 3)", "expected figure, got number"),
    BadScript("nj.run.optoins()", "did you mean 'options'?"),
    BadScript("nj.progress(-1)", "expected integer from 0 to"),
    BadScript("nj.seed(-1)", "of at least 0"),
    BadScript("nj.random()", "seed"),
  ]

  @Test(arguments: bad) func badInputIsExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }

  @Test func smallThings() throws {
    let given = try BindingsState().run(
      """
      local t = nj.time()
      local m = nj.memory()
      local x = nj.zeros { 1000 }
      nj.seed(7) local a = nj.randn(3)
      nj.seed(7) local b = nj.randn(3)
      local c, d = nj.random(7):randn(3), nj.random(7):randn(3)
      local sum = 0
      for i in nj.progress(4, "adding") do sum = sum + i end
      do local p <close> = nj.progress(2) p:advance(2) p:advance(1, "over") p:finish() end
      return nj.time() >= t, nj.memory().live > m.live, m.lua > 0, m.budget, a:allclose(b), c:allclose(d),
        a:allclose(c), sum, nj.run.seed, type(nj.version)
      """)
    #expect(given == [true, true, true, .integer(1 << 30), true, true, false, 10, 7, "string"])
  }

  /// The scripts of `Tests/Lua`, which show the API as one writes it.
  @Test(arguments: ["api_plot", "api_audio"]) func scriptsRun(_ name: String) throws {
    let state = try BindingsState(granted: false)
    let path = Fixtures.folder + "/../Lua/\(name).lua"
    let space = try ScriptSpace(in: state.state, roots: [])
    try withExtendedLifetime(space) { _ = try space.run(path, in: state.state) }
    let files = try FileManager.default.contentsOfDirectory(atPath: state.root + "/out").sorted()
    if name == "api_plot" {
      #expect(
        files.filter { !$0.hasSuffix(".png") } == [
          "all.txt", "chosen.csv", "hyperparameters.csv", "hyperparameters.txt",
        ])
      #expect(state.printed.contains(" epoch 1   epoch 6  epoch 11  kernel  layers\n"))
    }
  }

  @Test func refusedNativeMemoryEndsAtLast() throws {
    let bindings = try BindingsState(memory: 64 << 20)
    bindings.state.limits[.time] = 5
    #expect(try bindings.run("return (pcall(nj.zeros, {1e8}))") == [false])
    let failure = bindings.failure("while true do pcall(nj.zeros, {1e8}) end")
    #expect((failure?.cause as? LimitError)?.limit == .memory)
    #expect(try bindings.run("return nj.zeros{3}:sum():item()") == [0])
  }
}
