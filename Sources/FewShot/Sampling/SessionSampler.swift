import Algorithms
import Datasets
import Tensors

/// One session: its new classes, and its samples as rows of the evaluation split.
public struct FewShotSession: Sendable, Equatable, Codable {
  public let language: String
  /// New classes, as labels.
  public let classes: [Int]
  /// Rows to learn from, `shots` per class, class by class.
  public let support: [Int]
  /// Rows to test on, `queries` per class, class by class.
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
    for index in random.permutation(languages.count) {
      let (language, labels) = languages[index]
      // Words keep their order where a language is one session, as in the published protocol.
      let order = labels.count > settings.ways ? random.permutation(labels.count).map { labels[$0] } : labels
      for chunk in order.chunks(ofCount: settings.ways) {
        let classes = Array(chunk)
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
