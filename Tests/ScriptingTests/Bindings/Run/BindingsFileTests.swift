import Foundation
import LuaHost
import Testing

@Suite struct BindingsFileTests {
  @Test func filesComeBackByteForByte() throws {
    let state = try BindingsState()
    let given = try state.run(
      """
      local path = nj.fs.join(FILES, "a", "b.bin")
      nj.fs.write(path, "x\\0y\\255\\n")
      nj.fs.write(nj.fs.join(FILES, "a", "c.txt"), "")
      return nj.fs.read(path) == "x\\0y\\255\\n", nj.fs.list(FILES .. "/a"), (nj.fs.exists(path)),
        (nj.fs.exists(FILES .. "/none")), select(2, nj.fs.exists(FILES .. "/a")),
        nj.fs.join("/a/", "b", "/c", "")
      """)
    #expect(given == [true, ["b.bin", "c.txt"], true, false, "folder", "/c"])
  }

  @Test func theRunsFolderIsOpenOnceAsked() throws {
    let state = try BindingsState(granted: false)
    #expect(state.failure("nj.fs.read('\(state.root)/out/a')") != nil)
    #expect(
      try state.run("nj.fs.write(nj.run.out .. '/a', 'x') return nj.fs.read(nj.run.out .. '/a')") == ["x"])
  }

  @Test func tensorsComeBack() throws {
    let given = try BindingsState().run(
      """
      local path = FILES .. "/t.safetensors"
      local count = nj.tensor({ 7 }, { dtype = "int32" })
      nj.save(path, { ["conv1.weight"] = nj.tensor { { 1, 2 }, { 3, 4 } }, count = count })
      local t = nj.load(path)
      return t["conv1.weight"]:totable(), t.count:totable(), t.count.dtype
      """)
    #expect(given == [[[1, 2], [3, 4]], [7], "int32"])
  }

  static let bad = [
    BadScript("nj.fs.read(FILES .. '/none')", "there is no such file", .data),
    BadScript("nj.fs.read(FILES)", "it is a folder", .data),
    BadScript("nj.fs.read('')", "the path is empty"),
    BadScript("nj.fs.read(7)", "argument 1 (path): expected string, got number"),
    BadScript("nj.fs.read(FILES .. '/a\\0b')", "NUL"),
    BadScript("nj.fs.read(SECRET .. '/a')", "fs.read="),
    BadScript("nj.fs.read(FILES .. '/../secret/a')", "/secret"),
    BadScript("nj.fs.read(FILES .. '/link/a')", "/secret"),
    BadScript("nj.fs.read(FILES .. '/circle')", "its symbolic links form a cycle", .data),
    BadScript("nj.fs.read('/etc/passwd')", "--allow fs.read=/etc"),
    BadScript("nj.fs.read('/proc/self/environ')", "fs.read="),
    BadScript("nj.fs.read(FILES .. 'x/../../../../../../etc/passwd')", "/etc/passwd"),
    BadScript("nj.fs.read(FILES .. '-more/a')", "fs.read="),
    BadScript("nj.fs.write(SECRET .. '/a', '')", "fs.write="),
    BadScript("nj.fs.write(FILES .. '/link/a', '')", "fs.write="),
    BadScript("nj.fs.write(FILES .. '/dangling', '')", "fs.write="),
    BadScript("nj.fs.write(FILES .. '/a', 7)", "argument 2 (text): expected string, got number"),
    BadScript("nj.fs.write(FILES, 'x')", "cannot write", .data),
    BadScript("nj.fs.exists(SECRET)", "fs.read="),
    BadScript("nj.fs.list(FILES .. '/none')", "no such folder", .data),
    BadScript("nj.fs.list(FILES .. '/plain')", "it is a file", .data),
    BadScript("nj.fs.reed('x')", "did you mean 'read'?"),
    BadScript("nj.load(SECRET .. '/a')", "fs.read="),
    BadScript("nj.load(FILES .. '/none')", "there is no such file", .data),
    BadScript("nj.load(FILES .. '/plain')", "is it a safetensors file?", .data),
    BadScript("nj.save(SECRET .. '/a', { a = nj.zeros{1} })", "fs.write="),
    BadScript("nj.save(FILES .. '/a', {})", "the table has no tensors"),
    BadScript("nj.save(FILES .. '/a', { nj.zeros{1} })", "Hint: name each tensor"),
    BadScript("nj.save(FILES .. '/a', { a = 3 })", "'a': expected tensor, got number"),
    BadScript("nj.env('HOME')", "--allow env=HOME"),
  ]

  @Test(arguments: bad) func badInputIsExplained(_ c: BadScript) throws {
    let state = try BindingsState()
    try state.put("key", at: "secret/a")
    try state.put("plain", at: "files/plain")
    let manager = FileManager.default
    for (link, target) in [("link", "../secret"), ("circle", "circle"), ("dangling", "../secret/new")] {
      try manager.createSymbolicLink(atPath: state.files + "/" + link, withDestinationPath: target)
    }
    c.check(in: state)
    #expect(try manager.contentsOfDirectory(atPath: state.root + "/secret") == ["a"])
  }

  @Test func nothingIsReadWithoutAGrant() throws {
    let state = try BindingsState(granted: false)
    BadScript("nj.fs.read(FILES .. '/a')", "fs.read=").check(in: state)
    BadScript("nj.fs.write(FILES .. '/a', '')", "fs.write=").check(in: state)
  }

  @Test func grantedVariablesAreRead() throws {
    let state = try BindingsState()
    state.context.capabilities = try Capabilities(parsing: ["env=PATH", "env=NIGHTJAR_NOT_SET"])
    #expect(try state.run("return type(nj.env('PATH')), nj.env('NIGHTJAR_NOT_SET')") == ["string", nil])
  }

  @Test(arguments: [
    ("fs.reed=/tmp", "did you mean 'fs.read'?"), ("net=example.org", "unknown capability 'net'"),
    ("fs.read", "name a folder: fs.read=DIR"), ("fs.write=", "name a folder"),
    ("env=", "name a variable"), ("env=A=B", "has no '='"), ("env=A\0", "no NUL character"),
    ("fs.read=a\0b", "name a folder"), ("fs.read=/etc/passwd", "Hint: name the folder it is in"),
    ("", "unknown capability ''"),
  ])
  func badGrantsAreUsageErrors(_ grant: String, _ says: String) throws {
    let failure = #expect(throws: CapabilityError.self) { try Capabilities(parsing: [grant]) }
    #expect(failure?.exitCode == .usage)
    #expect(failure?.description.contains(says) == true, "\(String(describing: failure))")
  }

  @Test(arguments: ["", "A=B", "A\\0B"]) func noVariableHasSuchAName(_ name: String) throws {
    let state = try BindingsState()
    state.context.capabilities = try Capabilities(parsing: ["env=A"])
    BadScript("nj.env('\(name)')", "variable").check(in: state)
  }
}

