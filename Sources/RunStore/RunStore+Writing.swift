import GRDB

extension RunStore {
  /// Stores runs in one transaction; a run of the same folder is replaced.
  ///
  /// - Throws: ``RunStoreError``; then nothing is changed.
  public func record(_ entries: [RunEntry]) throws {
    guard !entries.isEmpty else { return }
    try translating {
      try database.write { db in
        for entry in entries { try Self.write(entry, db) }
        try Self.removeUnusedSources(db)
      }
    }
  }

  /// Removes runs by their folders.
  ///
  /// - Throws: ``RunStoreError``; then nothing is changed.
  public func remove(folders: [String]) throws {
    guard !folders.isEmpty else { return }
    try translating {
      try database.write { db in
        for folder in folders { try db.execute(sql: "DELETE FROM run WHERE folder = ?", arguments: [folder]) }
        try Self.removeUnusedSources(db)
      }
    }
  }

  private static func removeUnusedSources(_ db: Database) throws {
    try db.execute(sql: "DELETE FROM source WHERE key NOT IN (SELECT key FROM run_source)")
  }

  private static func write(_ entry: RunEntry, _ db: Database) throws {
    let run = entry.summary
    try db.execute(sql: "DELETE FROM run WHERE folder = ?", arguments: [run.folder])
    let columns: [(String, (any DatabaseValueConvertible)?)] = [
      ("folder", run.folder), ("name", run.name), ("fingerprint", run.fingerprint), ("kind", run.kind),
      ("state", run.state), ("reason", run.reason), ("exit_code", run.exitCode), ("command", run.command),
      ("started", run.started), ("seconds", run.seconds), ("seed", run.seed), ("task", run.task),
      ("model", run.model), ("recipe", run.recipe), ("encoder", run.encoder), ("data_name", run.data),
      ("data_key", run.dataKey), ("clips", run.clips), ("words", run.words), ("ways", run.ways),
      ("shots", run.shots), ("queries", run.queries), ("sessions", run.sessions), ("repeats", run.repeats),
      ("git_commit", run.gitCommit), ("git_changes", run.gitChanges), ("host", run.host),
      ("version", run.version), ("bytes", run.bytes),
      ("metric", run.metric), ("metric_value", run.metricValue),
    ]
    let names = columns.map(\.0).joined(separator: ", ")
    let marks = columns.map { _ in "?" }.joined(separator: ", ")
    try db.execute(
      sql: "INSERT INTO run (\(names)) VALUES (\(marks))", arguments: StatementArguments(columns.map(\.1)))
    let id = db.lastInsertedRowID
    try writeParts(of: entry, id, db)
    try writeResults(of: entry, id, db)
  }

  private static func writeParts(of entry: RunEntry, _ id: Int64, _ db: Database) throws {
    for setting in entry.settings {
      try insert(
        "setting", [id, setting.name, setting.type, setting.value, setting.defaultValue, setting.isGiven], db)
    }
    for source in entry.sources {
      try db.cachedStatement(sql: "INSERT OR IGNORE INTO source VALUES (?, ?)")
        .execute(arguments: [source.key, source.text])
      try insert("run_source", [id, source.path, source.key], db)
    }
    for (position, stage) in entry.stages.enumerated() {
      try insert("stage", [id, position, stage.name, stage.seconds, stage.isReused], db)
    }
    for file in entry.files { try insert("file", [id, file.name, file.bytes], db) }
  }

  private static func writeResults(of entry: RunEntry, _ id: Int64, _ db: Database) throws {
    for learner in entry.learners {
      try insert("learner", [nil, id, learner.name, learner.accuracy, learner.newAccuracy], db)
      let learnerID = db.lastInsertedRowID
      for (number, accuracies) in learner.all.enumerated() {
        for (session, accuracy) in accuracies.enumerated() {
          let new = number < learner.new.count ? learner.new[number] : []
          let newAccuracy = session > 0 && session <= new.count ? new[session - 1] : nil
          try insert("result", [learnerID, number + 1, session, accuracy, newAccuracy], db)
        }
      }
    }
    for metric in entry.metrics {
      for (number, value) in metric.values.enumerated() {
        try insert("metric", [id, metric.name, number + 1, value.isNaN ? nil : value], db)
      }
    }
    for series in entry.series {
      try insert("series", [nil, id, series.name], db)
      let seriesID = db.lastInsertedRowID
      let statement = try db.cachedStatement(sql: "INSERT OR REPLACE INTO scalar VALUES (?, ?, ?)")
      for (step, value) in zip(series.steps, series.values) {
        // SQLite has no NaN: it is NULL.
        try statement.execute(arguments: [seriesID, step, value.isNaN ? nil : value])
      }
    }
  }

  private static func insert(
    _ table: String, _ values: [(any DatabaseValueConvertible)?], _ db: Database
  ) throws {
    let marks = values.map { _ in "?" }.joined(separator: ", ")
    try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (\(marks))")
      .execute(arguments: StatementArguments(values))
  }
}
