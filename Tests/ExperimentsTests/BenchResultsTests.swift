import Experiments
import Foundation
import Metrics
import Support
import Testing

enum SampleResults {
  static func make() throws -> BenchResults {
    var base = NetworkStatistics()
    base[.footprint] = 6_028_096
    base[.parameterCount] = 1_503_944
    base[.connectionSparsity] = 0
    base[.activationSparsity] = 0.783
    base[.classificationAccuracy] = 0.9709
    base.synapticOperations = .init(effectiveMACs: 7.85e6, effectiveACs: 0, dense: 25_919_488)
    base.other = ["top_k": .nan, "energy": .infinity]
    let learner = LearnerResults(
      name: "prototypical", all: try AccuracyCurve([[0.9, 0.8], [0.85, 0.75]]),
      new: try AccuracyCurve([[0.7], [0.6]]), languages: ["fa": 0.7, "en": 0.9])
    let frozen = LearnerResults(
      name: "frozen", all: try AccuracyCurve([[0.97, 0.88], [0.97, 0.87]]), new: nil)
    return BenchResults(
      task: "keyword_fscil",
      data: DataProvenance(kind: "synthetic speech", size: "quick", seed: 1, folder: "data", clips: 17_500),
      model: "m5", recipe: "cross_entropy", encoder: "mfcc", base: base, learners: [learner, frozen], seed: 1,
      repeats: 2, settings: ["model.channels": "256"],
      timings: [StageTiming(stage: "training", seconds: 41.5, isReused: false)])
  }
}

@Suite struct BenchResultsTests {
  @Test func comesBackAsItWent() throws {
    var results = try SampleResults.make()
    let data = try ResultFile.encode(results)
    var back = try ResultFile.decode(BenchResults.self, from: data)
    // NaN is not equal to itself.
    #expect(back.base.other["top_k"]?.isNaN == true)
    results.base.other["top_k"] = nil
    back.base.other["top_k"] = nil
    #expect(back == results)
    #expect(try ResultFile.encode(SampleResults.make()) == data)
  }

  /// A hint is advice that has not been followed already.
  @Test(arguments: [
    ("cross_entropy", 1.0, 0.8, "Try --recipe robust, fewer epochs"),
    ("robust", 1.0, 0.8, "Try fewer epochs, a smaller model"),
    ("robust", 0.5, 0.5, "Try more epochs"),
    ("cross_entropy", 0.97, 0.96, nil),
    ("", 1.0, 0.8, nil),  // given weights
  ]) func saysWhatToTryNext(_ recipe: String, _ training: Double, _ test: Double, _ hint: String?) throws {
    var results = try SampleResults.make()
    results.recipe = recipe
    results.base.accuracy = try JSONDecoder().decode(
      type(of: results.base.accuracy), from: Data(#"{"training": \#(training), "test": \#(test)}"#.utf8))
    #expect((results.trainingHint == nil) == (hint == nil))
    if let hint { #expect(results.trainingHint?.contains(hint) == true, "\(results.trainingHint ?? "")") }
  }

  @Test func usesNeuroBenchsNames() throws {
    let text = String(decoding: try ResultFile.encode(SampleResults.make()), as: UTF8.self)
    for key in [
      "\"Footprint\" : 6028096", "\"ParameterCount\" : 1503944", "\"ConnectionSparsity\" : 0",
      "\"ActivationSparsity\" : 0.783", "\"ClassificationAccuracy\" : 0.9709", "\"Effective_MACs\" : 7850000",
      "\"Effective_ACs\" : 0", "\"Dense\" : 25919488", "\"top_k\" : \"NaN\"", "\"energy\" : \"Infinity\"",
      "\"percentile95\"", "\"meanOverSessions\"",
    ] { #expect(text.contains(key), "\(key)") }
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    #expect(parsed is [String: Any])
  }

  @Test func namesTheFileThatIsDamaged() throws {
    let path = NSTemporaryDirectory() + "/results-\(UUID()).json"
    try Data("{\"format\": 1}".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: FileError.self) { try ResultFile.read(BenchResults.self, from: path) }
    #expect(throws: FileError.self) { try ResultFile.read(BenchResults.self, from: path + ".none") }
  }

  @Test func showsSessions() throws {
    let results = try SampleResults.make()
    #expect(
      results.sessionTable.text == """
        Accuracy (%), mean [5th–95th percentile over repeats]

        session      prototypical  prototypical, new            frozen
        ───────  ────────────────  ─────────────────  ────────────────
              0  87.5 [85.2–89.8]                     97.0 [97.0–97.0]
              1  77.5 [75.2–79.8]   65.0 [60.5–69.5]  87.5 [87.1–87.9]
           mean  82.5 [80.2–84.8]   65.0 [60.5–69.5]  92.2 [92.0–92.5]

        synthetic speech, quick; mfcc, m5, cross_entropy; seed 1, 2 repeats

        """)
    #expect(results.languageTable.csv == "language,prototypical,frozen\nen,90,\nfa,70,\n")
    #expect(results.rawTable.rows.count == 8)
    #expect(
      try results.sessionFigure().caption
        == "synthetic speech, quick; mfcc, m5, cross_entropy; seed 1, 2 repeats")
  }
}
