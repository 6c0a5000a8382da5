import ArgumentParser
import Experiments
import Foundation
import Scripting
import Support

/// `nightjar plugins new KIND NAME`.
struct PluginsNewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract:
      "Create a plugin with its test as copies of a short shipped one: ./plugins/learners/NAME.lua, NAME_test.lua."
  )

  @Argument(help: "The kind of plugin.")
  var kind: PluginKind

  @Argument(help: "The name: letters, digits and _.")
  var name: String

  @Option(name: .long, help: ArgumentHelp("The plugin folder to create it in.", valueName: "dir"))
  var into = "plugins"

  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      throw UsageError(
        "'\(name)' is not a valid plugin name", hint: "use letters, digits and _, such as my_\(kind.rawValue)"
      )
    }
    guard !name.hasSuffix("_test") else {
      throw UsageError(
        "'\(name)' is not a valid plugin name: files named *_test.lua are tests of plugins",
        hint: "use another ending")
    }
  }

  func run() throws {
    let folder = "\(into)/\(kind.folder)"
    let path = "\(folder)/\(name).lua"
    let test = "\(folder)/\(name)_test.lua"
    for taken in [path, test, "\(folder)/\(name)/init.lua"]
    where FileManager.default.fileExists(atPath: taken) {
      throw FileError(
        "write", taken, reason: "it exists already", hint: "choose another name, or edit that file")
    }
    let template = try PluginTemplate(kind)
    let text = try template.text(named: name)
    let testText = try template.testText(named: name)
    try AtomicFile.makeFolder(folder)
    try AtomicFile.write(text, to: path)
    try AtomicFile.write(testText, to: test)
    if common.json {
      try StandardOutput().json(["plugin": path, "test": test])
    } else {
      try StandardOutput().line("\(path)\n\(test)")
    }
    let library = PluginLibrary(folders: [into], shipped: Installation.shippedPlugins())
    for hidden in library.entries(kind).first(where: { $0.name == name })?.shadows ?? [] {
      common.console.warn("it hides \(hidden): the name now refers to the new file")
    }
    var hints = [
      "show it with:  nightjar plugins show \(kind.rawValue)/\(name)",
      "use it with:   nightjar bench \(Self.use(kind, name))",
    ]
    if into != "plugins" { hints = hints.map { "\($0) --plugins \(into)" } }
    hints.insert("check it with: nightjar plugins check \(path)", at: 0)
    hints.insert("test it with:  nightjar plugins test \(test)", at: 1)
    common.console.say("copied from \(template.path)")
    for hint in hints { common.console.say(hint) }
  }

  /// The arguments of `nightjar bench` that use a plugin.
  private static func use(_ kind: PluginKind, _ name: String) -> String {
    kind == .task ? name : "keyword_fscil --\(kind.rawValue) \(name)"
  }
}

/// The shipped plugin that new plugins of a kind start as.
private struct PluginTemplate {
  let path: String
  private let name: String

  /// Locates the template of a kind among the shipped plugins.
  ///
  /// - Throws: `MissingPluginsError` when the shipped plugins, or this one of them, do not exist.
  init(_ kind: PluginKind) throws {
    name = kind.template
    guard let shipped = Installation.shippedPlugins() else { throw MissingPluginsError() }
    let entries = PluginLibrary(folders: [], shipped: shipped, standard: false).entries(kind)
    guard let path = entries.first(where: { $0.name == kind.template })?.path else {
      throw MissingPluginsError(plugin: "\(kind.folder)/\(kind.template).lua", in: shipped)
    }
    self.path = path
  }

  /// The template's text with another name.
  ///
  /// - Throws: `FileError` when it cannot be read, or does not state its name in the expected form.
  func text(named newName: String) throws -> String {
    let text = try Self.read(path)
    let field = "\n  name = \"\(name)\","
    guard let range = text.firstRange(of: field) else {
      throw FileError("copy", path, reason: "it has no line `name = \"\(name)\",`")
    }
    return text.replacingCharacters(in: range, with: "\n  name = \"\(newName)\",")
      // What lists and reports say of the template would be wrong of what is made of it.
      .replacing(/\n  summary = .*(\n    .*)*/, with: "\n  summary = \"A copy of \(name), to be changed\",")
  }

  /// The text of the template's test for a plugin of another name.
  ///
  /// - Throws: `FileError` when it cannot be read.
  func testText(named newName: String) throws -> String {
    try Self.read(String(path.dropLast(".lua".count)) + "_test.lua").replacing(
      "\"\(name)\"", with: "\"\(newName)\"")
  }

  private static func read(_ path: String) throws -> String {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError(errnoOf: "read", path)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
