import ArgumentParser
import Experiments
import Networks
import Support

/// `nightjar model export OUT`.
struct ModelExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a model as a file that other programs run: ONNX, NIR, or its state.",
    discussion: """
      The ending says what is written: .onnx (opset 17), .nir or .h5 (NIR), .safetensors or .npz (the state alone). \
      Without --state the weights are untrained. What the format has no layer for is named.

        nightjar model export m5.onnx --state runs/LAST/weights.safetensors
        nightjar model export small.onnx --model small_conv --set model.channels=64 --state weights.safetensors
      """)

  @Argument(
    help: ArgumentHelp("The file to write.", valueName: "out"),
    completion: .file(extensions: ModelFile.Format.allCases.map(\.rawValue)))
  var out: String

  @Option(
    name: .long, help: ArgumentHelp("The state file with the weights.", valueName: "file"),
    completion: .file(extensions: ["safetensors", "npz", "pt", "pth", "ckpt"]))
  var state: String?

  @Option(
    name: .customLong("dt"),
    help: ArgumentHelp(
      "NIR: seconds between two time steps, which its time constants are in.", valueName: "seconds"))
  var timeStep = NIRModel.defaultTimeStep

  @OptionGroup var model: ModelOptions

  func validate() throws {
    guard NIRModel.timeSteps.contains(timeStep) else {
      let least = NIRModel.timeSteps.lowerBound
      let most = NIRModel.timeSteps.upperBound
      throw ValidationError("--dt \(timeStep): expected seconds, \(least) to \(most)")
    }
  }

  func run() throws {
    do { _ = try ModelFile.Format(of: out) } catch { throw ValidationError(error.description) }
    let host = try model.host()
    let built = try model.build(in: host)
    if let state {
      try built.load(file: state, names: model.names, on: host.device)
    }
    let content = try ModelFile.encode(
      built.module, for: out, input: built.input, timeStep: timeStep)
    for remark in content.warnings { host.console.warn(remark) }
    if state == nil { host.console.warn("no --state: the weights are untrained") }
    try AtomicFile.write(content.bytes, to: out)
    let summary = Summary(
      file: out, model: built.title, parameters: built.module.parameterCount, bytes: content.bytes.count)
    try summary.show(asJSON: model.options.common.json)
  }
}

/// What `export` and `import` say they did.
struct Summary: Encodable {
  let file: String
  let model: String
  let parameters: Int
  let bytes: Int

  func show(asJSON isJSON: Bool) throws {
    let output = StandardOutput()
    if isJSON { return try output.json(self) }
    try output.line("\(file): \(model), \(parameters) parameters, \(ByteCount(bytes))")
  }
}
