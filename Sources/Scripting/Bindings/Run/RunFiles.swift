import Foundation
import Metrics
import Networks
import Tensors

/// What `nj.run` puts into the run's folder.
struct RunFiles {
  let folder: String

  /// Names that the run itself writes.
  private static let reserved: Set<String> = ["settings.json", "results.json", "scalars.csv"]

  /// The path of a file: signs that do not belong into a file name become "-", as in the run's own files.
  private func path(_ name: String, _ ending: String) throws -> String {
    let kept = name.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" }
    let stem = String(String(kept.drop { $0 == "." }).prefix(80))
    guard !stem.isEmpty else { throw ScriptFailure("'\(name)' is no name for a file in the run's folder") }
    let file = stem.lowercased().hasSuffix("." + ending) ? stem : "\(stem).\(ending)"
    guard !Self.reserved.contains(file.lowercased()) else {
      throw ScriptFailure("the run writes \(file) itself. Mend: use another name than '\(name)'")
    }
    return folder + "/" + file
  }

  /// Tensors as safetensors, tables, numbers and truth values as JSON, strings as text.
  ///
  /// - Returns: the path written.
  func save(_ name: String, _ value: LuaValue) throws -> String {
    if let tensor = value.object(Tensor.self) {
      let path = try path(name, "safetensors")
      try SafeTensors.write([("tensor", tensor)], to: path)
      return path
    }
    if case .string(let text) = value {
      let ending = URL(fileURLWithPath: name).pathExtension
      let path = try path(name, ending.isEmpty ? "txt" : ending.lowercased())
      try AtomicFile.write(text, to: path)
      return path
    }
    let values = value.table.map { $0.list + $0.fields.map(\.value) } ?? []
    if !values.isEmpty, values.allSatisfy({ $0.object(Tensor.self) != nil }) {
      let path = try path(name, "safetensors")
      try SafeTensors.write(HostBindings.named(value, "save"), to: path)
      return path
    }
    let path = try path(name, "json")
    try AtomicFile.write(JSONWriter.text(value, pretty: true) + "\n", to: path)
    return path
  }

  /// The figure as NAME.txt and, where gnuplot is installed, NAME.png.
  ///
  /// - Returns: the picture's path, or why there is none.
  func save(_ name: String, _ figure: Figure) throws -> Result<String, FigureToolMissing> {
    try figure.save(to: path(name, "txt"))
    do {
      let path = try path(name, "png")
      try figure.save(to: path)
      return .success(path)
    } catch let missing as FigureToolMissing {
      return .failure(missing)
    }
  }

  /// The table as NAME.csv; NAME.txt is left to a figure of the same name.
  ///
  /// - Returns: the path written.
  func save(_ name: String, _ table: ResultTable) throws -> String {
    let path = try path(name, "csv")
    try AtomicFile.write(table.csv, to: path)
    return path
  }
}
