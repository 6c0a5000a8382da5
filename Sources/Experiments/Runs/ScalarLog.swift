import Figures
import Foundation
import Support
import Synchronization

/// Scalars over steps, appended to `scalars.csv` (`name,step,value`). Safe to call from many threads.
///
/// Lines are buffered for up to a second; ``flush()`` writes them. A partial line that a kill leaves is removed when
/// the log is opened again.
public final class ScalarLog: Sendable {
  /// One logged value.
  public struct Scalar: Sendable, Hashable {
    public var name: String
    public var step: Int
    public var value: Double

    /// A value at a step.
    public init(_ name: String, step: Int, _ value: Double) {
      self.name = name
      self.step = step
      self.value = value
    }
  }

  private let file: AppendedFile
  /// The first cells of the lines, by name, with the comma behind it: names recur.
  private let cells = Mutex<[Name: Data]>([:])

  /// Opens a log. The file is created with the first value.
  ///
  /// - Throws: `FileError` when a partial line cannot be removed.
  public init(path: String) throws {
    file = AppendedFile(path, header: Data("name,step,value\n".utf8))
    try AppendedFile.removePartialLine(path)
  }

  /// Logs a value. The last value of a name and step replaces earlier ones, as after a resume.
  ///
  /// - Throws: `FileError` when the buffer cannot be written.
  public func add(_ name: String, _ value: Double, step: Int) throws {
    let cell = cell(name)
    try file.append {
      $0.append(cell)
      $0.append(contentsOf: "\(step),\(ResultTable.number(value))\n".utf8)
    }
  }

  private func cell(_ name: String) -> Data {
    cells.withLock { cells in
      if let cell = cells[name] { return cell }
      let cell = Data("\(ResultTable.quoted(DisplayText.line(name))),".utf8)
      // A script may use any number of names.
      if cells.count < 1000 { cells[name] = cell }
      return cell
    }
  }

  /// Writes the buffer.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func flush() throws { try file.flush() }

  /// The values of a log, in order of their first logging, each name and step once, with its last value; empty when the
  /// file does not exist.
  public static func read(_ path: String) -> [Scalar] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var indices: [Name: [Int: Int]] = [:]
    var scalars: [Scalar] = []
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n").dropFirst() {
      guard let scalar = parse(line) else { continue }
      if let index = indices[scalar.name]?[scalar.step] {
        scalars[index] = scalar
      } else {
        indices[scalar.name, default: [:]][scalar.step] = scalars.count
        scalars.append(scalar)
      }
    }
    return scalars
  }

  /// A quoted name may contain commas; step and value are the last two cells.
  private static func parse(_ line: Substring) -> Scalar? {
    guard let last = line.lastIndex(of: ","), let value = Double(line[line.index(after: last)...]),
      let middle = line[..<last].lastIndex(of: ","), let step = Int(line[line.index(after: middle)..<last])
    else { return nil }
    return Scalar(ResultTable.unquoted(line[..<middle]), step: step, value)
  }
}
