import ArgumentParser
import Experiments
import Foundation
import Scripting
import Support

/// `nightjar plugins new KIND NAME`.
struct PluginsNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a small plugin that works, to start from: ./plugins/learners/NAME.lua.")

  @Argument(help: "What it is.")
  var kind: PluginKind

  @Argument(help: "Its name: letters, digits and _.")
  var name: String

  @Option(name: .long, help: ArgumentHelp("The plugin folder to put it in.", valueName: "dir"))
  var into = "plugins"

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      throw ValidationError(
        "'\(name)' cannot be a plugin's name: use letters, digits and _, such as my_\(kind.rawValue)")
    }
  }

  func run() throws {
    let folder = "\(into)/\(kind.folder)"
    let path = "\(folder)/\(name).lua"
    for taken in [path, "\(folder)/\(name)/init.lua"] where FileManager.default.fileExists(atPath: taken) {
      throw FileError("write", taken, reason: "it is there already; take another name, or change that file")
    }
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(PluginTemplate.text(kind, name: name), to: path)
    try StandardOutput().line(path)
    let library = PluginLibrary(folders: [into], shipped: Installation.shippedPlugins())
    for hidden in library.entries(kind).first(where: { $0.name == name })?.shadows ?? [] {
      common.console.warn("it hides \(hidden): the name means the new file now")
    }
    var hints = ["look at it with: nightjar plugins show \(kind.rawValue)/\(name)"]
    hints.append("use it with:     nightjar bench \(Self.use(kind, name))")
    if into != "plugins" { hints = hints.map { "\($0) --plugins \(into)" } }
    for hint in hints { common.console.say(hint) }
  }

  /// What follows `nightjar bench` to use a plugin.
  private static func use(_ kind: PluginKind, _ name: String) -> String {
    kind == .task ? name : "keyword_fscil --\(kind.rawValue) \(name)"
  }
}
