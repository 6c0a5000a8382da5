import LuaHost
import Networks

/// `nj.export`: models as files that other programs run.
enum ExportBindings {
  static let function = LuaFunction(
    "export",
    "Writes a model as its path's ending says: .onnx, .nir or .h5 (NIR), for which the input's sizes are named; "
      + ".safetensors or .npz, its state alone. As in evaluation; a layer that the format has nothing for is named",
    [
      .string("path"), .module("model"),
      .options(
        "options",
        [
          .options(
            "input",
            [
              .integer(
                "time", optional: true, min: 1, max: ExportInput.maxSize,
                help: "time steps; left open in the file where no Flatten fixes them"),
              .integer("channels", optional: true, min: 1, max: ExportInput.maxSize),
            ]),
          .number(
            "dt", default: NIRModel.defaultTimeStep,
            help: "NIR: seconds between two time steps, which its time "
              + "constants are in"),
        ]),
    ]
  ) { call in
    let module = try call.module(2)
    let options = try call.options(3)
    let sizes = options["input"].table
    let time = sizes?["time"].integer
    let channels = sizes?["channels"].integer
    let input = time == nil && channels == nil ? nil : try ExportInput(time: time, channels: channels)
    var warnings: [String] = []
    try call.write(to: call.string(1)) { path in
      let content = try ModelFile.encode(module, for: path, input: input, timeStep: options.number("dt"))
      warnings = content.warnings
      return content.bytes
    }
    for remark in warnings { try call.context.console.warn("export: \(remark)") }
    return .nothing
  }
}
