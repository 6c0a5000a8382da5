import Foundation
import Testing

/// Wrong command lines and wrong data are reported at once, with the correct exit code.
@Suite struct BenchTrialsUsage {
  struct Line: Sendable, CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    let says: [String]
    var testDescription: String { arguments.joined(separator: " ") }

    init(_ arguments: [String], _ status: Int32, _ says: String...) {
      self.arguments = arguments
      self.status = status
      self.says = says
    }
  }

  static let lines = [
    Line(["--set", "model.channel=5"], 2, "did you mean 'model.channels'?"),
    Line(["--set", "epochs=5"], 2, "did you mean 'recipe.epochs'?"),
    Line(["--set", "model.channels=abc"], 2, "plugin model/m5", "expected integer of at least 1, got 'abc'"),
    Line(["--set", "model.channels=0"], 2, "at least 1"),
    Line(["--set", "model.dropout=2"], 2, "number from 0 to 0.9"),
    Line(["--set", "recipe.lr=inf"], 2, "got 'inf'"),
    Line(["--set", "task.queries=0"], 2, "at least 1"),
    Line(["--set", "model.channels"], 2, "write it as name=value"),
    Line(["--model", "m6"], 2, "no model plugin named 'm6'", "m5"),
    Line(["--model", ""], 2, "--model: expected a name"),
    Line(["--model", "./gone.lua"], 3, "cannot read ./gone.lua"),
    Line(["--learner", "protoypical"], 2, "did you mean 'prototypical'?"),
    Line(["--learner", "m5"], 2, "'m5' is a model"),
    Line(["--learner", ""], 2, "expected at least one name"),
    Line(["--learner", " , "], 2, "expected at least one name"),
    Line(["--learner", "frozen,frozen"], 2, "--learner: 'frozen' is listed twice"),
    Line(["--metric", "argmax_accuracy"], 2, "'argmax_accuracy' is a test"),
    Line(["--limit", "time=soon"], 2, "--limit time=soon: expected an amount"),
    Line(["--repeats", "0"], 2, "--repeats", "'0': expected an integer from 1 to 1000000"),
    Line(["--repeats", "-1"], 2, "'-1': expected an integer from 1 to 1000000"),
    Line(["--repeats", "1e3"], 2, "'1e3': expected an integer from 1 to 1000000"),
    Line(["--repeats", "abc"], 2, "abc"),
    Line(["--threads", "0"], 2, "'0': expected an integer from 1 to 1024"),
    Line(["--memory", "-5MB"], 2, "500MB or 2GiB"),
    Line(["--out", ""], 2, "--out"),
    Line(["--seed", "-1"], 2, "'-1': expected an integer of at least 0"),
    Line(["--limit", "tme=1s"], 2, "--limit tme=1s: did you mean 'time'?"),
    Line(["--overwrite"], 2, "name one with --out"),
    Line(["--set", "task.ways=300"], 3, "300 ways are requested", "at most"),
    Line(["--resume"], 2, "no run of keyword_fscil in ./runs was interrupted"),
    Line(["--data", "/nowhere"], 3, "/nowhere: no such folder", "Hint: name another with --data"),
    Line(["--data", "."], 3, "base_train.csv is missing", "nightjar data import"),
    Line(["--set", "task.shots=50"], 3, "has 8 samples in", "lower the shots (50)"),
    Line(["--out", "/proc/nowhere"], 3, "cannot make the folder /proc/nowhere"),
    Line(["--out", "/etc/passwd"], 3, "a file of this name is in the way"),
    Line(["--memory", "2MB", "--set", "model.channels=64"], 4, "of the budget of", "--memory SIZE"),
    Line(["--set", "recipe.lr=1e30", "--set", "recipe.epochs=4"], 1, "diverged", "smaller learning rate"),
  ]

  @Test(arguments: lines) func saysWhatIsWrong(_ line: Line) throws {
    let sandbox = try Sandbox()
    let end = try sandbox.bench(line.arguments)
    #expect(end.status == line.status, "\(end.errors)")
    for text in line.says { #expect(end.errors.contains(text), "\(end.errors)") }
    #expect(end.output == "")
    #expect(!sandbox.exists("runs") || line.status == 1 || line.status == 4)
  }

  /// Damage to a data set, and parts of the message about it.
  struct Damage: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let says: [String]
    let act: @Sendable (_ folder: String) throws -> Void

    init(_ name: String, _ says: String..., act: @escaping @Sendable (String) throws -> Void) {
      testDescription = name
      self.says = says
      self.act = act
    }
  }

  private static let clip = "/en/clips/beta/train_3.wav"

  static let damages = [
    Damage("a clip cut short", "base_train.csv:11: beta: ", "cut short") {
      try cut($0 + clip, to: 200)
    },
    Damage("a clip without a header", "base_train.csv:11: beta: ", "header") {
      try cut($0 + clip, to: 20)
    },
    Damage("an empty clip", "base_train.csv:11: beta: ", "empty") { try cut($0 + clip, to: 0) },
    Damage("a clip that is gone", "base_train.csv:11: beta: ", "no such file") {
      try FileManager.default.removeItem(atPath: $0 + clip)
    },
    Damage("no clips at all", "base_train.csv:2", "put the clips under") {
      for language in ["en", "fr"] { try FileManager.default.removeItem(atPath: "\($0)/\(language)/clips") }
    },
    Damage("no session words", "no session words", "data import --base") {
      for language in ["es", "fa"] { try FileManager.default.removeItem(atPath: "\($0)/\(language)") }
    },
    Damage("an empty test list", "no test clips") { try cut($0 + "/base_test.csv", to: 0) },
  ]

  private static func cut(_ path: String, to bytes: Int) throws {
    try (Data(contentsOf: URL(fileURLWithPath: path)).prefix(bytes)).write(to: URL(fileURLWithPath: path))
  }

  @Test(arguments: damages) func namesTheRowOfBadData(_ damage: Damage) throws {
    let sandbox = try Sandbox()
    let data = sandbox.path("data")
    try FileManager.default.copyItem(atPath: TinySpeech.data, toPath: data)
    try damage.act(data)
    let end = try sandbox.bench(["--data", data])
    #expect(end.status == 3)
    for text in damage.says { #expect(end.errors.contains(text), "\(end.errors)") }
    let message = end.errors.replacing(sandbox.folder, with: "")
    #expect(!message.contains("plugin "), "no plugin is to blame")
    #expect(!sandbox.exists("runs"))
  }

  @Test func takesOneSessionLanguageAndUnevenSizes() throws {
    let sandbox = try Sandbox()
    try TinySpeech.write(to: sandbox.path("one"), sessions: Array(TinySpeech.sessions.prefix(2)))
    let one = try sandbox.bench(["--data", "one", "--out", "r", "--set", "task.ways=1"])
    #expect(one.status == 0, "\(one.errors)")
    // More shots than the half that is set apart for them: the queries get fewer.
    let shots = try sandbox.bench(["--set", "task.shots=7", "--out", "s"])
    #expect(shots.status == 0, "\(shots.errors)")
  }
}
