import Figures
import Foundation
import Support

/// The folder of one run, `runs/2025-03-01-142530-NAME`. Files in it are written atomically.
///
///     settings.json                          what runs, where and how: written first
///     sources/                               the Lua files that ran
///     scalars.csv  histograms.csv  results.json
///     scalars.csv                            what was logged over steps
///     progress.csv                           repeats that are done, while a bench goes on
///     results.json
///     NAME.csv + NAME.txt                    tables
///     NAME.png, .svg or .pdf + NAME.txt      figures
///     outcome.json                           how it ended: written last
public final class RunFolder: Sendable {
  public let path: String
  /// The scalars logged over steps.
  public let scalars: ScalarLog
  /// The histograms logged over steps.
  public let histograms: HistogramLog
  /// The repeats of a bench that are done.
  public let progress: ProgressLog
  private let console: Console

  /// The last part of the path.
  public var name: String { URL(fileURLWithPath: path).lastPathComponent }

  /// Opens an existing folder.
  ///
  /// - Throws: `FileError` when it does not exist.
  public init(opening path: String, console: Console = Console(quiet: true)) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw FileError(
        "open the run", path, reason: "no such folder", hint: "`nightjar runs list` lists all runs")
    }
    self.path = path
    self.console = console
    scalars = try ScalarLog(path: path + "/scalars.csv")
    histograms = try HistogramLog(path: path + "/histograms.csv")
    progress = ProgressLog(run: path)
  }

  /// Creates a new folder under `root`. The second run of the same name and second gets the suffix `-2`.
  ///
  /// - Throws: `FileError` when it cannot be created.
  public static func create(
    named name: String, under root: String = "runs", at date: Date = Date(), timeZone: TimeZone = .current,
    console: Console = Console(quiet: true)
  ) throws -> RunFolder {
    try AtomicFile.makeFolder(root)
    let stem = root + "/" + stamp(date, timeZone) + "-" + name.fileSlug
    for attempt in 1...10_000 {
      let path = attempt == 1 ? stem : "\(stem)-\(attempt)"
      // mkdir is atomic: it fails for an existing folder, also of another process.
      if mkdir(path, 0o755) == 0 { return try RunFolder(opening: path, console: console) }
      guard errno == EEXIST else { throw FileError(errnoOf: "make the folder", path) }
    }
    throw FileError(
      "make the folder", stem, reason: "there are 10000 of this name", hint: "use another name, or --out")
  }

  /// The path of a file in the folder. Characters that do not belong in a file name are replaced by "-".
  public func file(_ name: String, _ ending: String) -> String { "\(path)/\(name.fileSlug).\(ending)" }

  /// Writes `settings.json`.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(_ settings: RunSettings) throws { try write(settings, named: "settings") }

  /// Writes `outcome.json`.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func write(_ outcome: RunOutcome) throws { try write(outcome, named: "outcome") }

  /// Writes `results.json`, which marks the run as finished unless the results are incomplete.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(_ results: BenchResults) throws { try write(results, named: "results") }

  /// Writes `NAME.json`.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(_ value: some Encodable, named name: String) throws {
    try ResultFile.write(value, to: file(name, "json"))
  }

  /// Writes `NAME.csv` and `NAME.txt`.
  ///
  /// - Throws: `FileError` when they cannot be written.
  public func write(_ table: ResultTable, named name: String) throws {
    try AtomicFile.write(table.csv, to: file(name, "csv"))
    try AtomicFile.write(table.text, to: file(name, "txt"))
  }

  /// Writes a table that programs read as `NAME.csv`, and one that is displayed as `NAME.txt`; files of a table that is
  /// nil are removed.
  ///
  /// - Throws: `FileError` when they cannot be written.
  public func write(csv: ResultTable?, text: ResultTable?, named name: String) throws {
    // A folder that is reused must not keep a table of the previous run.
    removeTable(named: name)
    if let csv { try AtomicFile.write(csv.csv, to: file(name, "csv")) }
    if let text { try AtomicFile.write(text.text, to: file(name, "txt")) }
  }

  /// Removes the files of a table, if they exist.
  func removeTable(named name: String) {
    for ending in ["csv", "txt"] { try? FileManager.default.removeItem(atPath: file(name, ending)) }
  }

  /// Writes a figure as `NAME.txt` and with other extensions.
  ///
  /// Without gnuplot only the text is written, and a warning states how to install it.
  ///
  /// - Returns: the paths written.
  /// - Throws: `FileError` when a file cannot be written, and the errors of the figure.
  @discardableResult
  public func write(_ figure: Figure, named name: String, endings: [String] = ["png"]) throws -> [String] {
    var written: [String] = []
    do {
      for ending in endings where ending != "txt" {
        let path = file(name, ending)
        try figure.save(to: path)
        written.append(path)
      }
    } catch let missing as FigureToolMissingError {
      console.warn(missing.description)
    }
    let text = file(name, "txt")
    try figure.save(to: text)
    return written + [text]
  }

  /// Logs one scalar.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func log(_ name: String, _ value: Double, step: Int) throws {
    try scalars.add(name, value, step: step)
  }

  /// Writes what was logged and is buffered.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func flush() throws {
    try scalars.flush()
    try histograms.flush()
  }

  /// `2025-03-01-142530`.
  static func stamp(_ date: Date, _ timeZone: TimeZone) -> String {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
    let two = { (value: Int?) in String(format: "%02d", value ?? 0) }
    return "\(parts.year ?? 0)-\(two(parts.month))-\(two(parts.day))-"
      + two(parts.hour) + two(parts.minute) + two(parts.second)
  }
}
