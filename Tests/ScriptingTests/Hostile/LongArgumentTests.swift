import LuaHost
import Testing

/// Arguments that would take long to look at are refused before anything is done with them.
@Suite struct LongArgumentTests {
  static let scripts = [
    BadScript("nj.einsum(('a'):rep(140000), nj.ones(2))", "at most 131072 bytes, got 140000"),
    BadScript("nj.run.log(('a'):rep(140000), 1, 1)", "at most 131072 bytes, got 140000"),
    BadScript("nj.run.histogram(('a'):rep(1001), nj.ones(2), 1)", "histogram: a name has at most 1000 bytes"),
    BadScript(
      "nj.plot.lines { y = nj.zeros(200001) }", "200001 values of 'y', a figure holds at most 200000"),
    BadScript("nj.plot.scatter { y = { 1 }, x = nj.zeros(200001) }", "200001 values of 'x'"),
    BadScript("nj.plot.bars { y = nj.zeros(200001) }", "200001 values of 'y'"),
    BadScript("nj.plot.bands { runs = nj.zeros(20, 2), low = nj.zeros(200001) }", "200001 values of 'low'"),
    BadScript("nj.tensor({ 1 }, { dtype = ('a'):rep(140000) })", "at most 131072 bytes, got 140000"),
    BadScript(
      "local t = {} for i = 1, 1001 do t['k' .. i] = i end nj.tensor({ 1 }, t)", "more than 1000 keys"),
    BadScript("nj.json.decode(('1'):rep(20000))", "a number of more than 10000 characters"),
    BadScript("nj.audio.shift(nj.zeros(2, 8), nj.zeros(9))", "samples has 9 numbers for 2 clips"),
  ]

  @Test(arguments: scripts) func longArgumentsAreRefused(_ script: BadScript) throws {
    script.check(in: try BindingsState())
  }

  /// Where many values are summarised, there may be more than are drawn.
  @Test func whatIsSummarisedMayBeLong() throws {
    let script = """
      nj.plot.histogram { x = nj.randn(300000) }
      nj.plot.bands { runs = nj.randn(3000, 100) }
      nj.run.histogram(("a"):rep(1000), nj.randn(300000), 1)
      return true
      """
    #expect(try BindingsState().run(script) == [true])
  }

  @Test func longTextsAreTexts() throws {
    let script = """
      local text = ("\\195\\169\\1\\"\\\\"):rep(50000)
      nj.fs.write(FILES .. "/t.txt", text)
      return nj.fs.read(FILES .. "/t.txt") == text, nj.json.decode(nj.json.encode { text })[1] == text,
        #nj.json.encode(("x"):rep(100000))
      """
    #expect(try BindingsState().run(script) == [true, true, 100_002])
  }
}
