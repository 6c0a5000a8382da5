import ArgumentParser
import Experiments
import Foundation
import Networks
import Support

/// `nightjar model …`.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Show, import and export networks, teach them words, and recognise words.",
    subcommands: [
      ModelShowCommand.self, ModelImportCommand.self, ModelExportCommand.self, ModelLearnCommand.self,
      ModelRunCommand.self,
    ])
}

/// The options that map the names of a state file to those of a model.
struct StateNameOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A prefix of all names in the state file, such as module.", valueName: "text"))
  var prefix = ""

  @Option(
    name: .customLong("rename"), parsing: .singleValue,
    help: ArgumentHelp(
      "Rename a part of the state file's names, after the prefix. Repeatable.", valueName: "theirs=ours"),
    transform: Setting.init)
  var renamed: [Setting] = []

  @Option(
    name: .customLong("ignore"), parsing: .singleValue,
    help: ArgumentHelp(
      "Pass over names of the state file that the model does not have, such as 'total_*'. Repeatable.",
      valueName: "pattern"))
  var ignored: [String] = []

  /// How a state file's names are mapped to the model's.
  var names: StateNames {
    StateNames(
      prefix: prefix, renamed: Dictionary(renamed.map { ($0.name, $0.value) }) { $1 }, ignored: ignored)
  }
}

/// The options of commands that build a network.
struct ModelOptions: ParsableArguments {
  @Option(name: .long, help: "The model plugin, by name or file (default: m5).") var model: String?

  @Option(
    name: .long,
    help: "The encoder plugin, which determines the size of the input (default: the model's, or mfcc).")
  var encoder: String?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Time steps of the input (default: the encoder's for one second).", valueName: "n"),
    transform: IntegerArgument.within(1...ExportInput.maxSize))
  var time: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Channels of the input (default: the encoder's).", valueName: "n"),
    transform: IntegerArgument.within(1...ExportInput.maxSize))
  var channels: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("The number of classes (default: \(ModelRequest().classes)).", valueName: "n"),
    transform: IntegerArgument.within(1...ExportInput.maxSize))
  var classes: Int?

  @OptionGroup var mapping: StateNameOptions

  @OptionGroup var options: GlobalOptions

  /// How a state file's names are mapped to the model's.
  var names: StateNames { mapping.names }

  func host() throws -> ScriptHost { try ScriptHost(try options.hostOptions(name: "model")) }

  /// The network that is asked for: that of `request`, with what these options say in its place.
  func applied(to request: ModelRequest) -> ModelRequest {
    var request = request
    request.model = model ?? request.model
    request.encoder = encoder ?? request.encoder
    request.time = time ?? request.time
    request.channels = channels ?? request.channels
    request.classes = classes ?? request.classes
    let own = Set(options.set.map(\.name))
    request.settings =
      request.settings.filter { !own.contains($0.name) } + options.set.map { ($0.name, $0.value) }
    return request
  }
}

/// `nightjar model import FILE --out OUT`.
struct ModelImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Check a state file of another program against a model, and convert it to safetensors.",
    discussion: """
      Reads PyTorch's .pt, .pth and .ckpt, of states, checkpoints and whole modules, NumPy's npz, and safetensors; \
      code in them is never executed. Names and shapes must match the model's; differences are listed. Whatever else \
      the file has is passed over where it is no tensor, or named by --ignore.

        nightjar model import m5.pt --model m5 --out m5.safetensors
        nightjar model import last.ckpt --prefix state_dict.model. --set model.channels=64 --out m5.safetensors
        nightjar model import m5_ann --rename fc1=output --set model.channels=32 --set model.kernel=80 \
          --set model.stride=16 --set model.pool=4 --time 8000 --channels 1 --classes 35 --out gsc.safetensors
      """)

  @Argument(
    help: ArgumentHelp("The state file.", valueName: "file"),
    completion: .file(extensions: StateFile.extensions))
  var file: String

  @Option(
    name: .long, help: ArgumentHelp("The file to write.", valueName: "out.safetensors"),
    completion: .file(extensions: ["safetensors"]))
  var out: String

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var model: ModelOptions

  func validate() throws {
    guard (out as NSString).pathExtension.lowercased() == "safetensors" else {
      throw UsageError("expected a name that ends with .safetensors", at: "--out \(out)")
    }
  }

  func run() throws {
    try replacing.check(out, as: "--out \(out)")
    let host = try model.host()
    let request = model.applied(to: ModelRequest())
    let built = try request.build(in: host)
    for remark in try built.load(file: file, names: model.names, on: host.device) {
      host.console.warn(remark)
    }
    for warning in try ModelFile.warnings(on: built.module) { host.console.warn(warning) }
    let bytes = try SafeTensors.encode(built.module.state, metadata: try built.metadata())
    try AtomicFile.write(bytes, to: out)
    let summary = Summary(
      file: out, model: built.title, parameters: built.module.parameterCount, bytes: bytes.count)
    try summary.print(asJSON: model.options.common.json)
  }
}

