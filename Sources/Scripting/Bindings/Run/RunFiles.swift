import Figures
import Foundation
import LuaHost
import Networks
import Tensors

/// What `nj.run` puts into the run's folder.
struct RunFiles {
  let folder: String
  /// What the files are written by.
  let call: LuaCall

  init(_ call: LuaCall) throws {
    folder = try call.context.runFolder()
    self.call = call
  }

  /// Names that the run itself writes.
  static let reserved: Set<String> = ["settings.json", "results.json", "scalars.csv"]

  /// Where a file goes: signs that do not belong into a file name become "-", as in the run's own files.
  private func path(_ name: String, _ ending: String) throws -> String {
    let kept = Self.clean(name)
    guard !kept.isEmpty else { throw ScriptError("'\(name)' is no name for a file in the run's folder") }
    let file = kept.lowercased().hasSuffix("." + ending) ? kept : "\(kept).\(ending)"
    guard !Self.reserved.contains(file.lowercased()) else {
      throw ScriptError("the run writes \(file) itself", hint: "use another name than '\(name)'")
    }
    return folder + "/" + file
  }

  private static func clean(_ name: String) -> String {
    let kept = name.prefix(1000).map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    return String(String(kept.drop { $0 == "." }).prefix(80))
  }

  /// Tensors and the state of a model as safetensors or npz, tables, numbers and truth values as JSON, strings as text.
  ///
  /// - Returns: the path written.
  func save(_ name: String, _ value: LuaValue) throws -> String {
    let ending = (Self.clean(name) as NSString).pathExtension.lowercased()
    func keepState(_ state: [(name: String, tensor: Tensor)]) throws -> String {
      let ending = ending == "npz" ? ending : "safetensors"
      return try keep(StateFile.encode(state, for: "state.\(ending)"), name, ending)
    }
    if let tensor = value.object(Tensor.self) { return try keepState([("tensor", tensor)]) }
    if let model = value.object(ModuleHandle.self)?.module {
      guard !["onnx", "nir", "h5"].contains(ending) else {
        throw ScriptError(
          "save keeps what a model has learned", hint: "nj.export(nj.run.out .. \"/\(name)\", model, …)")
      }
      try model.requireShallow()
      return try keepState(model.state)
    }
    if case .string(let text) = value {
      return try keep(Data(text.utf8), name, ending.isEmpty ? "txt" : ending)
    }
    let values = value.table.map { $0.list + $0.fields.map(\.value) } ?? []
    if !values.isEmpty, values.allSatisfy({ $0.object(Tensor.self) != nil }) {
      return try keepState(StateFileBindings.named(value, "save"))
    }
    return try keep(
      Data((JSONWriter.text(value, pretty: true, within: call.state.limits) + "\n").utf8), name, "json")
  }

  /// Writes a file, gives its path.
  private func keep(_ bytes: @autoclosure () throws -> Data, _ name: String, _ ending: String) throws
    -> String
  {
    let path = try path(name, ending)
    try call.write(to: path) { _ in try bytes() }
    return path
  }

  /// The figure as NAME.txt and, where gnuplot is installed, NAME.png.
  ///
  /// - Returns: the picture's path, or why there is none.
  func save(_ name: String, _ figure: Figure) throws -> Result<String, FigureToolMissingError> {
    _ = try keep(figure.bytes(for: "figure.txt"), name, "txt")
    do { return .success(try keep(figure.bytes(for: "figure.png"), name, "png")) } catch let missing
      as FigureToolMissingError
    {
      return .failure(missing)
    }
  }

  /// The table as NAME.csv; NAME.txt is left to a figure of the same name.
  ///
  /// - Returns: the path written.
  func save(_ name: String, _ table: ResultTable) throws -> String {
    try keep(Data(table.csv.utf8), name, "csv")
  }
}
