import Figures
import LuaHost
import Tensors

/// `nj.run`: the run a script is part of.
enum RunBindings {
  static let module = LuaModule(
    "run", "The run this script is part of: its options, and what it leaves in its folder",
    functions: functions,
    properties: [
      LuaProperty(
        "options", "What --set gave; called with a declaration, options checked and with defaults", "options"
      ) { call in
        try call.push(RunOptions(call.context.run.settings))
      },
      LuaProperty("out", "The run's folder, which may be written and read", "string") { call in
        call.push(try call.context.runFolder())
      },
      LuaProperty(
        "seed", "The seed everything random derives from; what nj.seed gave last, if it was called", "integer"
      ) { call in
        call.push(Int(truncatingIfNeeded: try call.context.seed))
      },
    ])

  private static let functions: [LuaFunction] = [
    LuaFunction(
      "log", "Notes a number that changes over steps, in scalars.csv",
      [.string("name"), .operand("value"), .integer("step")]
    ) { call in
      let value = try call.objectIfAny(2, Tensor.self)?.item() ?? call.number(2)
      try call.state.chargeOutput(call.string(1).utf8.count + 32)  // a line of the file
      try call.context.run.log(call.string(1), value, step: call.integer(3))
      return .nothing
    },
    LuaFunction(
      "save",
      "Keeps a value, gives its path: tensors, and what a model has learned, as NAME.safetensors (or .npz), other "
        + "tables as .json, a string as .txt",
      [.string("name"), .any("value")], returns: "string"
    ) { call in
      call.push(try RunFiles(call).save(call.string(1), call.value(2)))
    },
    LuaFunction(
      "figure",
      "Shows a figure as text, and keeps it as NAME.png and NAME.txt; gives the picture's path, or nil",
      [.string("name"), .object("figure", "figure")], returns: "string"
    ) { call in
      let name = try call.string(1)
      let figure = try call.object(2, Figure.self)
      let saved = try RunFiles(call).save(name, figure)
      try call.state.write(figure.text())
      switch saved {
      case .success(let path):
        try call.state.write(path + "\n")
        return call.push(path)
      case .failure(let missing):
        try call.state.write("no picture of \(name.printable()): \(missing)\n")
        return try call.push(LuaValue.nil)
      }
    },
    LuaFunction(
      "table",
      "Shows rows of named values as a table, and keeps it as NAME.csv; gives its path",
      [
        .string("name"), .list("rows", of: .table),
        .strings(
          "columns", optional: true, help: "which, in their order; left out: all, sorted, 6 before 11"),
      ], returns: "string"
    ) { call in
      let columns = call.has(3) ? try call.strings(3) : nil
      let table = try RunTable.make(call.string(1), rows: call.value(2).list ?? [], columns: columns)
      let path = try RunFiles(call).save(call.string(1), table)
      try call.state.write(table.text)
      try call.state.write(path + "\n")
      return call.push(path)
    },
  ]
}

extension ScriptContext {
  /// The run's folder; the script may use its files from now on.
  func runFolder() throws -> String {
    try require(.writing, for: "the run's folder")
    let folder = try run.folder()
    try files.open(output: folder, ownFiles: RunFiles.reserved)
    return folder
  }
}
