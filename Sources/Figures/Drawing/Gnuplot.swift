import Foundation
import Support

/// gnuplot as a child process that turns a script into a picture; it is not linked.
struct Gnuplot {
  private let executable: String

  /// - Parameter path: folders to search, as `PATH` has them.
  /// - Throws: ``FigureToolMissingError`` when none of them has a gnuplot.
  init(path: String?) throws(FigureToolMissingError) {
    let folders = (path ?? "").split(separator: ":")
    let tool = folders.lazy.map { "\($0)/gnuplot" }.first(where: FileManager.default.isExecutableFile)
    guard let tool else { throw FigureToolMissingError() }
    executable = tool
  }

  /// The picture of `figure`.
  ///
  /// - Throws: ``FigureError/toolFailed(tool:reason:)``, and `FileError` where a temporary file cannot be written.
  func draw(_ figure: Figure, format: GnuplotScript.Format) throws -> Data {
    try TemporaryWorkFolder.with { try draw(figure, format: format, in: $0) }
  }

  private func draw(_ figure: Figure, format: GnuplotScript.Format, in folder: String) throws -> Data {
    let output = "figure." + format.rawValue
    let script = GnuplotScript.text(figure, format: format, output: output)
    try AtomicFile.write(script, to: folder + "/figure.gp")
    try run(in: folder)
    guard let picture = FileManager.default.contents(atPath: folder + "/" + output), !picture.isEmpty else {
      throw FileError.diskFull(writing: folder + "/" + output)
        ?? FigureError.toolFailed(tool: "gnuplot", reason: "it wrote no picture")
    }
    return picture
  }

  /// Runs gnuplot in `folder`.
  private func run(in folder: String) throws {
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(fileURLWithPath: executable)
    // -d: without the user's own settings, which would change the picture.
    process.arguments = ["-d", "figure.gp"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C.UTF-8"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    let waitForEnd: () -> Void
    do { waitForEnd = try process.runNotingEnd() } catch {
      throw FigureError.toolFailed(tool: "gnuplot", reason: "\(error.localizedDescription)")
    }
    let output = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
    waitForEnd()
    guard process.terminationStatus == 0 else {
      if let full = FileError.diskFull(writing: folder + "/figure") { throw full }
      let text = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
      let reason = text.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && $0 != "^" }
      throw FigureError.toolFailed(
        tool: "gnuplot", reason: reason.suffix(2).joined(separator: " ").prefix(300).description)
    }
  }
}

extension Figure {
  /// Draws the figure into `path`; the extension selects the format: .png, .svg, .pdf (by gnuplot), .txt (as text).
  ///
  /// The file appears completely or not at all.
  /// - Throws: the errors of ``bytes(for:search:)``; `FileError` when the file cannot be written.
  public func save(to path: String, search: String? = nil) throws {
    try AtomicFile.write(bytes(for: path, search: search), to: path)
  }

  /// The contents of a file of this name; the extension selects the format, as for ``save(to:search:)``.
  ///
  /// `search` lists the folders to search for gnuplot, with colons between them; nil takes `PATH`.
  ///
  /// - Throws: ``FigureToolMissingError`` when gnuplot is not installed, ``FigureError`` for an unknown extension
  ///   or when gnuplot fails.
  public func bytes(for path: String, search: String? = nil) throws -> Data {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    if ending == "txt" { return Data(text().utf8) }
    guard let format = GnuplotScript.Format(rawValue: ending) else {
      throw FigureError.unknownFormat(path: path)
    }
    guard !panels.isEmpty else { throw FigureError.empty(plot: "figure") }
    let tool = try Gnuplot(path: search ?? ProcessInfo.processInfo.environment["PATH"])
    return try tool.draw(self, format: format)
  }

  /// The gnuplot script of the figure, for changes by hand: `gnuplot figure.gp` writes `figure.png` (or .svg,
  /// .pdf) beside it.
  ///
  /// - Throws: ``FigureError/unknownFormat(path:)``.
  public func script(format ending: String = "png") throws(FigureError) -> String {
    guard let format = GnuplotScript.Format(rawValue: ending) else {
      throw .unknownFormat(path: "figure." + ending)
    }
    return GnuplotScript.text(self, format: format, output: "figure." + ending)
  }
}
