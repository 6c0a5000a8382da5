import Foundation
import Testing

@Suite struct DataCommandTests {
  private let sandbox: Sandbox

  /// A folder per word, ten short tones in each.
  init() throws {
    sandbox = try Sandbox()
    try sandbox.write(
      """
      local nj = require "nightjar"
      for w, word in ipairs { "no", "one", "two", "yes" } do
        for take = 1, 10 do
          local wave = ((nj.arange(0, 1599) * (0.1 * w)):sin()) * (0.05 * take)
          nj.audio.write(nj.fs.join("words", word, "anna_" .. take .. ".wav"), wave, 16000)
        end
      end
      """, to: "make.lua")
    for word in ["no", "one", "two", "yes"] { try sandbox.write("", to: "words/\(word)/.keep") }
    let made = try sandbox.run("make.lua", "--allow", "fs.write=words")
    try #require(made.status == 0, "\(made.errors)")
  }

  @Test func importsDescribesAndChecks() throws {
    let imported = try sandbox.run("data", "import", "words", "--out", "set", "--base", "no,one,two")
    #expect(imported.status == 0, "\(imported.errors)")
    #expect(imported.output.hasPrefix("set: 40 clips, 3 base words, 1 session word\n"))
    let info = try sandbox.run("data", "info", "set")
    #expect(info.status == 0)
    #expect(info.output.contains("40 clips of 4 words in 1 language\n"))
    let data = Data(try sandbox.run("data", "info", "set", "--json").output.utf8)
    let summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(summary["clips"] as? Int == 40)
    let check = try sandbox.run("data", "check", "set", "--quiet")
    #expect(check.status == 0)
    #expect(check.output.contains("all 40 clips of set can be used"))
    #expect(check.errors == "")
  }

  @Test func namesDamagedClips() throws {
    #expect(try sandbox.run("data", "import", "words", "--out", "set", "--quiet").status == 0)
    try FileManager.default.removeItem(atPath: sandbox.path("words"))
    let clip = try #require(sandbox.read("set/base_train.csv").split(separator: "\n").dropFirst().first)
    let name = try #require(clip.split(separator: ",").first)
    try sandbox.write("no sound", to: "set/xx/clips/\(name)")
    let check = try sandbox.run("data", "check", "set")
    #expect(check.status == 3)
    #expect(check.output.contains("base_train.csv:2: "))
    #expect(check.output.contains("1 of 40 clips"))
  }

  @Test func benchRefusesOneSoundUnderTwoWords() throws {
    #expect(try sandbox.run("data", "import", "words", "--out", "set", "--quiet").status == 0)
    let clips = sandbox.path("set/xx/clips")
    let yes = try #require(
      try FileManager.default.contentsOfDirectory(atPath: clips + "/yes").first { $0.hasSuffix(".wav") })
    let row = try #require(sandbox.read("set/base_train.csv").split(separator: "\n").last)
    let name = try #require(row.split(separator: ",").first)
    try FileManager.default.removeItem(atPath: "\(clips)/\(name)")
    try FileManager.default.copyItem(atPath: "\(clips)/yes/\(yes)", toPath: "\(clips)/\(name)")
    let end = try sandbox.run("bench", "--data", "set", "--quiet")
    #expect(end.status == 3)
    #expect(
      end.errors.contains("1 clip contradicts others, with the same sound and another word"), "\(end.errors)")
    #expect(end.errors.contains("xx/clips/\(name)"))
  }

  @Test(arguments: ["3999", "400000", "16k", "1e4", "0x3e80", "-16000"]) func refusesARateThatNoRecordingHas(
    rate: String
  ) throws {
    let end = try sandbox.run("bench", "--data", "words", "--rate", rate)
    #expect(end.status == 2)
    #expect(end.errors.contains("expected an integer from 4000 to 384000"))
  }

  @Test func refusesAFullFolder() throws {
    let end = try sandbox.run("data", "import", "words", "--out", "words")
    #expect(end.status == 2)
    #expect(end.errors.contains("is not empty"))
  }
}
