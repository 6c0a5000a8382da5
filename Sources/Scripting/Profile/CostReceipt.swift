import Figures
import Foundation
import LuaHost
import Networks
import Support
import Tensors

/// What a run has cost, by line of the scripts, by file and by layer.
public struct CostReceipt {
  private let calls: CallProfile
  private let layers: LayerProfile
  /// The names of plugins by their files.
  private let titles: [Name: String]
  /// The most lines and layers that are displayed.
  private static let maxRows = 20

  public init(_ calls: CallProfile, _ layers: LayerProfile, titles: [Name: String]) {
    self.calls = calls
    self.layers = layers
    self.titles = titles
  }

  /// All costs of one line, or of one file.
  private struct Total {
    var file: String
    var line: Int?
    var cost = CallProfile.Cost()
    /// What the line calls, with the time in it.
    var functions: [String: Int] = [:]

    var nanoseconds: Int { cost.luaNanoseconds + cost.nativeNanoseconds }

    mutating func add(_ site: CallProfile.Site, _ other: CallProfile.Cost) {
      cost.luaNanoseconds += other.luaNanoseconds
      cost.nativeNanoseconds += other.nativeNanoseconds
      cost.crossings += other.crossings
      cost.operations += other.operations
      cost.bytes += other.bytes
      cost.peak = max(cost.peak, other.peak)
      if !site.function.isEmpty {
        functions[site.function, default: 0] += other.nativeNanoseconds + other.luaNanoseconds
      }
    }
  }

  private func totals(byLine: Bool) -> [Total] {
    var totals: [String: Total] = [:]
    for (site, cost) in calls.costs {
      let key = byLine ? "\(site.file):\(site.line)" : site.file
      var total = totals[key] ?? Total(file: site.file, line: byLine ? site.line : nil)
      total.add(site, cost)
      totals[key] = total
    }
    return totals.values.sorted {
      ($0.nanoseconds, $1.file, $1.line ?? 0) > ($1.nanoseconds, $0.file, $0.line ?? 0)
    }
  }

  /// The receipt as text: tables of lines, files and layers, the most expensive first, then hints.
  public var text: String {
    var parts = [lineTable.text, fileTable.text]
    if let layerTable { parts.append(layerTable.text) }
    let hints = PrimitiveHint.all(of: calls.costs).map { "Hint: \($0)" }
    if !hints.isEmpty { parts.append(hints.joined(separator: "\n") + "\n") }
    return parts.joined(separator: "\n")
  }

  /// What is called by no line of Lua.
  private static let host = "(called by the host)"

  private static let costColumns: [ResultTable.Column] = [
    "native", "Lua", "operations", "allocated", "peak", "crossings",
  ]
  .map { .init($0, isRight: true) }

  private static func cells(_ cost: CallProfile.Cost) -> [ResultTable.Cell] {
    [
      time(cost.nativeNanoseconds), time(cost.luaNanoseconds), .text("\(cost.operations)"),
      .text("\(ByteCount(cost.bytes))"), .text("\(ByteCount(cost.peak))"), .text("\(cost.crossings)"),
    ]
  }

  private static func time(_ nanoseconds: Int) -> ResultTable.Cell {
    .text(nanoseconds < 1000 ? "" : Progress.precise(Double(nanoseconds) / 1e9))
  }

  private var lineTable: ResultTable {
    let all = totals(byLine: true).filter { $0.nanoseconds >= 1000 }
    let rows = all.prefix(Self.maxRows).map { total -> [ResultTable.Cell] in
      let calls = total.functions.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map {
        Self.shown($0.key)
      }
      let names = calls.prefix(3).joined(separator: ", ") + (calls.count > 3 ? ", …" : "")
      let place = total.file.isEmpty ? Self.host : "\(Self.shortened(total.file)):\(total.line ?? 0)"
      return [.text(place)] + Self.cells(total.cost) + [.text(names)]
    }
    let omitted = all.count - rows.count
    return ResultTable(
      title: "Cost by line (native time without callbacks; peak: the most bytes of tensors at once)",
      columns: [.init("line")] + Self.costColumns + [.init("calls")], rows: rows,
      caption: omitted > 0 ? "and \("line".counted(omitted)) more" : "")
  }

  private var fileTable: ResultTable {
    let rows = totals(byLine: false).map { total -> [ResultTable.Cell] in
      let file = total.file.isEmpty ? Self.host : Self.shortened(total.file)
      return [.text(titles[total.file].map { "\($0) (\(file))" } ?? file)] + Self.cells(total.cost)
    }
    return ResultTable(
      title: "Cost by file; outside of Lua \(Progress.precise(Double(calls.outside) / 1e9))",
      columns: [.init("plugin or file")] + Self.costColumns, rows: rows)
  }

  private var layerTable: ResultTable? {
    let all = layers.costs.sorted { $0.ownNanoseconds > $1.ownNanoseconds }
    guard !all.isEmpty else { return nil }
    let rows = all.prefix(Self.maxRows).map { layer -> [ResultTable.Cell] in
      [
        .text(layer.name.isEmpty ? "(network)" : layer.name),
        .text(layer.description.printableLine(limit: 48)), .text("\(layer.calls)"),
        Self.time(layer.ownNanoseconds), Self.time(layer.nanoseconds), .text("\(layer.operations)"),
        .text("\(ByteCount(layer.bytes))"), .text("\(ByteCount(layer.peak))"), .text("\(layer.parameters)"),
      ]
    }
    let names = ["calls", "own", "with parts", "operations", "allocated", "peak", "parameters"]
    return ResultTable(
      title: "Cost by layer, forward",
      columns: [.init("layer"), .init("")] + names.map { .init($0, isRight: true) }, rows: rows,
      caption: all.count > rows.count ? "and \("layer".counted(all.count - rows.count)) more" : "")
  }

  /// A host function as the script writes it: `x[i]` for the metamethod of indexing.
  static func shown(_ function: String) -> String {
    let operators = [
      "index": "x[i]", "newindex": "x[i] = y", "add": "+", "sub": "-", "mul": "*", "div": "/", "unm": "-x",
      "pow": "^", "len": "#x", "call": "module(x)", "eq": "==", "lt": "<", "le": "<=", "mod": "%",
    ]
    return operators[function] ?? function
  }

  /// A file below the current folder, by its path in it.
  private static func shortened(_ file: String) -> String {
    let folder = FileManager.default.currentDirectoryPath + "/"
    return file.hasPrefix(folder) ? String(file.dropFirst(folder.count)) : file
  }
}
