import Datasets
import Support

/// The number of classes and samples of a session, and the clips they are drawn from.
public struct SessionSettings: Sendable, Equatable {
  /// New classes per session.
  public var ways: Int
  /// Samples each new class is learned from.
  public var shots: Int
  /// Samples each new class is tested on.
  public var queries: Int
  /// The maximum number of sessions.
  public var sessions: Int
  /// The number of clips of each session word, from its first, that support sets are drawn from.
  public var supportPool: Int
  /// The number of clips after those that queries are drawn from.
  public var queryPool: Int
  /// Requests that the data set cannot meet.
  public let warnings: [ErrorMessage]

  /// The numbers requested; what the data set has for those that are nil, which on the data of the published protocol
  /// is that protocol.
  ///
  /// - Throws: ``ProtocolError`` for a data set without session words or test clips; `DatasetError` for the word that
  ///   has too few samples.
  public init(
    for dataset: WordDataset, ways: Int? = nil, shots: Int? = nil, queries: Int? = nil, sessions: Int? = nil
  ) throws {
    let pool = dataset.pool
    let fewest = dataset.counts(.evaluation).dropFirst(dataset.baseCount).min() ?? 0
    let groups = Dictionary(grouping: dataset.words.filter { $0.part == .session }, by: \.language)
    let largest = groups.values.map(\.count).max() ?? 0
    // One language alone is cut into up to ten sessions; of several, each is one.
    let waysByDefault = groups.count > 1 ? largest : (largest + 9) / 10
    self.ways = ways ?? max(1, waysByDefault)
    self.shots = shots ?? min(5, pool.support)
    // Shots beyond the support pool are taken from the query pool, and vice versa.
    self.queries = queries ?? max(1, min(pool.query, fewest - max(pool.support, self.shots)))
    self.sessions = sessions ?? Int.max
    supportPool = max(self.shots, min(pool.support, fewest - self.queries))
    queryPool = max(self.queries, min(pool.query, fewest - supportPool))
    var warnings: [ErrorMessage] = []
    if queries == nil, self.queries < pool.query {
      warnings.append(
        ErrorMessage(
          "\(self.shots) shots leave \(self.queries) of a word's \(pool.query) queries: not comparable with runs of "
            + "fewer shots", hint: "set queries to \(self.queries) in all of them"))
    }
    let wordsOfEach = max(1, self.ways)
    let available = groups.values.reduce(0) { $0 + ($1.count + wordsOfEach - 1) / wordsOfEach }
    if let sessions, sessions > available {
      warnings.append(
        ErrorMessage("\(sessions) sessions are requested, the data set has words for \(available)"))
    }
    self.warnings = warnings
    guard largest > 0 else {
      throw ProtocolError(
        "the data set \(dataset.path) has no session words",
        hint: "list some in <lang>/evaluation.csv, take some "
          + "of the words out of the base with `nightjar data import --base`, or speak a session language too with "
          + "`nightjar data synth --languages`")
    }
    guard self.ways <= largest else {
      throw ProtocolError(
        "\(self.ways) ways are requested, but no language has more than \(largest) session words",
        hint: "request at most \(largest) ways")
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

/// A setting of the protocol, declared once: the bindings, the task's options and their help are made from it.
public struct ProtocolSetting: Sendable {
  /// The type of a setting, with its default; nil where the data set or the run decides.
  public enum Value: Sendable {
    case integer(minimum: Int?, default: Int?)
    case boolean(default: Bool)
  }

  /// As scripts and `--set task.NAME=…` write it.
  public let name: String
  public let value: Value
  public let help: String

  public static let ways = count(
    "ways", "new classes per session; by default all session words of a language")
  public static let shots = count("shots", "samples each new class is learned from; 5 by default")
  public static let queries = count(
    "queries", "samples each new class is tested on; by default all there are")
  public static let sessions = count("sessions", "the maximum number of sessions; unlimited by default")
  public static let seed = ProtocolSetting(
    name: "seed", value: .integer(minimum: nil, default: nil),
    help: "of the sessions; the run's seed by default")
  public static let repeats = ProtocolSetting(
    name: "repeats", value: .integer(minimum: 1, default: 1), help: "repeats, each with sessions of its own")
  public static let prototypesInTrainMode = ProtocolSetting(
    name: "prototypes_in_train_mode", value: .boolean(default: false),
    help: "embed base samples in training mode, class by class, as NeuroBench's example does")

  /// What decides how sessions are drawn.
  public static let ofSessions = [ways, shots, queries, sessions]
  /// The options of the task that runs the protocol; seed and repeats are those of the run.
  public static let ofTask = ofSessions + [prototypesInTrainMode]

  private static func count(_ name: String, _ help: String) -> ProtocolSetting {
    ProtocolSetting(name: name, value: .integer(minimum: 1, default: nil), help: help)
  }
}

extension SessionSettings {
  /// The settings of ``ProtocolSetting/ofSessions`` that `value` has; see ``init(for:ways:shots:queries:sessions:)``.
  ///
  /// - Throws: ``ProtocolError`` and `DatasetError`.
  public init(for dataset: WordDataset, _ value: (ProtocolSetting) -> Int?) throws {
    try self.init(
      for: dataset, ways: value(.ways), shots: value(.shots), queries: value(.queries),
      sessions: value(.sessions))
  }
}

/// A data set or a setting that the few-shot protocol cannot be run with.
public struct ProtocolError: NightjarError {
  public let message: ErrorMessage
  public init(_ what: String, hint: String? = nil) { message = ErrorMessage(what, hint: hint) }
  public var exitCode: ExitCode { .data }
}
