import Figures
import Foundation
import Support

/// Histograms over steps, appended to `histograms.csv`: one row for each bin, `name,step,low,high,count`.
public final class HistogramLog: Sendable {
  /// One logged histogram.
  public struct Entry: Sendable, Hashable {
    public var name: String
    public var step: Int
    public var bins: [Bin]
  }

  /// How many values lie between two numbers.
  public struct Bin: Sendable, Hashable {
    public var low: Double
    public var high: Double
    public var count: Int

    public init(low: Double, high: Double, count: Int) {
      self.low = low
      self.high = high
      self.count = count
    }

    /// The bins of one series.
    static func bins(edges: [Double], counts: [Int]) -> [Bin] {
      counts.indices.map { Bin(low: edges[$0], high: edges[$0 + 1], count: counts[$0]) }
    }
  }

  private let file: AppendedFile

  /// Opens a log. The file is created with the first histogram.
  ///
  /// - Throws: `FileError` when a partial line cannot be removed.
  public init(path: String) throws {
    file = AppendedFile(path, header: Data("name,step,low,high,count\n".utf8))
    try AppendedFile.removePartialLine(path)
  }

  /// Logs a histogram. The last one of a name and step replaces earlier ones, as after a resume.
  ///
  /// - Throws: `FileError` when the buffer cannot be written.
  public func add(_ name: String, _ bins: [Bin], step: Int) throws {
    let cell = ResultTable.quoted(DisplayText.line(name))
    let lines = bins.map {
      "\(cell),\(step),\(ResultTable.number($0.low)),\(ResultTable.number($0.high)),\($0.count)\n"
    }
    try file.append { $0.append(contentsOf: lines.joined().utf8) }
  }

  /// Writes the buffer.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func flush() throws { try file.flush() }

  /// The histograms of a log, in order of their first logging; empty when the file does not exist.
  public static func read(_ path: String) -> [Entry] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var indices: [String: [Int: Int]] = [:]
    var entries: [Entry] = []
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst() {
      guard let (name, step, bin) = parse(line) else { continue }
      guard let index = indices[name]?[step] else {
        indices[name, default: [:]][step] = entries.count
        entries.append(Entry(name: name, step: step, bins: [bin]))
        continue
      }
      // Bins rise; one that does not begins a histogram that replaces the earlier one.
      if let last = entries[index].bins.last, bin.low < last.high { entries[index].bins = [] }
      entries[index].bins.append(bin)
    }
    return entries
  }

  /// A quoted name may contain commas; the numbers are the last four cells.
  private static func parse(_ line: Substring) -> (name: String, step: Int, bin: Bin)? {
    let cells = line.split(separator: ",", omittingEmptySubsequences: false)
    guard cells.count >= 5, let step = Int(cells[cells.count - 4]), let low = Double(cells[cells.count - 3]),
      let high = Double(cells[cells.count - 2]), let count = Int(cells[cells.count - 1])
    else { return nil }
    let name = cells.dropLast(4).joined(separator: ",")
    return (ResultTable.unquoted(name), step, Bin(low: low, high: high, count: count))
  }
}
