import Figures
import Foundation
import LuaHost
import Networks
import Support
import Tensors

/// Writes the files of `nj.run` to the run's folder.
struct RunFiles {
  let folder: String
  /// The call that writes them.
  let call: LuaCall

  init(_ call: LuaCall) throws {
    folder = try call.context.runFolder()
    self.call = call
  }

  /// Names of files that the run itself writes.
  static let reserved: Set<String> = [
    "settings.json", "results.json", "scalars.csv", "histograms.csv", "outcome.json",
  ]

  /// The path of a file; characters that do not belong in a file name become "-".
  private func path(_ name: String, _ ending: String) throws -> String {
    let clean = Self.clean(name)
    guard !clean.isEmpty else {
      throw ScriptError("'\(name)' is not a valid name for a file in the run's folder")
    }
    let file = clean.lowercased().hasSuffix("." + ending) ? clean : "\(clean).\(ending)"
    guard !Self.reserved.contains(file.lowercased()) else {
      throw ScriptError("the run writes \(file) itself", hint: "use another name than '\(name)'")
    }
    return folder + "/" + file
  }

  private static func clean(_ name: String) -> String {
    let clean = name.prefix(1000).map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    return String(String(clean.drop { $0 == "." }).prefix(80))
  }

  /// Endings of formats that hold one kind of content: no other is saved under them.
  private static let formats: Set = [
    "json", "txt", "csv", "png", "svg", "pdf", "safetensors", "npz", "npy", "pt", "pth", "ckpt",
  ]

  /// - Throws: `ScriptError` for the ending of a format that the value is not saved in.
  private static func require(
    _ ending: String, in own: [String], _ what: String, hint: String = "leave the ending out"
  ) throws {
    guard formats.contains(ending), !own.contains(ending) else { return }
    let list = own.map { "." + $0 }.joined(separator: " or ")
    throw ScriptError("save: \(what) saved as \(list), not as .\(ending)", hint: hint)
  }

  /// Saves tensors and the state of a model as safetensors or npz, tables, numbers and booleans as JSON, strings as
  /// text.
  ///
  /// - Returns: the path of the file.
  /// - Throws: `ScriptError` for a value that has no such format; `FileError`, `LimitError`.
  func save(_ name: String, _ value: LuaValue) throws -> String {
    let ending = (Self.clean(name) as NSString).pathExtension.lowercased()
    func saveState(_ state: [(name: String, tensor: Tensor)]) throws -> String {
      try Self.require(ending, in: ["safetensors", "npz"], "tensors are")
      let ending = ending == "npz" ? ending : "safetensors"
      return try write(StateFile.encode(state, for: "state.\(ending)"), name, ending)
    }
    if let tensor = value.object(Tensor.self) { return try saveState([("tensor", tensor)]) }
    if let model = value.object(ModuleHandle.self)?.module {
      guard !["onnx", "nir", "h5"].contains(ending) else {
        throw ScriptError(
          "save writes the state of a model",
          hint: "for other formats use nj.export(nj.run.out .. \"/\(name)\", model, …)")
      }
      try model.requireShallow()
      return try saveState(model.state)
    }
    switch value {
    case .string(let text): return try write(Data(text.utf8), name, ending.isEmpty ? "txt" : ending)
    case .bytes(let bytes): return try write(Data(bytes), name, ending.isEmpty ? "txt" : ending)
    default: break
    }
    let values = value.table.map { $0.list + $0.fields.map(\.value) } ?? []
    // Something else under the name of a file of tensors is a mistake, which is told as nj.save tells it.
    let isState = value.table != nil && ["safetensors", "npz"].contains(ending)
    if isState || !values.isEmpty && values.allSatisfy({ $0.object(Tensor.self) != nil }) {
      return try saveState(StateFileBindings.named(value, "save"))
    }
    try Self.require(
      ending, in: ["json"], "tables, numbers and booleans are",
      hint: ending == "csv" ? "nj.run.table(name, rows) writes rows as .csv" : "leave the ending out")
    let limits = call.state.limits
    return try write(
      Data(JSONWriter.text(value, pretty: true, within: limits) + Array("\n".utf8)), name, "json")
  }

  /// Writes a file and returns its path.
  private func write(
    _ bytes: @autoclosure @escaping @Sendable () throws -> Data, _ name: String, _ ending: String
  ) throws -> String {
    let path = try path(name, ending)
    try call.write(to: path) { _ in try bytes() }
    return path
  }

