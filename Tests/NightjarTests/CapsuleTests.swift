import Foundation
import Support
import Testing

/// `runs export --capsule` and `verify`: a run in one file that others run again.
@Suite struct CapsuleTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// A bench on the tiny data with a plugin of the sandbox's own, as `a.capsule`.
  private func exported(_ arguments: [String] = []) throws -> String {
    let learner = """
      local nj = require "nightjar"
      return nj.learner { name = "mine", summary = "means", api = 1,
        start = function(self, base)
          self.means = nj.zeros { base.model.classes, base.features:size(2) }
          self:learn(base)
        end,
        learn = function(self, support)
          for _, class in ipairs(support.classes) do self.means[class] = support:of(class):mean(1) end
        end,
        scores = function(self, features) return features:matmul(self.means:t()) end }
      """
    try sandbox.write(learner, to: "elsewhere/mine.lua")
    let end = try sandbox.bench(["--out", "runs/original", "--learner", "./elsewhere/mine.lua"] + arguments)
    #expect(end.status == 0, "\(end.errors)")
    let export = try sandbox.run("runs", "export", "original", "--capsule", "--out", "a.capsule")
    #expect(export.status == 0 && sandbox.exists("a.capsule"), "\(export.errors)")
    return sandbox.read("a.capsule")
  }

  private func verify(_ arguments: [String] = ["--data", TinySpeech.data]) throws -> Sandbox.Outcome {
    try sandbox.run(["verify", "a.capsule"] + arguments)
  }

  /// Writes a capsule with an edited text, with the checksum that belongs to it.
  private func forge(_ text: String) throws {
    let checksum = try #require(text.firstMatch(of: /"checksum" : "([^"]*)"/)?.1)
    let bare = text.replacing("\"checksum\" : \"\(checksum)\"", with: "\"checksum\" : \"\"")
    let own = ContentKey(of: Data(bare.utf8))
    try sandbox.write(
      bare.replacing("\"checksum\" : \"\"", with: "\"checksum\" : \"\(own)\""), to: "a.capsule")
  }

  @Test func runsAgainBitForBitWithoutTheFilesOfTheFirstRun() throws {
    _ = try exported()
    try FileManager.default.removeItem(atPath: sandbox.path("elsewhere"))
    try FileManager.default.removeItem(atPath: sandbox.path("runs"))
    let end = try verify()
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.output.contains("verified bit for bit"), "\(end.output)")
    #expect(end.output.contains("weights.safetensors") && !end.output.contains("differs"))
    // As a second run of this machine's, whose results are compared as JSON.
    let json = try verify(["--data", TinySpeech.data, "--json", "--quiet", "--out", "again"])
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["verified"] as? Bool == true && object?["run"] as? String == "again")
  }

  @Test func otherResultsAreNotVerified() throws {
    let text = try exported()
    // The first accuracy that the results state.
    let found = try #require(text.firstMatch(of: /\\"mean\\" : \[\\n *([0-9.]+)/))
    let number = String(format: "%.4f", (Double(found.1) ?? 0) + 0.001)
    let key = try #require(text.firstMatch(of: /"key" : "([0-9a-f]+)",\s*"name" : "results.json"/)?.1)
    let forged = text.replacingCharacters(in: found.1.startIndex..<found.1.endIndex, with: number)
      .replacing(key, with: String(repeating: "0", count: 32))
    try forge(forged)
    let end = try verify()
    #expect(end.status == 1 && end.output.contains("not verified"), "\(end.output) \(end.errors)")
    let close = try verify(["--data", TinySpeech.data, "--tolerance", "0.01"])
    #expect(
      close.status == 0 && close.output.contains("equal within 0.01"), "\(close.output) \(close.errors)")
  }

  /// Edits of a capsule's text by which somebody else's machine would be reached, and what is said of them.
  static let attacks: [(name: String, edit: @Sendable (String) -> String, status: Int32, message: String)] = [
    (
      "a source leads outside", { $0.replacing("files/mine.lua", with: "../../mine.lua") }, 3, "leads outside"
    ),
    (
      "a source leads outside behind a combining accent",
      { $0.replacing("files/mine.lua", with: "files/../\u{301}mine.lua") }, 3, "leads outside"
    ),
    ("a source is absolute", { $0.replacing("files/mine.lua", with: "/tmp/mine.lua") }, 3, "leads outside"),
    (
      "plugins come from elsewhere",
      { $0.replacing("\"shipped\"\n", with: "\"../../../plugins\"\n") }, 3, "leads outside"
    ),
    (
      "a result leads outside", { $0.replacing("\"scalars.csv\"", with: "\"../scalars.csv\"") }, 3,
      "leads outside"
    ),
    (
      "it is another command", { $0.replacing("\"bench\",", with: "\"cache\",") }, 2,
      "not understood"
    ),
    (
      "a source is not what ran", { $0.replacing("mean(1)", with: "sum(1)") }, 3, "not what ran"
    ),
    (
      "a newer format", { $0.replacing("\"nightjar_capsule\" : 1", with: "\"nightjar_capsule\" : 2") }, 3,
      "format 2"
    ),
    ("a newer API", { $0.replacing("\"api\" : 1,", with: "\"api\" : 9,") }, 3, "API 9"),
  ]

  @Test func aStrangersCapsuleReachesNothing() throws {
    let text = try exported()
    for attack in Self.attacks {
      let edited = attack.edit(text)
      #expect(edited != text, "\(attack.name) edits nothing")
      try forge(edited)
      let end = try verify()
      #expect(end.status == attack.status, "\(attack.name): \(end.status) \(end.errors)")
      #expect(end.errors.contains(attack.message), "\(attack.name): \(end.errors)")
    }
  }

  @Test func damageIsNoticed() throws {
    let text = try exported()
    try sandbox.write(String(text.prefix(text.count / 2)), to: "a.capsule")
    #expect(try verify().errors.contains("truncated"))
    try sandbox.write(text.replacing("mean(1)", with: "sum(1)"), to: "a.capsule")
    let edited = try verify()
    #expect(edited.status == 3 && edited.errors.contains("checksum"), "\(edited.errors)")
    try sandbox.write("{}", to: "a.capsule")
    #expect(try verify().status == 3)
    #expect(try sandbox.run("verify", "missing.capsule").status == 3)
  }

  @Test func theDataIsNamedByTheReaderAndCompared() throws {
    _ = try exported()
    let none = try verify([])
    #expect(none.status == 2 && none.errors.contains("--data"), "\(none.errors)")
    try TinySpeech.write(
      to: sandbox.path("other"), sessions: [("uno", "es"), ("dos", "es"), ("tres", "es"), ("sí", "es")])
    let other = try verify(["--data", "other"])
    #expect(other.status == 3 && other.errors.contains("another data set"), "\(other.errors)")
  }

  @Test func permissionsAreGrantedByTheReader() throws {
    try sandbox.write("41", to: "private/number.txt")
    let study = """
      local nj = require "nightjar"
      local file = nj.fs.read("private/number.txt")
      nj.run.save("number", { value = tonumber(file) + 1 })
      """
    try sandbox.write(study, to: "study.lua")
    let first = try sandbox.run("study.lua", "--allow", "fs.read=private", "--out", "runs/original")
    #expect(first.status == 0, "\(first.errors)")
    #expect(try sandbox.run("runs", "export", "original", "--capsule", "--out", "a.capsule").status == 0)
    let denied = try verify([])
    #expect(denied.status == 1 && denied.errors.contains("grant it here by --allow"), "\(denied.errors)")
    let granted = try verify(["--allow", "fs.read=private"])
    #expect(granted.status == 0, "\(granted.errors)")
  }

  @Test func onlyOneRunThatHasEndedBecomesACapsule() throws {
    _ = try exported()
    #expect(try sandbox.bench(["--out", "runs/second"]).status == 0)
    let both = try sandbox.run("runs", "export", "--capsule")
    #expect(both.status == 2 && both.errors.contains("one run, not 2"), "\(both.errors)")
    try FileManager.default.removeItem(atPath: sandbox.path("runs/second/outcome.json"))
    let open = try sandbox.run("runs", "export", "second", "--capsule", "--out", "b.capsule")
    #expect(open.status == 3 && open.errors.contains("has not ended"), "\(open.errors)")
    let again = try sandbox.run("runs", "export", "original", "--capsule", "--out", "a.capsule")
    #expect(again.status == 2 && again.errors.contains("--overwrite"), "\(again.errors)")
  }
}
