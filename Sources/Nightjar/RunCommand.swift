import ArgumentParser
import Experiments
import Foundation

/// `nightjar run FILE.lua`, and `nightjar FILE.lua`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a Lua script (also: nightjar FILE.lua).",
    discussion: """
      Everything that the script saves (nj.run.save, log, figure, table) goes into a new folder under ./runs, which \
      is created on first use. Options that the script declares with nj.run.options are set with --set.

        nightjar study.lua --set epochs=20 --set lr=0.003
        nightjar convert.lua --allow fs.read=recordings --allow fs.write=converted
      """)

  @Argument(help: ArgumentHelp("The script.", valueName: "file.lua"), completion: .file(extensions: ["lua"]))
  var file: String

  @OptionGroup var output: OutputOptions

  @OptionGroup var data: DataOptions

  @OptionGroup var options: GlobalOptions

  func run() throws {
    let name = (file as NSString).lastPathComponent.replacing(/\.lua$/, with: "")
    let host = try ScriptHost(try options.hostOptions(name: name, out: output.folder()))
    host.context.select(data: data.data, size: data.size ?? .quick)
    try host.run(file: file)
    for warning in host.run.unusedSettings { host.console.warn(warning.description) }
    if let folder = host.run.folderIfAny { host.console.say("saved in \(folder.path)") }
  }
}
