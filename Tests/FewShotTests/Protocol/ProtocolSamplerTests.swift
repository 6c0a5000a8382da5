import FewShot
import TestSupport
import Testing

@Suite struct ProtocolSamplerTests {
  /// The requested settings, and the expected sizes of sessions.
  struct Shape: Sendable, CustomTestStringConvertible {
    let name: String
    let languages: KeyValuePairs<String, Int>
    var ways: Int?
    var sessions: Int?
    let sizes: [Int]
    var testDescription: String { name }
  }

  static let shapes = [
    Shape(name: "a language is a session", languages: ["cy": 3, "eu": 3], sizes: [3, 3]),
    Shape(name: "ways cut a language", languages: ["cy": 4, "eu": 4], ways: 2, sizes: [2, 2, 2, 2]),
    Shape(name: "the last session has what is left", languages: ["cy": 5], ways: 2, sizes: [2, 2, 1]),
    Shape(
      name: "one language alone is cut into ten", languages: ["cy": 20], sizes: Array(repeating: 2, count: 10)
    ),
    Shape(name: "fewer words than ten", languages: ["cy": 3], sizes: [1, 1, 1]),
    Shape(name: "sessions at most", languages: ["cy": 6], ways: 2, sessions: 2, sizes: [2, 2]),
  ]

  @Test(arguments: shapes) func cutsWordsIntoSessions(_ c: Shape) throws {
    let words = try SpokenWords(c.languages, clips: 4)
    let settings = try SessionSettings(for: words.dataset, ways: c.ways, sessions: c.sessions)
    let sessions = SessionSampler(words.dataset, settings).sessions(seed: 1, repeat: 0)
    #expect(sessions.map(\.classes.count) == c.sizes)
    let classes = sessions.flatMap(\.classes)
    #expect(Set(classes).count == classes.count, "no word comes twice")
    for session in sessions {
      #expect(session.classes.allSatisfy { words.dataset.words[$0].language == session.language })
    }
  }

  @Test func whatIsAskedForAndNotHadIsSaid() throws {
    let words = try SpokenWords(["cy": 2, "eu": 2], clips: 20)
    #expect(try SessionSettings(for: words.dataset).warnings == [])
    #expect(throws: ProtocolError.self) { try SessionSettings(for: words.dataset, ways: 3) }
    // Of 20 clips a word, 10 are set apart for queries; 15 shots leave 5.
    let scarce = try SessionSettings(for: words.dataset, shots: 15).warnings
    #expect(
      scarce.count == 1 && scarce[0].what.contains("15 shots leave 5 of a word's 10 queries"), "\(scarce)")
    #expect(try SessionSettings(for: words.dataset, shots: 15, queries: 5).warnings == [])
  }

  @Test func samplesComeFromTheirPools() throws {
    let words = try SpokenWords(["cy": 3, "eu": 3], clips: 20)
    let settings = try SessionSettings(for: words.dataset, shots: 3, queries: 4)
    #expect((settings.supportPool, settings.queryPool) == (10, 10))
    let clips = words.dataset.clips(.evaluation)
    var firstShots: Set<String> = []
    for number in 0..<20 {
      for session in SessionSampler(words.dataset, settings).sessions(seed: 5, repeat: number) {
        #expect(
          session.support.map { clips[$0].label }
            == session.classes.flatMap { Array(repeating: $0, count: 3) })
        #expect(
          session.queries.map { clips[$0].label }
            == session.classes.flatMap { Array(repeating: $0, count: 4) })
        #expect(Set(session.support + session.queries).count == 3 * (3 + 4), "nothing twice")
        // The clips of a word are rows one after another here: 20 each.
        #expect(session.support.allSatisfy { $0 % 20 < 10 })
        #expect(session.queries.allSatisfy { $0 % 20 >= 10 })
        firstShots.insert(clips[session.support[0]].path)
      }
    }
    #expect(firstShots.count > 10, "different samples in different repeats")
  }

  @Test func aSeedAndARepeatDecideEverything() throws {
    let words = try SpokenWords(["cy": 2, "eu": 2, "fa": 2, "pl": 2], clips: 10)
    let sampler = SessionSampler(words.dataset, try SessionSettings(for: words.dataset))
    let again = SessionSampler(words.dataset, try SessionSettings(for: words.dataset))
    // Drawn out of order, as by a run that was resumed.
    let late = again.sessions(seed: 7, repeat: 9)
    #expect(sampler.sessions(seed: 7, repeat: 9) == late)
    #expect(sampler.sessions(seed: 8, repeat: 9) != late)
    #expect(sampler.sessions(seed: 7, repeat: 8) != late)
    let orders = Set((0..<40).map { sampler.sessions(seed: 7, repeat: $0).map(\.language) })
    #expect(orders.count > 10)
    #expect(orders.allSatisfy { $0.sorted() == ["cy", "eu", "fa", "pl"] }, "each language once")
  }

  @Test func takesWhatTheDataHas() throws {
    let few = try SessionSettings(for: SpokenWords(["cy": 2, "eu": 3], clips: 6).dataset)
    #expect((few.ways, few.shots, few.queries) == (3, 3, 3))
    let many = try SessionSettings(for: SpokenWords(["cy": 1, "eu": 1], clips: 200).dataset)
    #expect((many.shots, many.queries, many.supportPool, many.queryPool) == (5, 100, 100, 100))
  }

  /// Sizes a data set of two languages with 8 clips a word has no samples for.
  static let tooMuch: [(shots: Int?, queries: Int?, clips: Int, says: [String])] = [
    (9, nil, 8, ["cy1", "cy/evaluation.csv", "shots (9)"]),
    (nil, 9, 8, ["queries (9)"]),
    (5, 5, 8, ["shots (5)", "queries (5)"]),
    (nil, nil, 1, ["one word, one shot and one query"]),
  ]

  @Test(arguments: tooMuch.indices) func tooFewSamplesAreNamed(_ index: Int) throws {
    let c = Self.tooMuch[index]
    let words = try SpokenWords(["cy": 2, "eu": 2], clips: c.clips)
    let text = failureText { _ = try SessionSettings(for: words.dataset, shots: c.shots, queries: c.queries) }
    for part in c.says { #expect(text.contains(part), "\(text)") }
  }
}
