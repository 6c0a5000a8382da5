import Foundation
import Networks
import Tensors
import Testing

/// `nightjar model learn` and `model run`: words taught to a trained network from a few takes, in one file.
@Suite struct KeywordModelTests {
  private let sandbox: Sandbox
  /// The takes of "uno" and "dos".
  private let spanish = TinySpeech.data + "/es/clips"
  /// The takes of "two words" and "سلام".
  private let persian = TinySpeech.data + "/fa/clips"

  init() throws {
    sandbox = try Sandbox()
    let bench = try sandbox.bench(["--learner", "cosine", "--out", "run", "--set", "recipe.epochs=8"])
    #expect(bench.status == 0, "\(bench.errors)")
  }

  private func learn(_ model: String, _ words: String, _ arguments: String...) throws -> Sandbox.Outcome {
    try sandbox.run(["model", "learn", model, "--words", words] + arguments)
  }

  private struct Recognised: Decodable {
    struct Match: Decodable {
      let word: String
      let score: Float
    }
    let clip: String
    let matches: [Match]
  }

  private func recognised(_ model: String, _ clips: String...) throws -> [Recognised] {
    let end = try sandbox.run(["model", "run", model, "--json", "--top", "20"] + clips)
    #expect(end.status == 0, "\(end.errors)")
    return try JSONDecoder().decode([Recognised].self, from: Data(end.output.utf8))
  }

  @Test func recognisesNewWordsAndThoseOfTheBase() throws {
    let end = try learn("run", spanish, "--learner", "prototypical", "--out", "mine.safetensors")
    #expect(end.status == 0, "\(end.errors)")
    #expect(end.output.contains("mine.safetensors: 6 words"), "\(end.output)")
    let all = try recognised(
      "mine.safetensors", spanish + "/uno/3.wav", spanish + "/dos/1.wav",
      TinySpeech.data + "/en/clips/alpha/test_0.wav")
    #expect(all.map { $0.matches[0].word } == ["uno", "dos", "alpha"])
    #expect(all.allSatisfy { Set($0.matches.map(\.word)).count == 6 })
    #expect(all.allSatisfy { $0.matches.map(\.score) == $0.matches.map(\.score).sorted(by: >) })
  }

