import Audio
import Foundation
import LuaHost
import Scripting
import Support
import Testing

/// Data sets and plugin files that a script names.
@Suite struct ScriptNamedFileTests {
  private let state: BindingsState

  init() throws { state = try BindingsState() }

  /// A data set of two words in a folder under the root; `rows` are more lines of its training list.
  private func makeData(_ folder: String, rows: String = "") throws {
    for (word, language) in [("up", "en"), ("down", "en"), ("i_lawr", "cy")] {
      for number in 1...3 {
        let path = "\(state.root)/\(folder)/\(language)/clips/\(word)"
        try AtomicFile.makeFolder(path)
        try SoundFile.write(
          Waveform(samples: [Float](repeating: 0.5, count: 800), rate: 8_000), to: "\(path)/\(number).wav",
          flushed: false)
      }
    }
    let list = { (number: Int) in "up/\(number).wav,up,en\ndown/\(number).wav,down,en\n" }
    try state.put(list(1) + list(2) + rows, at: folder + "/base_train.csv")
    for split in ["val", "test"] { try state.put(list(3), at: folder + "/base_\(split).csv") }
    try state.put("i_lawr/1.wav,i_lawr,cy\n", at: folder + "/cy/evaluation.csv")
  }

  private func link(_ name: String, to target: String) throws {
    try? FileManager.default.removeItem(atPath: state.root + "/" + name)
    try FileManager.default.createSymbolicLink(atPath: state.root + "/" + name, withDestinationPath: target)
  }

  private static let count = """
    local data = nj.data.words { path = FILES .. "/data" }
    local function encode(waveforms) return waveforms end
    return data:count("train")
    """

  @Test func aGrantedDataSetIsRead() throws {
    try makeData("files/data")
    #expect(try state.run(Self.count) == [4])
  }

  @Test func anyOtherHasToBeGranted() throws {
    try makeData("secret/data")
    BadScript(
      "nj.data.words { path = SECRET .. '/data' }", "fs.read=\(state.root)/secret/data"
    ).check(in: state)
    // What the user named with --data is open, by that name.
    let path = state.root + "/secret/data"
    #expect(try state.context.dataset(path).clips(.train).count == 4)
    #expect(try state.run("return nj.data.words { path = SECRET .. '/data' }:count('train')") == [4])
    BadScript("nj.data.words { path = SECRET .. '/data/../data' }", "fs.read=").check(in: state)
  }