  /// Saves a figure as NAME.txt and, if gnuplot is installed, in the formats of the run, NAME.png by default.
  ///
  /// - Returns: the path of the first picture, or why it could not be drawn.
  /// - Throws: `ScriptError`, `FileError`, `LimitError`.
  func save(_ name: String, _ figure: Figure) throws -> Result<String, FigureToolMissingError> {
    let text = try write(figure.bytes(for: "figure.txt"), name, "txt")
    do {
      let pictures = try call.context.run.figureFormats.map { format in
        try write(figure.bytes(for: "figure.\(format)"), name, format)
      }
      return .success(pictures.first ?? text)
    } catch let missing as FigureToolMissingError {
      return .failure(missing)
    }
  }

  /// Saves a table as NAME.csv; NAME.txt is for a figure of the same name.
  ///
  /// - Returns: the path of the file.
  /// - Throws: `ScriptError`, `FileError`, `LimitError`.
  func save(_ name: String, _ table: ResultTable) throws -> String {
    try write(Data(UninterruptibleWork.run("table") { table.csv }.utf8), name, "csv")
  }
}

/// Rows of named values as a table; see `nj.run.table`.
enum RunTable {
  /// More than anyone reads, and little enough to be written at once.
  private static let maxCells = 1_000_000

  /// The table with these columns, in order; nil for all, sorted by name with numbers in names compared as numbers
  /// ("epoch 6" before "epoch 11").
  ///
  /// - Throws: `ScriptError` with row and column of a cell that is not a value.
  static func make(_ name: String, rows: [LuaValue], columns: [String]?) throws -> ResultTable {
    guard !rows.isEmpty else { throw ScriptError("table: '\(name)' has no rows") }
    let tables = try rows.enumerated().map { index, row in
      guard let table = row.table, table.list.isEmpty else {
        throw ScriptError("table: row \(index + 1): expected a table of named values, got \(kind(row))")
      }
      return table
    }
    let known = Set(names: tables.flatMap { $0.fields.map(\.name) })
    let names =
      try columns.map { try checked($0, known) }
      ?? UninterruptibleWork.run("table") { known.map(\.text).sorted(by: isBefore) }
    guard !names.isEmpty else { throw ScriptError("table: the rows of '\(name)' are empty") }
    guard names.count * rows.count <= maxCells else {
      throw ScriptError(
        "table: '\(name)' has \(rows.count) rows and \(names.count) columns, more than \(maxCells) cells",
        hint: "save it with nj.run.save, or as a tensor")
    }
    let cells = try tables.enumerated().map { index, table in
      try Interruption.check("table")
      return try names.map { try cell(table[$0], "row \(index + 1), '\($0)'") }
    }
    return ResultTable(title: name, columns: names.map { ResultTable.Column($0) }, rows: cells)
  }

  private static func kind(_ value: LuaValue) -> String { value.table == nil ? value.typeName : "a list" }

  private static func checked(_ columns: [String], _ known: Set<Name>) throws -> [String] {
    for column in columns where !known.contains(column) {
      let names = known.sorted().map(\.text)
      let hint = column.nearest(in: names).map { "did you mean '\($0)'?" }
      throw ScriptError(
        "table: no row has '\(column)'; \(hint ?? "there is " + names.joined(separator: ", "))")
    }
    return columns
  }

  private static func cell(_ value: LuaValue, _ cell: String) throws -> ResultTable.Cell {
    switch value {
    case .nil: .empty
    case .boolean(let value): .text(value ? "true" : "false")
    case .integer(let value): .number(Double(value))
    case .number(let value): .number(value)
    case .string(let value): .text(value)
    default:
      if let tensor = value.object(Tensor.self), tensor.count == 1 {
        .number(try tensor.item())
      } else {
        throw ScriptError("table: \(cell): expected number, string or boolean, got \(kind(value))")
      }
    }
  }

  /// Whether one name sorts before another when digits in them are compared as numbers.
  static func isBefore(_ a: String, _ b: String) -> Bool {
    let left = pieces(a)
    let right = pieces(b)
    for (x, y) in zip(left, right) where x != y {
      if let m = Int(x), let n = Int(y), m != n { return m < n }
      return x < y
    }
    return left.count == right.count ? a.isNamedBefore(b) : left.count < right.count
  }

  /// `epoch 11` as `epoch `, `11`.
  private static func pieces(_ name: String) -> [String] {
    var pieces: [String] = []
    var wasDigit = false
    for character in name {
      let isDigit = character.isASCII && character.isNumber
      if !pieces.isEmpty, isDigit == wasDigit {
        pieces[pieces.count - 1].append(character)
      } else {
        pieces.append(String(character))
      }
      wasDigit = isDigit
    }
    return pieces
  }
}
