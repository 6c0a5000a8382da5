import ArgumentParser
import Foundation
import Networks
import Support

/// `nightjar model import FILE --out OUT`.
struct ModelImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Check a state file of another program against a model, and write it as safetensors.",
    discussion: """
      Reads PyTorch's .pt, .pth and .ckpt, NumPy's npz, and safetensors; no code in them is run. Names and shapes \
      must be the model's; where they are not, both sides are listed.

        nightjar model import m5.pt --model m5 --out m5.safetensors
        nightjar model import last.ckpt --prefix state_dict.model. --set model.channels=64 --out m5.safetensors
        nightjar model import m5_ann --rename fc1=output --set model.channels=32 --set model.kernel=80 \
          --set model.stride=16 --set model.pool=4 --time 8000 --channels 1 --classes 35 --out gsc.safetensors
      """)

  @Argument(
    help: ArgumentHelp("The state file.", valueName: "file"),
    completion: .file(extensions: ["pt", "pth", "ckpt", "npz", "safetensors"]))
  var file: String

  @Option(
    name: .long, help: ArgumentHelp("The file to write.", valueName: "out.safetensors"),
    completion: .file(extensions: ["safetensors"]))
  var out: String

  @OptionGroup var model: ModelOptions

  func validate() throws {
    guard (out as NSString).pathExtension.lowercased() == "safetensors" else {
      throw ValidationError("--out \(out): expected a name that ends with .safetensors")
    }
  }

  func run() throws {
    let host = try model.host()
    let built = try model.build(in: host)
    try built.load(file: file, names: model.names, on: host.device)
    for remark in try ModelFile.warnings(on: built.module) { host.console.warn(remark) }
    let bytes = try SafeTensors.encode(built.module.state, metadata: ["model": model.model])
    try AtomicFile.write(bytes, to: out)
    let summary = Summary(
      file: out, model: built.title, parameters: built.module.parameterCount, bytes: bytes.count)
    try summary.show(asJSON: model.options.common.json)
  }
}
