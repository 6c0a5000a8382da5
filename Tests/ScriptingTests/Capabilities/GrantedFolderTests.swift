import Foundation
import LuaHost
import Testing

/// What works in granted folders, and what becomes of a folder that changes after it was granted.
@Suite struct GrantedFolderTests {
  static let good = [
    "/plain", "//plain", "/./plain", "/deep/../plain", "/none/../plain", "/plain/", "/up/plain",
    "/here/../plain",
    "/../files/plain",
  ]

  @Test(arguments: good) func pathsInsideAreRead(_ path: String) throws {
    #expect(try GateState().state.run("return nj.fs.read(FILES .. '\(path)')") == ["inside"])
  }

  @Test func linksMayLeadToGrantedFolders() throws {
    let gate = try GateState()
    try gate.link("round", to: gate.state.files + "/deep")
    let given = try gate.state.run(
      """
      nj.fs.write(FILES .. "/here/new", "a")
      nj.fs.write(FILES .. "/round/new", nj.fs.read(FILES .. "/round/new") .. "b")
      return nj.fs.read(FILES .. "/deep/new"), nj.fs.list(FILES .. "/here"), nj.fs.exists(FILES .. "/here")
      """)
    #expect(given == ["ab", ["b", "new", "three"], true, "folder"])
    try gate.state.context.files.allowReading(gate.state.root + "/secret")
    #expect(try gate.state.run("return nj.fs.read(FILES .. '/one/a')") == [.string(GateState.secret)])
    #expect(gate.state.failure("nj.fs.write(FILES .. '/one/a', '')") != nil)
  }

  @Test func writingOverALinkChangesWhatItLeadsTo() throws {
    let gate = try GateState()
    try gate.link("other", to: "plain")
    try gate.state.run("nj.fs.write(FILES .. '/other', 'new')")
    #expect(try gate.state.text("files/plain") == "new")
  }

  @Test func theLongestNamesAreWritten() throws {
    let given = try GateState().state.run(
      """
      local name = FILES .. "/" .. ("é"):rep(127) .. "x"
      nj.fs.write(name, "long")
      local deep = FILES .. ("/" .. ("d"):rep(200)):rep(15)
      nj.fs.write(deep, "deep")
      return nj.fs.read(name), nj.fs.read(deep)
      """)
    #expect(given == ["long", "deep"])
  }

  @Test func aFolderGrantedByALinkIsOpen() throws {
    let state = try BindingsState(granted: false)
    try state.put("inside", at: "real/a")
    try FileManager.default.createSymbolicLink(atPath: state.root + "/door", withDestinationPath: "real")
    state.context.files = try FileGate(read: [state.root + "/door"])
    #expect(
      try state.run("local d = FILES .. '/../' return nj.fs.read(d .. 'door/a'), nj.fs.read(d .. 'real/a')")
        == ["inside", "inside"])
    // It stays what it was when it was granted.
    try FileManager.default.removeItem(atPath: state.root + "/door")
    try FileManager.default.createSymbolicLink(atPath: state.root + "/door", withDestinationPath: "secret")
    try state.put("key", at: "secret/a")
    #expect(state.failure("nj.fs.read('\(state.root)/door/a')")?.line.contains("leads out") == true)
  }

  @Test func aFolderThatIsNotThereYetIsMade() throws {
    let state = try BindingsState(granted: false)
    let folder = state.root + "/new/folder"
    state.context.files = try FileGate(read: [folder], write: [folder])
    #expect(try state.run("return nj.fs.exists('\(folder)/a')") == [false])
    #expect(state.failure("nj.fs.write('\(state.root)/new/a', '')") != nil)
    #expect(
      try state.run("nj.fs.write('\(folder)/x/a', 'made') return nj.fs.read('\(folder)/x/a')") == ["made"])
  }

  @Test func aFolderThatIsNotThereYetIsNoLinkLater() throws {
    let state = try BindingsState(granted: false)
    state.context.files = try FileGate(read: [], write: [state.root + "/new"])
    try FileManager.default.createSymbolicLink(atPath: state.root + "/new", withDestinationPath: "secret")
    #expect(state.failure("nj.fs.write('\(state.root)/new/a', '')") != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: state.root + "/secret") == [])
  }

  @Test func aFolderThatIsRemovedIsGone() throws {
    let state = try BindingsState()
    try FileManager.default.removeItem(atPath: state.files)
    for again in [false, true] {
      for script in [
        "nj.fs.read(FILES .. '/a')", "nj.fs.list(FILES .. '/x')", "nj.fs.write(FILES .. '/a', '')",
      ] {
        let failure = try #require(state.failure(script))
        #expect(failure.line.contains("the granted folder was removed"), "\(failure.line)")
      }
      // Another one of the same name is not the one that was granted.
      if !again { try state.put("other", at: "files/a") }
    }
    #expect(try state.text("files/a") == "other")
  }

  @Test func theRunsFolderIsTheRuns() throws {
    let state = try BindingsState(granted: false)
    try state.run("nj.run.save('notes', 'text') nj.fs.write(nj.run.out .. '/more/a', 'x')")
    for name in ["results.json", "Results.JSON", "./settings.json", "more/../scalars.csv"] {
      let failure = try #require(state.failure("nj.fs.write(nj.run.out .. '/\(name)', '{}')"))
      #expect(failure.line.contains("the run writes it itself"), "\(failure.line)")
    }
    let secret = state.root + "/secret"
    try FileManager.default.createSymbolicLink(
      atPath: state.root + "/out/link.json", withDestinationPath: secret + "/a")
    #expect(state.failure("nj.run.save('link', { 1 })")?.line.contains("a symbolic link leads out") == true)
    // A folder that is exchanged for a link after the run began.
    try FileManager.default.moveItem(atPath: state.root + "/out", toPath: state.root + "/old")
    try FileManager.default.createSymbolicLink(atPath: state.root + "/out", withDestinationPath: secret)
    #expect(state.failure("nj.run.save('notes', 'text')") != nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: secret) == [])
  }
}
