import Foundation
import Testing

/// Several settings of one learner, several seeds, and the files that a run leaves.
@Suite struct BenchTrialsSettings {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// The accuracies of each learner: (repeats, sessions).
  private func accuracies(_ run: String) throws -> [String: [[Double]]] {
    let learners = try sandbox.results(run)["learners"] as? [[String: Any]] ?? []
    return Dictionary(
      uniqueKeysWithValues: learners.compactMap { learner in
        guard let name = learner["name"] as? String, let all = learner["all"] as? [[Double]] else {
          return nil
        }
        return (name, all)
      })
  }

  @Test func settingsOfOneLearnerHaveNamesOfTheirOwn() throws {
    let end = try sandbox.bench(["--learner", "ridge:lambda=1,ridge:lambda=100,ridge", "--out", "r"])
    #expect(end.status == 0, "\(end.errors)")
    #expect(
      try sandbox.bench(["--learner", "ridge", "--set", "learner.lambda=100", "--out", "alone"]).status == 0)
    let found = try accuracies("r")
    #expect(found.keys.sorted() == ["ridge", "ridge:lambda=1", "ridge:lambda=100"])
    #expect(try accuracies("alone")["ridge"] == found["ridge:lambda=100"])
    let settings = try sandbox.results("r")["settings"] as? [String: String]
    #expect(settings?["ridge:lambda=100.lambda"] == "100")
  }

  @Test(arguments: [
    ("ridge,ridge", "listed twice"), ("ridge:lambda=1,ridge:lambda=1", "listed twice"),
    ("ridge:lamda=1", "unknown option 'lamda'; did you mean 'lambda'?"),
    ("ridge:lambda=x", "expected number"),
    ("ridge:=1", "has no value"), ("cosine,./plugins/learners/cosine.lua", "'cosine' twice"),
  ])
  func namesTheMistake(_ learner: String, _ text: String) throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.learner { name = "cosine", summary = "another one", api = 1, start = function() end,
        learn = function() end, scores = function(_, x) return x end }
      """, to: "plugins/learners/cosine.lua")
    let end = try sandbox.bench(["--learner", learner, "--out", "r"])
    #expect(end.status == 2 && end.errors.contains(text), "\(end.errors)")
    #expect(!sandbox.exists("r"))
  }

  @Test func everySeedIsARunOfItsOwn() throws {
    let several = try sandbox.bench(["--seeds", "3,1", "--learner", "cosine,frozen", "--out", "r"])
    #expect(several.status == 0, "\(several.errors)")
    #expect(several.output.contains("over seeds") && several.output.contains("seeds 3, 1, each 2 repeats"))
    for seed in ["1", "3"] {
      #expect(try sandbox.bench(["--seed", seed, "--learner", "cosine,frozen", "--out", seed]).status == 0)
    }
    let found = try accuracies("r")
    for learner in ["cosine", "frozen"] {
      #expect(
        try found[learner] == (accuracies("3")[learner] ?? []) + (accuracies("1")[learner] ?? []),
        "\(learner)")
    }
    let weights = { (path: String) in try Data(contentsOf: URL(fileURLWithPath: self.sandbox.path(path))) }
    #expect(try weights("r/weights.safetensors") == weights("3/weights.safetensors"))
    #expect(try weights("r/weights-seed-1.safetensors") == weights("1/weights.safetensors"))
    let rows = sandbox.read("r/accuracies.csv").split(separator: "\n")
    #expect(rows.count == 1 + 2 * 2 * 2 * 3)
    #expect(rows.contains { $0.contains(",cosine,1,2,0,") })
  }

  @Test(arguments: ["1,1", "", "1,x", "-1"]) func refusesSeedsThatAreNone(_ seeds: String) throws {
    #expect(try sandbox.bench(["--seeds", seeds]).status == 2)
  }

  /// pandas and R take a column of numbers only when every cell of it is one.
  @Test func tablesHaveOneValueInEachCell() throws {
    let end = try sandbox.bench(["--metric", "forgetting", "--figure", "svg,pdf", "--out", "r"])
    #expect(end.status == 0, "\(end.errors)")
    let texts: Set = [
      "data", "model", "encoder", "recipe", "learner", "other", "words", "language", "metric", "measure",
    ]
    for name in ["sessions", "languages", "continual", "comparisons", "measures", "costs", "accuracies"] {
      let rows = sandbox.read("r/\(name).csv").split(separator: "\n", omittingEmptySubsequences: false)
        .dropLast().map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
      // The name of the data has a comma, and is quoted.
      let header = try #require(rows.first)
      #expect(
        header.starts(with: ["data", "model", "encoder", "recipe", "ways", "shots", "sessions", "repeats"]),
        "\(name)")
      #expect(rows.count > 1, "\(name)")
      for row in rows.dropFirst() {
        let cells = ["data"] + row.dropFirst(row[0].hasPrefix("\"") ? 2 : 1)
        #expect(cells.count == header.count, "\(name): \(row)")
        for (column, cell) in zip(header, cells) where !texts.contains(column) {
          #expect(cell.isEmpty || Double(cell) != nil, "\(name), \(column): \(cell)")
        }
      }
    }
    #expect(sandbox.exists("r/curve.svg") && sandbox.exists("r/curve.pdf") && !sandbox.exists("r/curve.png"))
    #expect(
      sandbox.read("r/sessions.txt").contains("2 ways, 1 shot")
        || sandbox.read("r/sessions.txt").contains("2 ways, 4 shots"))
  }

  @Test func refusesAFormatThatFiguresDoNotHave() throws {
    let end = try sandbox.bench(["--figure", "jpeg"])
    #expect(end.status == 2 && end.errors.contains("'jpeg' is not a format of figures"), "\(end.errors)")
  }
}