  /// A list, a clip, a language or the whole data set that is a link to the outside.
  @Test(arguments: ["data/base_train.csv", "data/nightjar.json", "data/en/clips/up/1.wav", "data/en", "data"])
  func linksLeadToGrantedFoldersOnly(_ name: String) throws {
    try makeData("files/data")
    try makeData("secret/data")
    try link("files/" + name, to: state.root + "/secret/" + name)
    if name == "data/nightjar.json" {
      try state.put("{\"kind\":\"secret\"}", at: "secret/data/nightjar.json")
    }
    let failure = try #require(state.failure(Self.count))
    #expect(
      failure.line.contains("a symbolic link leads out of the granted folders, to \(state.root)/secret"),
      "\(failure)")
    try state.context.files.allowReading(state.root + "/secret")
    #expect(try state.run(Self.count) == [4])
  }

  /// Only the first clips are looked for when lists are read; the others are held to the rule when they are heard.
  @Test func clipsAreCheckedWhenTheyAreHeard() throws {
    try makeData("files/data")
    try makeData("secret/data")
    try link("files/data/en/clips/down/2.wav", to: state.root + "/secret/data/en/clips/down/2.wav")
    try state.put(
      """
      local nj = require "nightjar"
      return nj.encoder { name = "plain", summary = "P", api = 1,
        encode = function(self, waveforms) return waveforms:reshape(#waveforms, -1, 100) end }
      """, at: "plugins/encoders/plain.lua")
    state.state.attach(
      PluginLibrary(folders: [state.root + "/plugins"], shipped: nil, standard: false))
    let script = """
      local data = nj.data.words { path = FILES .. "/data", encoder = "plain" }
      for batch in data:batches { split = "train", size = 4 } do return batch.waveforms:size(1) end
      """
    let failure = try #require(state.failure(script))
    #expect(failure.line.contains("base_train.csv:4: down: cannot read"), "\(failure)")
    #expect(failure.line.contains("a symbolic link leads out"), "\(failure)")
    #expect(!failure.line.contains("/proc/self/fd"))
    try link("files/data/en/clips/down/2.wav", to: "../up/2.wav")
    #expect(try state.run(script) == [4])
  }

  static let badRows = [
    "../../../../secret/a.wav", "/etc/passwd.wav", "up/../../../../../secret/a.wav", "..",
    "../\u{301}a.wav", "up/..",
  ]

  @Test(arguments: badRows) func rowsThatLeadOutAreBadData(_ path: String) throws {
    try makeData("files/data", rows: "\(path),up,en\n")
    let failure = try #require(state.failure(Self.count))
    #expect(
      failure.line.contains("base_train.csv:5: the path \"\(path)\" leads out of the data set"),
      "\(failure)")
    #expect(failure.exitCode == .data)
  }

  private static let model = """
    local nj = require "nightjar"
    return nj.model { name = "m", summary = "M", api = 1, build = function() return require "part" end }
    """

  @Test func pluginFilesAreNamedWhereTheyMayLie() throws {
    for folder in ["files/models", "search/models", "script", "secret", "script/folder"] {
      try state.put(Self.model, at: folder + "/m.lua")
      try state.put("return '\(folder)'", at: folder + "/part.lua")
    }
    try state.put(Self.model, at: "script/folder/init.lua")
    let library = PluginLibrary(folders: [state.root + "/search"], shipped: nil, standard: false)
    state.state.attach(library)
    try state.put("return 1", at: "script/main.lua")
    try state.state.runFile(state.root + "/script/main.lua")
    func use(_ path: String) -> String { "return nj.plugin('model', FILES .. '/../\(path)').build({}, {})" }
    for path in ["files/models/m.lua", "search/models/m.lua", "script/m.lua", "script/folder"] {
      #expect(try state.run(use(path)) == [.string(path.replacing("/m.lua", with: ""))])
    }
    try link("script/out.lua", to: "../secret/m.lua")
    try link("search/models/out.lua", to: "../../secret/m.lua")
    try state.put(Self.model, at: "files/text")
    let bad = [
      ("secret/m.lua", "fs.read="), ("secret", "fs.read="),
      ("script/out.lua", "fs.read="),
      ("search/models/out.lua", "fs.read="), ("script/../secret/m.lua", "fs.read="),
      ("files/text", "must end in .lua"), ("files/none.lua", "there is no such file"),
    ]
    for (path, says) in bad {
      let failure = try #require(state.failure(use(path)))
      #expect(failure.line.contains(says), "\(failure)")
      #expect(!failure.line.contains("GRANTED"))
    }
    // The person may name any; then scripts may name its neighbours.
    #expect(try library.plugin(.model, state.root + "/secret/m.lua", in: state.state).name == "m")
    #expect(try state.run(use("secret/m.lua")) == ["secret"])
  }

  /// A Lua error shows a word of the text it is about, so no text is read as Lua that may not be read.
  @Test func nothingOutsideIsReadAsLua() throws {
    try state.put("swordfish = = 1", at: "secret/a.lua")
    state.state.attach(PluginLibrary(shipped: nil, standard: false))
    for script in [
      "nj.plugin('model', SECRET .. '/a.lua')", "nj.fscil.pretrain { data = 1, model = SECRET .. '/a.lua' }",
      "nj.data.words { path = FILES, encoder = SECRET .. '/a.lua' }",
    ] {
      let failure = try #require(state.failure(script))
      #expect(!failure.description.contains("swordfish"), "\(failure)")
    }
  }

  /// `require` reads under its roots, also while someone exchanges a folder for a link.
  @Test func requireStaysUnderItsRoots() throws {
    try state.put("return require 'lib.part'", at: "script/main.lua")
    try state.put("return 'inside'", at: "script/lib/part.lua")
    try state.put("return 'outside'", at: "secret/part.lua")
    let main = state.root + "/script/main.lua"
    #expect(try state.state.runFile(main) == ["inside"])
    try link("script/lib", to: "../secret")
    let failure = #expect(throws: ScriptError.self) { try state.state.runFile(main) }
    #expect(failure?.line.contains("leads out of \(state.root)/script through a symbolic link") == true)
    try link("script/lib", to: "real")
    try state.put("return 'real'", at: "script/real/part.lua")
    #expect(try state.state.runFile(main) == ["real"])
  }
}