  /// Words that come later change nothing in what a learner without order learns; a file that learned twice is the
  /// file that learned all at once.
  @Test func learnsMoreWords() throws {
    #expect(try learn("run", spanish, "--learner", "cosine", "--out", "one.safetensors").status == 0)
    let more = try learn("one.safetensors", persian, "--out", "two.safetensors")
    #expect(
      more.status == 0 && more.output.contains("two.safetensors: 8 words"), "\(more.errors)\(more.output)")
    for (folder, word) in [(spanish, "uno"), (spanish, "dos"), (persian, "two words"), (persian, "سلام")] {
      try sandbox.write("", to: "all/x")
      try FileManager.default.copyItem(atPath: "\(folder)/\(word)", toPath: sandbox.path("all/\(word)"))
    }
    #expect(try learn("run", "all", "--learner", "cosine", "--out", "all.safetensors").status == 0)
    func scores(_ model: String) throws -> [String: Float] {
      let matches = try recognised(model, persian + "/سلام/2.wav")[0].matches
      return Dictionary(uniqueKeysWithValues: matches.map { ($0.word, ($0.score * 1e4).rounded()) })
    }
    let twice = try scores("two.safetensors")
    #expect(try twice.count == 8 && twice == scores("all.safetensors"))
    let again = try learn("two.safetensors", spanish, "--out", "three.safetensors")
    #expect(
      again.status == 2 && again.errors.contains("'dos' is a word of the model already"), "\(again.errors)")
    let options = try learn("one.safetensors", persian, "--learner", "cosine", "--out", "three.safetensors")
    #expect(options.status == 2 && options.errors.contains("has a learner already"), "\(options.errors)")
  }

  /// More words than the network has classes for.
  @Test func makesRoomForWords() throws {
    for number in 1...6 {
      for take in 0..<2 {
        let source = "\(spanish)/\(number % 2 == 0 ? "uno" : "dos")/\((number - 1) / 2 * 2 + take).wav"
        try sandbox.write("", to: "many/word\(number)/x")
        try FileManager.default.copyItem(
          atPath: source, toPath: sandbox.path("many/word\(number)/\(take).wav"))
      }
    }
    for learner in ["prototypical", "finetune", "frozen"] {
      let end = try learn("run", "many", "--learner", learner, "--out", "\(learner).safetensors")
      #expect(end.status == 0, "\(learner): \(end.errors)")
      #expect(end.output.contains("10 words"), "\(end.output)")
    }
  }

  /// The file brings its Lua files along: it runs where no plugin is installed, and as it was when it was written.
  @Test func runsElsewhere() throws {
    let learner = """
      local nj = require "nightjar"
      local tools = require "tools.mean"
      return nj.learner { name = "mine", summary = "nearest mean", api = 1,
        options = { sign = { default = -1, help = "of the distance" } },
        start = function(self, base)
          self.means = nj.full({ base.model.classes, base.features:size(2) }, 1e3)
          self:learn(base)
        end,
        learn = function(self, support)
          for _, class in ipairs(support.classes) do self.means[class] = tools.mean(support:of(class)) end
        end,
        scores = function(self, features)
          return (features:unsqueeze(2) - self.means:unsqueeze(1)):square():sum(3) * self.options.sign
        end }
      """
    try sandbox.write(learner, to: "plugins/learners/mine.lua")
    try sandbox.write(
      "return { mean = function(x) return x:mean(1) end }", to: "plugins/tools/mean.lua")
    let end = try learn("run", spanish, "--learner", "mine", "--out", "mine.safetensors")
    #expect(end.status == 0, "\(end.errors)")
    let clip = spanish + "/uno/3.wav"
    let here = try recognised("mine.safetensors", clip)[0].matches
    try FileManager.default.removeItem(atPath: sandbox.path("plugins"))
    try FileManager.default.removeItem(atPath: sandbox.path("run"))
    let away = try sandbox.run(
      ["model", "run", "mine.safetensors", "--json", "--top", "20", clip],
      environment: ["NIGHTJAR_HOME": sandbox.path("nothing")])
    #expect(away.status == 0, "\(away.errors)")
    let there = try JSONDecoder().decode([Recognised].self, from: Data(away.output.utf8))[0].matches
    #expect(there.map(\.word) == here.map(\.word) && there.map(\.score) == here.map(\.score))
    let text = try String(
      decoding: Data(contentsOf: URL(fileURLWithPath: sandbox.path("mine.safetensors"))), as: UTF8.self)
    #expect(!text.contains(sandbox.folder), "where the files lay is nobody's business")
  }

  /// Weights from elsewhere, which `model import` has checked, state no data set.
  @Test func learnsFromImportedWeights() throws {
    let imported = try sandbox.run(
      "model", "import", "run/weights.safetensors", "--set", "model.channels=4", "--classes", "8", "--out",
      "w.safetensors")
    #expect(imported.status == 0, "\(imported.errors)")
    let without = try learn("w.safetensors", spanish, "--out", "mine.safetensors")
    #expect(
      without.status == 3 && without.errors.contains("name the data set with --data"), "\(without.errors)")
    let end = try learn(
      "w.safetensors", spanish, "--data", TinySpeech.data, "--learner", "cosine", "--out", "mine.safetensors")
    #expect(end.status == 0 && end.output.contains("6 words"), "\(end.errors)")
    let clip = spanish + "/uno/3.wav"
    #expect(try learn("run", spanish, "--learner", "cosine", "--out", "other.safetensors").status == 0)
    let matches = try ["mine", "other"].map {
      try recognised("\($0).safetensors", clip)[0].matches.map(\.word)
    }
    #expect(matches[0] == matches[1])
  }

  @Test(arguments: [
    (arguments: ["nothing.safetensors"], status: 3, says: "no such file"),
    (arguments: ["nowhere"], status: 2, says: "no run"),
    (arguments: ["run", "--learner", "cosin"], status: 2, says: "did you mean 'cosine'"),
    (arguments: ["run", "--set", "learner.nothing=1"], status: 2, says: "learner.nothing"),
    (arguments: ["run", "--data", "empty"], status: 3, says: "empty"),
  ])
  func refuses(_ c: (arguments: [String], status: Int32, says: String)) throws {
    try sandbox.write("", to: "empty/x")
    let end = try sandbox.run(
      ["model", "learn"] + c.arguments + ["--words", spanish, "--out", "m.safetensors"])
    #expect(end.status == c.status && end.errors.contains(c.says), "\(end.status) \(end.errors)")
    #expect(!sandbox.exists("m.safetensors"))
  }

  @Test(arguments: [
    (name: "empty", files: [:] as [String: String], says: "no sound files"),
    (name: "text", files: ["uno/1.wav": "not a sound"], says: "uno/1.wav"),
    (name: "missing", files: [:], says: "missing"),
  ])
  func refusesTakes(_ c: (name: String, files: [String: String], says: String)) throws {
    if c.name != "missing" { try sandbox.write("", to: "\(c.name)/x.txt") }
    for (name, text) in c.files { try sandbox.write(text, to: "\(c.name)/\(name)") }
    let end = try learn("run", c.name, "--out", "m.safetensors")
    #expect(end.status == 3 && end.errors.contains(c.says), "\(end.status) \(end.errors)")
  }

  /// Files that are no keyword model, that a newer version wrote, and that contradict themselves.
  @Test func refusesFilesOfOthers() throws {
    #expect(try learn("run", spanish, "--learner", "cosine", "--out", "mine.safetensors").status == 0)
    let device = Device()
    let file = try Data(contentsOf: URL(fileURLWithPath: sandbox.path("mine.safetensors")))
    let (tensors, metadata) = try SafeTensors.decode(file, named: "mine", on: device)
    let statement = try #require(metadata["nightjar.keywords"])
    func refused(
      _ says: String, without missing: String? = nil, _ change: (String) -> String = { $0 }
    ) throws {
      var changed = metadata
      changed["nightjar.keywords"] = change(statement)
      try SafeTensors.write(
        tensors.filter { "\($0.key)" != missing }.map { (name: "\($0.key)", tensor: $0.value) },
        metadata: changed,
        to: sandbox.path("other.safetensors"))
      let end = try sandbox.run("model", "run", "other.safetensors", spanish + "/uno/3.wav")
      #expect(end.status == 3 && end.errors.contains(says), "\(end.status) \(end.errors)")
    }
    try refused("a newer nightjar wrote it") { $0.replacing("\"format\" : 1", with: "\"format\" : 2") }
    try refused("cannot be read") { String($0.dropLast(20)) }
    try refused("do not fit its words") { $0.replacing("\"lessons\" : 1", with: "\"lessons\" : 0") }
    try refused("are missing or damaged") { $0.replacing("\"lessons\" : 1", with: "\"lessons\" : 9") }
    try refused("it was changed") { $0.replacing("normalize", with: "abs") }
    try refused("it keeps a Lua file as '../") {
      $0.replacing("\"shipped/learners/cosine.lua\"", with: "\"../cosine.lua\"")
    }
    try refused("are missing or damaged", without: "base.labels")
    let weights = try sandbox.run("model", "run", "run/weights.safetensors", spanish + "/uno/3.wav")
    #expect(weights.status == 3 && weights.errors.contains("nightjar model learn"), "\(weights.errors)")
  }
}
