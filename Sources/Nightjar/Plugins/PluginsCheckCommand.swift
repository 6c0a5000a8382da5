import ArgumentParser
import Experiments
import Foundation
import Scripting
import Support

/// `nightjar plugins check PATH…`.
struct PluginsCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Load plugins and report what is wrong with them, with file and line.",
    discussion: "It ends with 1 when any of them cannot be used.")

  @Argument(
    help: ArgumentHelp("A plugin file, a plugin's folder, or a folder of plugins.", valueName: "path"),
    completion: .file())
  var paths: [String]

  @OptionGroup var options: PluginOptions

  func run() throws {
    let host = try options.host()
    let checked = try paths.flatMap { try Self.check($0, in: host) }
    let output = StandardOutput()
    if options.common.json {
      try output.json(checked)
    } else {
      for plugin in checked {
        if let error = plugin.error {
          try output.line(error)
        } else {
          try output.line("\(plugin.path): ok, \(plugin.title ?? "")")
        }
      }
    }
    if checked.contains(where: { $0.error != nil }) { throw ExitCode.script }
  }

  private static func check(_ path: String, in host: ScriptHost) throws -> [Checked] {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FileError("read", path, reason: "no such file or folder")
    }
    let isPlugin = !Folder.exists(path) || FileManager.default.fileExists(atPath: path + "/init.lua")
    guard !isPlugin else {
      return [try Checked(path, Result { try host.library.load(file: path, in: host.state) })]
    }
    let library = PluginLibrary(folders: [path], shipped: nil, standard: false)
    let found = library.survey(in: host.state)
    if found.isEmpty {
      let folders = PluginKind.allCases.map(\.folder).joined(separator: ", ")
      throw FileError("check", path, reason: "it holds no plugins; they lie in \(folders)")
    }
    return try found.map { try Checked($0.entry.path, $0.result) }
  }
}

/// What `plugins check` says of one plugin.
private struct Checked: Encodable {
  let path: String
  var title: String?
  var error: String?

  /// - Throws: `InterruptionError`; what is wrong with the plugin itself is reported.
  init(_ path: String, _ result: Result<Plugin, any Error>) throws {
    self.path = path
    switch result {
    case .success(let plugin): title = plugin.title
    case .failure(let failure):
      try Interruption.check("checking plugins")
      error = "\(failure)"
    }
  }
}
