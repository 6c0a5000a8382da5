import Datasets
import Support
import Tensors

/// How many classes and samples a session has, and where they come from.
public struct SessionSettings: Sendable, Equatable {
  /// New classes a session.
  public var ways: Int
  /// Samples each new class is learned from.
  public var shots: Int
  /// Samples each new class is tested on.
  public var queries: Int
  /// Sessions, at most.
  public var sessions: Int
  /// Of each session word, clips from the first on that support sets are drawn from.
  public var supportPool: Int
  /// Of each session word, clips after those that queries are drawn from.
  public var queryPool: Int
  /// What was asked for and is not had, in words.
  public let warnings: [ErrorMessage]

  /// What is asked for, or what the data set has where nothing is (nil); the published protocol on its data.
  ///
  /// - Throws: ``DatasetError`` for the word that has too few samples.
  public init(
    for dataset: WordDataset, ways: Int? = nil, shots: Int? = nil, queries: Int? = nil, sessions: Int? = nil
  ) throws {
    let pool = dataset.pool
    let fewest = dataset.counts(.evaluation).dropFirst(dataset.baseCount).min() ?? 0
    let groups = Dictionary(grouping: dataset.words.filter { $0.part == .session }, by: \.language)
    let largest = groups.values.map(\.count).max() ?? 0
    // One language alone is cut into up to ten sessions; of several, each is one.
    let usual = groups.count > 1 ? largest : (largest + 9) / 10
    self.ways = ways ?? max(1, usual)
    self.shots = shots ?? min(5, pool.support)
    // More shots than the data set sets apart for them are taken from the queries, and the other way round.
    self.queries = queries ?? max(1, min(pool.query, fewest - max(pool.support, self.shots)))
    self.sessions = sessions ?? Int.max
    supportPool = max(self.shots, min(pool.support, fewest - self.queries))
    queryPool = max(self.queries, min(pool.query, fewest - supportPool))
    var warnings: [ErrorMessage] = []
    if largest > 0, self.ways > largest {
      warnings.append(
        ErrorMessage(
          "\(self.ways) ways are asked for, but no language has more than \(largest) session words: sessions have "
            + "as many"))
    }
    if queries == nil, self.queries < pool.query {
      warnings.append(
        ErrorMessage(
          "\(self.shots) shots leave \(self.queries) of a word's \(pool.query) queries: not comparable with runs of "
            + "fewer shots", hint: "set queries to \(self.queries) in all of them"))
    }
    self.warnings = warnings
    guard largest > 0 else {
      throw ProtocolError(
        "the data set \(dataset.path) has no session words",
        hint: "list some in <lang>/evaluation.csv, take some "
          + "of the words out of the base with `nightjar data import --base`, or speak a session language too with "
          + "`nightjar data synth --languages`")
    }
    guard !dataset.clips(.test).isEmpty else {
      throw ProtocolError(
        "the data set \(dataset.path) has no test clips of base words", hint: "list some in base_test.csv")
    }
    guard self.ways > 0, self.shots > 0, self.queries > 0, self.sessions > 0 else {
      throw ProtocolError(
        "the data set has \(largest) session words and \(pool.support) + \(pool.query) samples of the scarcest; "
          + "sessions need at least one word, one shot and one query")
    }
    let (needed, isTooMany) = supportPool.addingReportingOverflow(queryPool)
    try dataset.require(
      isTooMany ? .max : needed, in: .evaluation,
      hint: "lower the shots (\(self.shots)) or the queries (\(self.queries))")
  }
}

/// Something the few-shot protocol cannot be run with.
public struct ProtocolError: NightjarError {
  public let message: ErrorMessage
  public init(_ what: String, hint: String? = nil) { message = ErrorMessage(what, hint: hint) }
  public var exitCode: ExitCode { .data }
}

/// One session: the classes that are new in it, and its samples as rows of the evaluation split.
public struct FewShotSession: Sendable, Equatable {
  public let language: String
  /// New classes, as labels.
  public let classes: [Int]
  /// Rows to learn from, `shots` a class, class by class.
  public let support: [Int]
  /// Rows to test on, `queries` a class, class by class.
  public let queries: [Int]

  public init(language: String, classes: [Int], support: [Int], queries: [Int]) {
    self.language = language
    self.classes = classes
    self.support = support
    self.queries = queries
  }
}

/// Draws the sessions of one repeat: languages in random order, each in sessions of `ways` words.
public struct SessionSampler: Sendable {
  private let settings: SessionSettings
  /// Session languages with their labels.
  private let languages: [(language: String, labels: [Int])]
  /// Rows of the evaluation split by label.
  private let rows: [Int: [Int]]

  public init(_ dataset: WordDataset, _ settings: SessionSettings) {
    self.settings = settings
    languages = dataset.sessionLanguages.map { language in
      (
        language,
        dataset.words.indices.filter {
          dataset.words[$0].part == .session && dataset.words[$0].language == language
        }
      )
    }
    rows = Dictionary(grouping: dataset.clips(.evaluation).indices) { dataset.clips(.evaluation)[$0].label }
  }

  /// The sessions of repeat number `index` (from 0) under a seed: the same for every model and learner.
  public func sessions(seed: UInt64, repeat index: Int) -> [FewShotSession] {
    var random = RandomStream(seed: seed, purpose: "sessions", index: UInt64(index))
    var sessions: [FewShotSession] = []
    for place in random.permutation(languages.count) {
      let (language, labels) = languages[place]
      // Words keep their order where a language is one session, as in the published protocol.
      let order = labels.count > settings.ways ? random.permutation(labels.count).map { labels[$0] } : labels
      for start in stride(from: 0, to: order.count, by: settings.ways) {
        let classes = Array(order[start..<min(order.count, start + settings.ways)])
        var support: [Int] = []
        var queries: [Int] = []
        for label in classes {
          let own = rows[label] ?? []
          support += draw(settings.shots, from: own.prefix(settings.supportPool), &random)
          queries += draw(
            settings.queries, from: own.dropFirst(settings.supportPool).prefix(settings.queryPool), &random)
        }
        sessions.append(
          FewShotSession(language: language, classes: classes, support: support, queries: queries))
      }
    }
    return Array(sessions.prefix(settings.sessions))
  }

  private func draw(_ count: Int, from pool: ArraySlice<Int>, _ random: inout RandomStream) -> [Int] {
    let all = Array(pool)
    return count >= all.count ? all : random.permutation(all.count).prefix(count).map { all[$0] }
  }
}