/// `nightjar model export OUT`.
struct ModelExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Export a model for other programs: as ONNX, as NIR, or only its state.",
    discussion: """
      The extension determines the format: .onnx (opset 17), .nir or .h5 (NIR), .safetensors or .npz (only the state). \
      With --run the model, its options, the sizes of its input and its weights are those of a bench; without --run \
      and --state the weights are untrained. Layers that the format does not have are reported.

        nightjar model export m5.onnx --run latest
        nightjar model export m5.onnx --state runs/LAST/weights.safetensors
        nightjar model export small.onnx --model small_conv --set model.channels=64 --state weights.safetensors
      """)

  @Argument(
    help: ArgumentHelp("The file to write.", valueName: "out"),
    completion: .file(extensions: ModelFile.Format.allCases.map(\.rawValue)))
  var out: String

  @Option(
    name: .long, help: ArgumentHelp("The state file with the weights.", valueName: "file"),
    completion: .file(extensions: StateFile.extensions))
  var state: String?

  @Option(
    name: .customLong("run"),
    help: ArgumentHelp(
      "Export the network of a run of bench: its folder, a unique part of its name, or latest.",
      valueName: "run"))
  var fromRun: String?

  @Option(
    name: .customLong("dt"),
    help: ArgumentHelp(
      "NIR: the time between two steps, the unit of its time constants.", valueName: "seconds"))
  var timeStep = NIRModel.defaultTimeStep

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var model: ModelOptions

  func validate() throws {
    guard NIRModel.timeSteps.contains(timeStep) else {
      let range = NIRModel.timeSteps
      throw UsageError("expected \(range.lowerBound) to \(range.upperBound) seconds", at: "--dt \(timeStep)")
    }
  }

  func run() throws {
    do { _ = try ModelFile.Format(of: out) } catch {
      throw UsageError(error.message.what, hint: error.message.hint)
    }
    try replacing.check(out, as: out)
    let host = try model.host()
    let summary = try fromRun.map { try RunList().find($0) }
    let built = try model.applied(
      to: try summary.map { try ModelRequest(run: $0, on: host.device) } ?? ModelRequest()
    ).build(
      in: host)
    let state = state ?? summary.map(ModelRequest.weights(of:))
    if let state {
      for remark in try built.load(file: state, names: model.names, on: host.device) {
        host.console.warn(remark)
      }
    }
    let content = try ModelFile.encode(
      built.module, for: out, input: built.input, timeStep: timeStep)
    for warning in content.warnings { host.console.warn(warning) }
    if state == nil { host.console.warn("no --state: the weights are untrained") }
    try AtomicFile.write(content.bytes, to: out)
    let written = Summary(
      file: out, model: built.title, parameters: built.module.parameterCount, bytes: content.bytes.count)
    try written.print(asJSON: model.options.common.json)
  }
}

/// What `export` and `import` print.
private struct Summary: Encodable {
  let file: String
  let model: String
  let parameters: Int
  let bytes: Int

  func print(asJSON isJSON: Bool) throws {
    let output = StandardOutput()
    if isJSON { return try output.json(self) }
    try output.line("\(file): \(model), \("parameter".counted(parameters)), \(ByteCount(bytes))")
  }
}