@Suite struct BindingsJSONTests {
  @Test(arguments: [
    (#"{ b = 1, a = { 1, 2.5, "x" }, c = true, d = {} }"#, #"{"a":[1,2.5,"x"],"b":1,"c":true,"d":{}}"#),
    (#"2.0"#, "2.0"), (#"1e300"#, "1e+300"), (#"-7"#, "-7"), ("nil", "null"),
    ("{ nj.json.null, 1 }", "[null,1]"),
    (#""quote\" back\\ line\n bell\7 é""#, #""quote\" back\\ line\n bell\u0007 é""#),
  ])
  func valuesComeBack(_ value: String, _ text: String) throws {
    let given = try BindingsState().run(
      "local t = nj.json.encode(\(value)) return t, nj.json.encode(nj.json.decode(t))")
    #expect(given == [.string(text), .string(text)])
  }

  @Test func prettyTextIsIndented() throws {
    let given = try BindingsState().run(
      "return nj.json.encode({ a = { 1, 2 }, b = { { c = 1 } }, d = {} }, { pretty = true })")
    let text = """
      {
        "a": [1, 2],
        "b": [
          {
            "c": 1
          }
        ],
        "d": {}
      }
      """
    #expect(given == [.string(text)])
  }

  @Test func textIsRead() throws {
    let given = try BindingsState().run(
      #"""
      local t = nj.json.decode(
        [[ {"a": [1, -2.5e1, null, "\u00e9\ud83d\ude00\/"], "b": null, "n": 9223372036854775808 } ]])
      return t.a[1], math.type(t.a[1]), t.a[2], t.a[3] == nj.json.null, t.a[4], t.b, math.type(t.n),
        tostring(t.a[3])
      """#)
    #expect(given == [1, "integer", -25, true, "é😀/", nil, "float", "null"])
  }

  static let bad = [
    BadScript("nj.json.encode({ a = { 1, 0/0 } })", "encode: value.a[2] is NaN"),
    BadScript("nj.json.encode({ a = -1/0 })", "encode: value.a is infinite"),
    BadScript("nj.json.encode({ a = print })", "value.a is a function"),
    BadScript(
      "nj.json.encode({ loss = nj.zeros{1} })",
      "value.loss is a tensor, which JSON cannot hold. Hint: x:totable()"),
    BadScript("nj.json.encode({ 1, a = 2 })", "value has both a list and names ('a')"),
    BadScript("nj.json.encode({ 1, [3] = 2 })", "hole"),
    BadScript("local t = {} t.t = t nj.json.encode(t)", "contains itself"),
    BadScript("nj.json.encode(1, { prety = true })", "did you mean 'pretty'?"),
    BadScript("nj.json.decode(7)", "expected string, got number"),
    BadScript("nj.json.decode('')", "the text ends where a value is expected"),
    BadScript("nj.json.decode('[1,\\n 2,]')", "line 2, column 4: expected a value"),
    BadScript("nj.json.decode('[1 2]')", "expected , or ] in the list"),
    BadScript("nj.json.decode('{\"a\" 1}')", "expected : after the name 'a'"),
    BadScript("nj.json.decode('{a: 1}')", "expected a name in quotes"),
    BadScript("nj.json.decode('[NaN]')", "expected a value"),
    BadScript("nj.json.decode('01')", "expected a value"),
    BadScript("nj.json.decode('1e999')", "expected a value"),
    BadScript("nj.json.decode('1 2')", "there is more text"),
    BadScript("nj.json.decode('\"abc')", "the string does not end"),
    BadScript("nj.json.decode('\"\\\\ud800\"')", "surrogate"),
    BadScript("nj.json.decode('\"\\\\x\"')", "unknown escape"),
    BadScript("nj.json.decode('\"\\255\"')", "not UTF-8"),
    BadScript("nj.json.decode(string.rep('[', 100000))", "nested more than 64 levels deep"),
  ]

  @Test(arguments: bad) func badInputIsExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
