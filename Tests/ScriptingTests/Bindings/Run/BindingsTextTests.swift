import Foundation
import LuaHost
import Testing

/// Strings that are not UTF-8: kept where bytes are kept, refused by name and place where text is wanted.
@Suite struct BindingsTextTests {
  static let refused = [
    BadScript(
      "nj.run.log('a\\255', 1, 1)", "log: argument 1 (name): expected a string in UTF-8: byte 2 is 0xff"),
    BadScript("nj.run.histogram('\\192\\128', nj.zeros{2}, 1)", "expected a string in UTF-8: byte 1 is 0xc0"),
    BadScript("nj.run.save('\\255', 1)", "save: argument 1 (name): expected a string in UTF-8"),
    BadScript("nj.run.save('a', { x = '\\255' })", "value.x is not UTF-8, as JSON is: byte 1 is 0xff"),
    BadScript("nj.run.table('\\255', {{ a = 1 }})", "table: argument 1 (name): expected a string in UTF-8"),
    BadScript(
      "nj.run.table('t', {{ a = 'é\\255' }})",
      "row 1, 'a': expected number, string or boolean, got string that is not UTF-8"),
    BadScript(
      "nj.run.table('t', {{ ['\\255'] = 1 }})",
      "a table has the key '\\xff', which is not a name in UTF-8: byte 1 is 0xff"),
    BadScript("nj.json.encode('\\237\\160\\128')", "value is not UTF-8, as JSON is: byte 1 is 0xed"),
    BadScript(
      "nj.json.encode({ a = { 1, 'x\\255' } })", "value.a[2] is not UTF-8, as JSON is: byte 2 is 0xff"),
    BadScript("nj.json.encode({ ['a\\255'] = 1 })", "the key 'a\\xff'"),
    BadScript("nj.save(FILES .. '/a', { ['\\255'] = nj.zeros{1} })", "the key '\\xff'"),
    BadScript("nj.fs.read(FILES .. '/a\\255')", "read: argument 1 (path): expected a string in UTF-8"),
    BadScript("nj.fs.write(FILES .. '/a\\255', 'x')", "write: argument 1 (path): expected a string in UTF-8"),
    BadScript(
      "nj.plot.lines { y = { 1, 2 }, title = '\\255' }", "field 'title': expected a string in UTF-8"),
    BadScript(
      "nj.plot.lines { y = { 1, 2 }, caption = '\\255' }", "field 'caption': expected a string in UTF-8"),
    BadScript(
      "nj.plot.bars { x = { '\\255' }, y = { 1 } }",
      "x[1]: expected string or number, got string that is not UTF-8"),
    BadScript(
      "nj.plot.panels { nj.plot.lines { y = { 1 } }, title = '\\255' }",
      "field 'title': expected string, got string that is not UTF-8"),
    BadScript("nj.nn.Sequential { { '\\255', nj.nn.ReLU() } }", "string that is not UTF-8"),
    BadScript(
      "local m = nj.nn.module { forward = function() end }() m['\\255'] = 1", "UTF-8: byte 1 is 0xff"),
    BadScript("nj.nn.module { name = '\\255', forward = print }", "field 'name': expected a string in UTF-8"),
    BadScript("nj.progress(3, '\\255')", "argument 2 (label): expected a string in UTF-8"),
    BadScript("nj.plugin('model', '\\255')", "expected a string in UTF-8"),
    BadScript(
      "nj.model { name = 'm', summary = '\\255', api = 1, build = print }",
      "'summary': expected string, got string that is not UTF-8"),
  ]

  @Test(arguments: refused) func whatIsNoTextIsRefused(_ c: BadScript) throws {
    c.check(in: try BindingsState())
  }

  @Test func bytesAreKept() throws {
    let state = try BindingsState()
    let path = try #require(try state.run("return nj.run.save('b.bin', 'x\\0\\255')").first?.string)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data([0x78, 0, 0xFF]))
    #expect(
      try state.run("return nj.json.encode { 'é', '😀' }, '\\255'") == ["[\"é\",\"😀\"]", .bytes([0xFF])])
  }

  @Test func namesOfFilesAreListedByTheirBytes() throws {
    let state = try BindingsState()
    try state.put("x", at: "files/b")
    let name = Array(state.files.utf8) + Array("/a".utf8) + [0xFF, 0]
    let file = name.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { fopen($0.baseAddress, "w") }
    }
    fclose(file)
    #expect(try state.run("return nj.fs.list(FILES)") == [[.bytes([0x61, 0xFF]), "b"]])
  }

  /// Two names of which only the bytes that are no text differ stay two.
  @Test func partsKeepTheirNames() throws {
    let given = try BindingsState().run(
      """
      local Pair = nj.nn.module {
        init = function(self) self.parts = { ["\\255"] = nj.nn.Linear(1, 1), ["\\254"] = nj.nn.Linear(1, 1) } end,
        forward = function(self, x) return x end,
      }
      local names = {}
      for name in pairs(Pair():state()) do names[#names + 1] = name end
      return names
      """)
    #expect(given[0].strings?.sorted().first == "parts.\\xfe.bias", "\(given)")
    #expect(given[0].list?.count == 4)
  }
}
