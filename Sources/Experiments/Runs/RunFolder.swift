import Figures
import Foundation
import Support

/// The folder of one run, `runs/2025-03-01-142530-NAME`. Files in it appear whole or not at all.
///
///     settings.json  results.json  scalars.csv  NAME.csv + NAME.txt (tables)  NAME.png/.svg/.pdf + NAME.txt
/// (figures)
public final class RunFolder: Sendable {
  public let path: String
  /// The scalars logged over steps.
  public let scalars: ScalarLog
  private let console: Console

  /// The last part of the path.
  public var name: String { URL(fileURLWithPath: path).lastPathComponent }

  /// Opens a folder that is there, to go on with a run.
  public init(opening path: String, console: Console = Console(quiet: true)) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
      throw FileError("open the run", path, reason: "no such folder; see `nightjar runs list`")
    }
    self.path = path
    self.console = console
    scalars = try ScalarLog(path: path + "/scalars.csv")
  }

  /// Makes a new folder under `root`, never one that is there: the second run of a second gets `-2` behind
  /// its name.
  public static func create(
    named name: String, under root: String = "runs", at date: Date = Date(), timeZone: TimeZone = .current,
    console: Console = Console(quiet: true)
  ) throws -> RunFolder {
    try AtomicFile.makeFolder(root)
    let stem = root + "/" + stamp(date, timeZone) + "-" + name.fileSlug
    for attempt in 1...10_000 {
      let path = attempt == 1 ? stem : "\(stem)-\(attempt)"
      // mkdir tells a new folder from an old one in one step, also between processes.
      if mkdir(path, 0o755) == 0 { return try RunFolder(opening: path, console: console) }
      guard errno == EEXIST else { throw FileError(errnoOf: "make the folder", path) }
    }
    throw FileError(
      "make the folder", stem, reason: "there are 10000 of this name; use another name or --out")
  }

  /// The path of a file in the folder. Signs that do not belong in a file name become "-".
  public func file(_ name: String, _ ending: String) -> String { "\(path)/\(name.fileSlug).\(ending)" }

  public func write(_ settings: RunSettings) throws { try write(settings, named: "settings") }

  /// `results.json`, which marks the run as finished unless it says that it is incomplete.
  public func write(_ results: BenchResults) throws { try write(results, named: "results") }

  /// `NAME.json`.
  public func write(_ value: some Encodable, named name: String) throws {
    try ResultFile.write(value, to: file(name, "json"))
  }

  /// `NAME.csv` and `NAME.txt`.
  public func write(_ table: ResultTable, named name: String) throws {
    try AtomicFile.write(table.csv, to: file(name, "csv"))
    try AtomicFile.write(table.text, to: file(name, "txt"))
  }

  /// Takes away what ``write(_:named:)`` of a table made, if it is there.
  func removeTable(named name: String) {
    for ending in ["csv", "txt"] { try? FileManager.default.removeItem(atPath: file(name, ending)) }
  }

  /// `NAME.png`, or what `endings` says, and always `NAME.txt`.
  ///
  /// Without gnuplot the figure is there as text, and one warning says how to get pictures; the run goes on.
  /// - Returns: the paths written.
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
  public func log(_ name: String, _ value: Double, step: Int) throws {
    try scalars.add(name, value, step: step)
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
