import ArgumentParser
import Experiments
import LuaHost
import Scripting
import Support

/// `nightjar plugins types [--out FILE]`.
struct PluginsTypesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "types",
    abstract: "Write everything that nj gives, with types and help: for editors, and to read.",
    discussion: """
      The Lua language server (in VS Code, Neovim and others) completes and checks by it, once it is in the workspace.

        nightjar plugins types --out nightjar.types.lua
        nightjar plugins types | less
      """)

  @Option(name: .long, help: ArgumentHelp("The file to write (default: standard output).", valueName: "file"))
  var out: String?

  func run() throws {
    let text = EditorTypes(
      NightjarModule.module, classes: NightjarModule.classes, version: NightjarModule.version
    ).text
    if let out { try AtomicFile.write(text, to: out) } else { try StandardOutput().write(text) }
  }
}
