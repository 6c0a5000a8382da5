import GRDB

extension RunStore {
  /// The tables, as they were made by one version after the other. A migration that was released is never changed.
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("runs") { db in try db.execute(sql: firstTables) }
    migrator.registerMigration("metrics") { db in
      try db.execute(
        sql: "ALTER TABLE run ADD COLUMN metric TEXT; ALTER TABLE run ADD COLUMN metric_value REAL")
    }
    migrator.registerMigration("values of metrics") { db in try db.execute(sql: metricTable) }
    return migrator
  }

  /// Runs that may have such values are read again, by a fingerprint that no folder has.
  private static let metricTable = """
    CREATE TABLE metric (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      name TEXT NOT NULL,
      repeat INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (run_id, name, repeat)
    ) WITHOUT ROWID;
    UPDATE run SET fingerprint = '' WHERE task IS NOT NULL AND id NOT IN (SELECT run_id FROM learner);
    """

  /// A run owns its rows in all other tables but `source`, which holds each text once, whatever runs used it.
  private static let firstTables = """
    CREATE TABLE run (
      id INTEGER PRIMARY KEY,
      folder TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      kind TEXT NOT NULL,
      state TEXT NOT NULL,
      reason TEXT,
      exit_code INTEGER,
      command TEXT NOT NULL,
      started TEXT NOT NULL,
      seconds REAL,
      seed TEXT,
      task TEXT, model TEXT, recipe TEXT, encoder TEXT,
      data_name TEXT, data_key TEXT, clips INTEGER, words INTEGER,
      ways INTEGER, shots INTEGER, queries INTEGER, sessions INTEGER, repeats INTEGER,
      git_commit TEXT, git_changes INTEGER,
      host TEXT, version TEXT,
      bytes INTEGER NOT NULL
    );
    CREATE INDEX run_by_start ON run (started);
    CREATE TABLE setting (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      name TEXT NOT NULL,
      type TEXT NOT NULL,
      value TEXT NOT NULL,
      default_value TEXT,
      is_given INTEGER NOT NULL,
      PRIMARY KEY (run_id, name)
    ) WITHOUT ROWID;
    CREATE TABLE source (
      key TEXT PRIMARY KEY,
      text TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE run_source (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      path TEXT NOT NULL,
      key TEXT NOT NULL REFERENCES source,
      PRIMARY KEY (run_id, path)
    ) WITHOUT ROWID;
    CREATE INDEX run_source_by_key ON run_source (key);
    CREATE TABLE learner (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      name TEXT NOT NULL,
      accuracy REAL NOT NULL,
      new_accuracy REAL,
      UNIQUE (run_id, name)
    );
    CREATE TABLE result (
      learner_id INTEGER NOT NULL REFERENCES learner ON DELETE CASCADE,
      repeat INTEGER NOT NULL,
      session INTEGER NOT NULL,
      accuracy REAL NOT NULL,
      new_accuracy REAL,
      PRIMARY KEY (learner_id, repeat, session)
    ) WITHOUT ROWID;
    CREATE TABLE series (
      id INTEGER PRIMARY KEY,
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      name TEXT NOT NULL,
      UNIQUE (run_id, name)
    );
    CREATE TABLE scalar (
      series_id INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
      step INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (series_id, step)
    ) WITHOUT ROWID;
    CREATE TABLE stage (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      position INTEGER NOT NULL,
      name TEXT NOT NULL,
      seconds REAL NOT NULL,
      is_reused INTEGER NOT NULL,
      PRIMARY KEY (run_id, position)
    ) WITHOUT ROWID;
    CREATE TABLE file (
      run_id INTEGER NOT NULL REFERENCES run ON DELETE CASCADE,
      name TEXT NOT NULL,
      bytes INTEGER NOT NULL,
      PRIMARY KEY (run_id, name)
    ) WITHOUT ROWID;
    """
}
