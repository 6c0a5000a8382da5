import LuaHost
import Networks
import Support
import Tensors

/// `nj.load` and `nj.save`: state files.
enum StateFileBindings {
  /// How many entries of a file are looked at for warnings.
  private static let maxWarnings = 1000

  static let functions: [LuaFunction] = [
    LuaFunction(
      "load",
      "Loads the tensors of a safetensors, npz or PyTorch file (.pt, .pth, .ckpt) by name, nested as torch.load "
        + "returns them; a single tensor, as in an npy file, as itself; a whole module as its state, another object as "
        + "a table of its fields. What cannot be used is left out with a warning", [.string("path")],
      returns: "table or tensor"
    ) { call in
      let context = try call.context
      let file = try context.readable(call.string(1))
      let device = context.device
      let value = try UninterruptibleWork.run("load") {
        try file.read { try StateFile.read($0, named: file.path, on: device) }
      }
      for entry in value.entries.prefix(maxWarnings) {
        guard case .unusable(let problem) = entry.content else { continue }
        context.console.warn(
          "\(file.path): left out \(entry.name.printable(limit: 80)) (\(problem.type.printable(limit: 40))): "
            + problem.reason.what.printable(limit: 200))
      }
      return try call.push(value.luaValue)
    },
    LuaFunction(
      "save", "Saves named tensors as a safetensors file, or as npz if the path ends in .npz",
      [.string("path"), .table("tensors")]
    ) { call in
      let tensors = try named(call.value(2), "save")
      try call.write(to: call.string(1)) { try StateFile.encode(tensors, for: $0) }
      return .nothing
    },
  ]

  /// The tensors of a table, sorted by name.
  ///
  /// - Throws: `ScriptError` for a list, an empty table, or another value than a tensor.
  static func named(_ value: LuaValue, _ function: String) throws -> [(name: String, tensor: Tensor)] {
    let table = value.table ?? LuaTable()
    guard table.list.isEmpty else {
      throw ScriptError("\(function): expected tensors by name, got a list", hint: "name each tensor")
    }
    guard !table.fields.isEmpty else { throw ScriptError("\(function): the table has no tensors") }
    return try table.fields.map { field in
      guard let tensor = field.value.object(Tensor.self) else {
        throw ScriptError("\(function): '\(field.name)': expected tensor, got \(field.value.typeName)")
      }
      guard field.name != "__metadata__" else {
        throw ScriptError("\(function): the name '__metadata__' is reserved by the file format")
      }
      return (field.name, tensor)
    }
  }
}

extension StateValue: LuaPushable {
  public var luaValue: LuaValue {
    switch self {
    case .none: .nil
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text): .string(text)
    case .skipped, .unusable: .nil
    case .tensor(let tensor, _): tensor.luaValue
    case .list(let parts): .table(LuaTable(list: parts.map(\.elementValue)))
    case .table(let fields), .object(_, let fields):
      .table(LuaTable(fields: fields.map { ($0.name, $0.value.luaValue) }))
    case .module: .table(LuaTable(fields: tensors.map { ($0.name, $0.tensor.luaValue) }))
    }
  }

  /// The value as an element of a list, where nil would leave a hole.
  private var elementValue: LuaValue {
    switch self {
    case .none, .skipped, .unusable: .object(LuaObject(JSONNull.shared))
    default: luaValue
    }
  }
}

/// `nj.export`: models as files that other programs run.
enum ExportBindings {
  static let function = LuaFunction(
    "export",
    "Exports a model in the format of the path's ending: .onnx, .nir or .h5 (NIR), given the sizes of the input; "
      + ".safetensors or .npz for its state alone. The model is in evaluation mode; an unsupported layer is an error",
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
                help: "time steps; dynamic in the file unless a Flatten fixes them"),
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
    let path = try call.string(1)
    let file = try call.writable(path)
    let content = try ModelFile.encode(module, for: path, input: input, timeStep: options.number("dt"))
    try call.write(content.bytes, to: file)
    for warning in content.warnings { try call.state.warn("export: \(warning)") }
    return .nothing
  }
}
