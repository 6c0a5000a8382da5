import Figures
import Foundation
import RunStore
import Support

/// The scalars of one run, read from `scalars.csv` as far as it has grown.
struct FollowedScalars {
  private let path: String
  private var offset: UInt64 = 0
  /// The last bytes that were read, by which a file that has replaced the one before is noticed.
  private var tail = Data()
  /// A line whose end is not written yet.
  private var partial: [UInt8] = []
  /// In order of the first value of each.
  private(set) var series: [StoredSeries] = []
  private var indices: [String: Int] = [:]
  /// Series with a step that is not above the one before it.
  private var unordered: Set<Int> = []
  /// The name that the last line began with, as it is in the file; names recur.
  private var lastCell: (bytes: [UInt8], index: Int)?

  /// What is read of a file at once.
  private static let chunk = 1 << 20
  private static let tailSize = 64

  init(run folder: String) { path = folder + "/scalars.csv" }

  /// Reads what was added.
  ///
  /// - Returns: whether there was anything.
  mutating func read() -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else {
      let hadSome = offset > 0
      if hadSome { reset() }
      return hadSome
    }
    defer { try? file.close() }
    // A run that is started again in the same folder begins a new file.
    if !continues(file) { reset() }
    guard (try? file.seek(toOffset: offset)) != nil else { return false }
    var hasGrown = false
    while let data = try? file.read(upToCount: Self.chunk), !data.isEmpty {
      hasGrown = true
      // The first line has the names of the columns.
      add([UInt8](data), isStart: offset == 0)
      offset += UInt64(data.count)
      tail = Data((tail + data).suffix(Self.tailSize))
    }
    for index in unordered { order(index) }
    unordered = []
    return hasGrown
  }

  /// Whether a file has what was read of it before.
  private func continues(_ file: FileHandle) -> Bool {
    guard offset > 0 else { return true }
    guard (try? file.seek(toOffset: offset - UInt64(tail.count))) != nil else { return false }
    return (try? file.read(upToCount: tail.count)) == tail
  }

  private mutating func reset() { self = FollowedScalars(path: path) }

  private init(path: String) { self.path = path }

  private mutating func add(_ bytes: [UInt8], isStart: Bool) {
    var start = bytes.startIndex
    var isHeader = isStart
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      if isHeader {
        isHeader = false
      } else if partial.isEmpty {
        add(line: bytes[start..<end])
      } else {
        partial += bytes[start..<end]
        add(line: partial[...])
        partial = []
      }
      start = end + 1
    }
    partial += bytes[start...]
  }

  /// Adds `name,step,value`; a quoted name may contain commas.
  private mutating func add(line: ArraySlice<UInt8>) {
    let comma = UInt8(ascii: ",")
    guard let last = line.lastIndex(of: comma), let middle = line[..<last].lastIndex(of: comma),
      let step = Int(String(decoding: line[(middle + 1)..<last], as: UTF8.self)),
      let value = Double(String(decoding: line[(last + 1)...], as: UTF8.self))
    else { return }
    add(step, value, to: index(of: line[..<middle]))
  }

  private mutating func index(of cell: ArraySlice<UInt8>) -> Int {
    if let lastCell, lastCell.bytes.elementsEqual(cell) { return lastCell.index }
    let name = ResultTable.unquoted(String(decoding: cell, as: UTF8.self))
    let index = indices[name] ?? series.count
    if index == series.count {
      indices[name] = index
      series.append(StoredSeries(name: name, steps: [], values: []))
    }
    lastCell = (Array(cell), index)
    return index
  }

  private mutating func add(_ step: Int, _ value: Double, to index: Int) {
    if let last = series[index].steps.last, step <= last { unordered.insert(index) }
    series[index].steps.append(step)
    series[index].values.append(value)
  }

  /// Of two values of one step, as after a resume, the last one counts.
  private mutating func order(_ index: Int) {
    let all = series[index]
    let order = all.steps.indices.sorted { (all.steps[$0], $0) < (all.steps[$1], $1) }
    let kept = zip(order, order.dropFirst() + [-1]).filter { position, next in
      next < 0 || all.steps[position] != all.steps[next]
    }.map(\.0)
    series[index].steps = kept.map { all.steps[$0] }
    series[index].values = kept.map { all.values[$0] }
  }
}
