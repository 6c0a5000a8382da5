import GRDB

extension RunStore {
  /// All runs, the oldest first.
  ///
  /// - Throws: ``RunStoreError``.
  public func runs() throws -> [StoredRun] {
    try reading { db in
      let rows = try Row.fetchCursor(
        db, sql: "SELECT \(StoredRun.columns) FROM run ORDER BY started, name, id")
      return try Array(rows.map(StoredRun.init))
    }
  }

  /// The fingerprint and the state of every run, by folder.
  ///
  /// - Throws: ``RunStoreError``.
  public func fingerprints() throws -> [String: (fingerprint: String, state: String)] {
    try reading { db in
      let rows = try Row.fetchCursor(db, sql: "SELECT folder, fingerprint, state FROM run")
      var known: [String: (fingerprint: String, state: String)] = [:]
      while let row = try rows.next() { known[row[0]] = (row[1], row[2]) }
      return known
    }
  }

  /// The learners of all runs with their mean accuracies, by folder, in their order; without results of repeats.
  ///
  /// - Throws: ``RunStoreError``.
  public func learners() throws -> [String: [StoredLearner]] {
    try reading { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT run.folder, learner.name, accuracy, new_accuracy
          FROM learner JOIN run ON run.id = learner.run_id ORDER BY learner.id
          """)
      var learners: [String: [StoredLearner]] = [:]
      while let row = try rows.next() {
        learners[row[0], default: []].append(
          StoredLearner(name: row[1], accuracy: row[2], newAccuracy: row[3], all: [], new: []))
      }
      return learners
    }
  }

  /// The settings of all runs, or only of one, by folder.
  ///
  /// - Parameter onlyDifferent: leaves out those that have their default.
  /// - Throws: ``RunStoreError``.
  public func settings(onlyDifferent: Bool = false) throws -> [String: [StoredSetting]] {
    try reading { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT \(StoredSetting.columns), run.folder FROM setting JOIN run ON run.id = setting.run_id
          \(onlyDifferent ? "WHERE setting.is_given AND setting.value IS NOT setting.default_value" : "")
          ORDER BY setting.run_id, setting.name
          """)
      var settings: [String: [StoredSetting]] = [:]
      while let row = try rows.next() {
        settings[row[row.count - 1], default: []].append(StoredSetting(row))
      }
      return settings
    }
  }

  /// Everything that is stored of the run in a folder; nil for one that is not stored.
  ///
  /// - Throws: ``RunStoreError``.
  public func entry(folder: String) throws -> RunEntry? {
    try reading { db in
      let run = try Row.fetchOne(
        db, sql: "SELECT \(StoredRun.columns), id FROM run WHERE folder = ?", arguments: [folder])
      guard let row = run else { return nil }
      let id: Int64 = row["id"]
      func rows(_ sql: String) throws -> [Row] { try Row.fetchAll(db, sql: sql, arguments: [id]) }
      var entry = RunEntry(summary: StoredRun(row))
      entry.settings = try rows(
        "SELECT \(StoredSetting.columns) FROM setting WHERE run_id = ? ORDER BY name"
      ).map(StoredSetting.init)
      entry.sources = try rows(
        "SELECT path, source.key AS key, text FROM run_source JOIN source USING (key) WHERE run_id = ? ORDER BY path"
      ).map { StoredSource(path: $0["path"], key: $0["key"], text: $0["text"]) }
      entry.learners = try rows("SELECT * FROM learner WHERE run_id = ? ORDER BY id").map {
        try learner($0, db)
      }
      entry.metrics = metrics(try rows("SELECT * FROM metric WHERE run_id = ? ORDER BY name, repeat"))
      entry.series = try rows("SELECT * FROM series WHERE run_id = ? ORDER BY id").map { try series($0, db) }
      entry.stages = try rows("SELECT * FROM stage WHERE run_id = ? ORDER BY position").map {
        StoredStage(name: $0["name"], seconds: $0["seconds"], isReused: $0["is_reused"])
      }
      entry.files = try rows("SELECT * FROM file WHERE run_id = ? ORDER BY name").map {
        StoredFile(name: $0["name"], bytes: $0["bytes"])
      }
      return entry
    }
  }

  private func metrics(_ rows: [Row]) -> [StoredMetric] {
    var metrics: [StoredMetric] = []
    for row in rows {
      let name: String = row["name"]
      if metrics.last?.name != name { metrics.append(StoredMetric(name: name, values: [])) }
      metrics[metrics.count - 1].values.append(row["value"] ?? .nan)
    }
    return metrics
  }

  private func learner(_ row: Row, _ db: Database) throws -> StoredLearner {
    var learner = StoredLearner(
      name: row["name"], accuracy: row["accuracy"], newAccuracy: row["new_accuracy"], all: [], new: [])
    let id: Int64 = row["id"]
    let results = try Row.fetchCursor(
      db, sql: "SELECT * FROM result WHERE learner_id = ? ORDER BY repeat, session", arguments: [id])
    while let result = try results.next() {
      let session: Int = result["session"]
      if session == 0 {
        learner.all.append([])
        learner.new.append([])
      }
      learner.all[learner.all.count - 1].append(result["accuracy"])
      if let new: Double = result["new_accuracy"] { learner.new[learner.new.count - 1].append(new) }
    }
    return learner
  }

  private func series(_ row: Row, _ db: Database) throws -> StoredSeries {
    var series = StoredSeries(name: row["name"], steps: [], values: [])
    let id: Int64 = row["id"]
    let scalars = try Row.fetchCursor(
      db, sql: "SELECT step, value FROM scalar WHERE series_id = ? ORDER BY step", arguments: [id])
    while let scalar = try scalars.next() {
      series.steps.append(scalar["step"])
      series.values.append(scalar["value"] ?? .nan)
    }
    return series
  }

  private func reading<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try translating { try database.read(body) }
  }
}

extension StoredRun {
  /// What ``init(_:)`` reads, in its order: to look thirty names up in each row would take a tenth of a list's time.
  fileprivate static let columns = """
    name, folder, fingerprint, kind, state, reason, exit_code, command, started, seconds, seed, task, model, recipe,
    encoder, data_name, data_key, clips, words, ways, shots, queries, sessions, repeats, git_commit, git_changes, host,
    version, bytes, metric, metric_value
    """

  fileprivate init(_ row: Row) {
    var position = 1
    func next<Value: DatabaseValueConvertible>() -> Value {
      position += 1
      return row[position]
    }
    self.init(name: row[0], folder: row[1])
    fingerprint = next()
    kind = next()
    state = next()
    reason = next()
    exitCode = next()
    command = next()
    started = next()
    seconds = next()
    seed = next()
    task = next()
    model = next()
    recipe = next()
    encoder = next()
    data = next()
    dataKey = next()
    clips = next()
    words = next()
    ways = next()
    shots = next()
    queries = next()
    sessions = next()
    repeats = next()
    gitCommit = next()
    gitChanges = next()
    host = next()
    version = next()
    bytes = next()
    metric = next()
    metricValue = next()
  }
}

extension StoredSetting {
  /// What ``init(_:)`` reads, in its order.
  fileprivate static let columns = "setting.name, type, value, default_value, is_given"

  fileprivate init(_ row: Row) {
    self.init(name: row[0], type: row[1], value: row[2], defaultValue: row[3], isGiven: row[4])
  }
}
