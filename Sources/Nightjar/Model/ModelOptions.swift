import ArgumentParser
import Experiments
import Networks

/// The options of commands that build a network.
struct ModelOptions: ParsableArguments {
  @Option(name: .long, help: "The model plugin, by name or file.") var model = "m5"

  @Option(
    name: .long,
    help: "The encoder plugin, which says what the input's sizes are (default: the model's, or mfcc).")
  var encoder: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Time steps of the input (default: the encoder's of one second).", valueName: "n"))
  var time: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Channels of the input (default: the encoder's).", valueName: "n"))
  var channels: Int?

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("How many classes there are.", valueName: "n"))
  var classes = ModelRequest().classes

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What the state file's names have before the model's, such as module.", valueName: "text"))
  var prefix = ""

  @Option(
    name: .customLong("rename"), parsing: .singleValue,
    help: ArgumentHelp(
      "A part that the state file calls otherwise, behind the prefix. Repeatable.", valueName: "theirs=own"),
    transform: Setting.init)
  var renamed: [Setting] = []

  @OptionGroup var options: GlobalOptions

  func validate() throws {
    for (name, size) in [("--time", time), ("--channels", channels), ("--classes", classes)] {
      if let size, !(1...ExportInput.maxSize).contains(size) {
        throw ValidationError("\(name) \(size): expected 1 to \(ExportInput.maxSize)")
      }
    }
  }

  /// How a state file's names become the model's.
  var names: StateNames {
    StateNames(prefix: prefix, renamed: Dictionary(renamed.map { ($0.name, $0.value) }) { $1 })
  }

  func host() throws -> ScriptHost { try ScriptHost(try options.hostOptions(name: "model")) }

  /// Builds the network, untrained.
  func build(in host: ScriptHost) throws -> ModelRequest.Built {
    var request = ModelRequest()
    request.model = model
    request.encoder = encoder
    request.time = time
    request.channels = channels
    request.classes = classes
    request.settings = options.set.map { ($0.name, $0.value) }
    return try request.build(in: host)
  }
}
