import Dispatch
import Figures
import Foundation
import Support
import Synchronization
import Tensors

/// Scalars over steps, appended to `scalars.csv` (`name,step,value`). Safe to call from many threads.
///
/// Lines are buffered for up to a second or 64 kB, whether or not others follow; ``flush()`` writes them. A partial
/// line that a kill leaves is removed when the log is opened again.
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

  private struct State {
    var pending = Data()
    /// Whether the buffer will be written in a second or less.
    var isScheduled = false
    /// The first cells of the lines, by name: names recur.
    var cells: [String: Data] = [:]
  }

  private static let header = "name,step,value\n"
  private let path: String
  private let state: Mutex<State>

  /// Opens a log. The file is created with the first value.
  ///
  /// - Throws: `FileError` when a partial line cannot be removed.
  public init(path: String) throws {
    self.path = path
    state = Mutex(State())
    try Self.removePartialLine(path)
  }

  deinit { try? flush() }

  /// Logs a value. The last value of a name and step replaces earlier ones, as after a resume.
  ///
  /// - Throws: `FileError` when the buffer cannot be written.
  public func add(_ name: String, _ value: Double, step: Int) throws {
    try state.withLock { state in
      state.pending.append(Self.cell(name, &state))
      state.pending.append(contentsOf: "\(step),\(ResultTable.number(value))\n".utf8)
      if state.pending.count > 65_536 { return try write(&state) }
      if state.isScheduled { return }
      state.isScheduled = true
      // What cannot be written stays in the buffer; the next flush reports it.
      DispatchQueue.global(qos: .utility).asyncAfter(deadline: .now() + .milliseconds(900)) { [weak self] in
        self?.state.withLock { try? self?.write(&$0) }
      }
    }
  }

  /// The cell of a name, with the comma behind it.
  private static func cell(_ name: String, _ state: inout State) -> Data {
    if let cell = state.cells[name] { return cell }
    let cell = Data("\(ResultTable.quoted(DisplayText.line(name))),".utf8)
    // A script may use any number of names.
    if state.cells.count < 1000 { state.cells[name] = cell }
    return cell
  }

  /// Writes the buffer.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func flush() throws { try state.withLock { try write(&$0) } }

  /// The values of a log, in order of their first logging, each name and step once, with its last value; empty when the
  /// file does not exist.
  public static func read(_ path: String) -> [Scalar] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var indices: [String: [Int: Int]] = [:]
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

  private func write(_ state: inout State) throws {
    state.isScheduled = false
    guard !state.pending.isEmpty else { return }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw FileError(errnoOf: "write", path) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do {
      if try handle.seekToEnd() == 0 { try handle.write(contentsOf: Data(Self.header.utf8)) }
      try handle.write(contentsOf: state.pending)
    } catch {
      throw FileError("write", path, cause: error)
    }
    state.pending.removeAll(keepingCapacity: true)
  }

  /// Removes a partial line from the end.
  private static func removePartialLine(_ path: String) throws {
    guard let data = FileManager.default.contents(atPath: path), let last = data.last, last != 0x0A else {
      return
    }
    let whole = data.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
    guard truncate(path, off_t(whole)) == 0 else { throw FileError(errnoOf: "truncate", path) }
  }

  /// A quoted name may contain commas; step and value are the last two cells.
  private static func parse(_ line: Substring) -> Scalar? {
    guard let last = line.lastIndex(of: ","), let value = Double(line[line.index(after: last)...]),
      let middle = line[..<last].lastIndex(of: ","), let step = Int(line[line.index(after: middle)..<last])
    else { return nil }
    return Scalar(ResultTable.unquoted(String(line[..<middle])), step: step, value)
  }
}
