import Datasets
import Figures
import LuaHost
import Support
import Tensors

/// `nj.run`: the run a script is part of.
enum RunBindings {
  static let module = LuaModule(
    "run", "The run that this script is part of: its options, and the files in its folder",
    functions: functions,
    properties: [
      LuaProperty(
        "options",
        "The values of --set; called with a declaration, options that are checked and have defaults: "
          + "nj.run.options { epochs = { default = 11, min = 1, help = \"…\" } }. An option is declared "
          + OptionSchema.declaration,
        "options"
      ) { call in
        try call.push(RunOptions(call.context.run.settings))
      },
      LuaProperty("out", "The run's folder, which scripts may read and write", "string") { call in
        call.push(try call.context.runFolder())
      },
      LuaProperty(
        "seed",
        "The seed that all random numbers derive from; the argument of the last nj.seed, if it was called",
        "integer"
      ) { call in
        call.push(Int(truncatingIfNeeded: try call.context.seed))
      },
    ])

  /// The longest name of a histogram, in bytes: it stands in the line of every bin.
  private static let maxHistogramName = 1000

  private static let functions: [LuaFunction] = [
    LuaFunction(
      "log", "Records a number that changes over steps, in scalars.csv",
      [.string("name"), .operand("value"), .integer("step")]
    ) { call in
      let value = try call.objectIfAny(2, Tensor.self)?.item() ?? call.number(2)
      try call.state.chargeOutput(call.string(1).utf8.count + 32)  // a line of the file
      let context = try call.context
      if !context.isMuted { try context.run.log(call.string(1), value, step: call.integer(3)) }
      return .nothing
    },
    LuaFunction(
      "histogram",
      "Records how the values of a tensor are distributed at a step, in histograms.csv: counts in bins of one width; "
        + "NaN and infinities are left out, with a warning",
      [
        .string("name"), .tensor("values"), .integer("step"),
        .integer("bins", default: 30, min: 1, max: 1000),
      ]
    ) { call in
      let name = try call.string(1)
      guard name.utf8.count <= maxHistogramName else {
        throw ScriptError(
          "histogram: a name has at most \(maxHistogramName) bytes, got \(name.utf8.count)")
      }
      let bins = try call.integer(4)
      try call.state.chargeOutput(bins * (name.utf8.count + 60))  // lines of the file
      let tensor = try call.object(2, Tensor.self)
      let (histogram, infinite) = try UninterruptibleWork.run("histogram") {
        let values = try tensor.numbers
        guard values.contains(where: \.isFinite) else {
          throw ScriptError(
            "histogram: '\(name)': the tensor has \(values.isEmpty ? "no value" : "only NaN and infinities")")
        }
        return (
          try Figure.Histogram(of: [NamedValues(name, values)], bins: bins),
          values.count { !$0.isFinite }
        )
      }
      if infinite > 0 {
        try call.state.warn("histogram \(name): \(infinite) of \(tensor.count) values are NaN or infinite")
      }
      let context = try call.context
      if !context.isMuted { try context.run.log(name, histogram, step: call.integer(3)) }
      return .nothing
    },
    LuaFunction(
      "save",
      "Saves a value and returns its path: tensors and the state of a model as NAME.safetensors (or .npz), other "
        + "tables as .json, a string as .txt",
      [.string("name"), .any("value")], returns: "string"
    ) { call in
      call.push(try RunFiles(call).save(call.string(1), call.value(2)))
    },
    LuaFunction(
      "figure",
      "Prints a figure as text, and saves it as NAME.png (or in the formats of --figure) and NAME.txt; returns the "
        + "path of the picture, or nil",
      [.string("name"), .object("figure", "figure")], returns: "string"
    ) { call in
      let name = try call.string(1)
      let figure = try call.object(2, Figure.self).captioned(call.context.synthetic)
      let saved = try RunFiles(call).save(name, figure)
      try call.state.write(UninterruptibleWork.run("figure") { figure.text() })
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
      "Prints rows of named values as a table, and saves it as NAME.csv; returns its path",
      [
        .string("name"), .list("rows", of: .table),
        .strings(
          "columns", optional: true,
          help: "the columns in order; if omitted, all of them, sorted, 6 before 11"),
      ], returns: "string"
    ) { call in
      let columns = call.has(3) ? try call.strings(3) : nil
      let table = try RunTable.make(call.string(1), rows: call.value(2).list ?? [], columns: columns)
      let path = try RunFiles(call).save(call.string(1), table)
      try call.state.write(UninterruptibleWork.run("table") { table.text })
      try call.state.write(path + "\n")
      return call.push(path)
    },
  ]
}

extension Figure {
  /// The same figure with the origin of its data in the caption, unless the caption says so itself.
  fileprivate func captioned(_ origin: String?) -> Figure {
    guard let origin, !caption.contains(Provenance.synthetic) else { return self }
    var copy = self
    copy.caption = [caption, origin].filter { !$0.isEmpty }.joined(separator: "; ")
    return copy
  }
}

extension ScriptContext {
  /// The run's folder, created if necessary; the script may use its files from now on.
  ///
  /// - Throws: `ScriptError` for a role that writes no files; `FileError`.
  func runFolder() throws -> String {
    try require(.writing, for: "the run's folder")
    let folder = try run.folder()
    try capabilities.files.open(output: folder, ownFiles: RunFiles.reserved)
    return folder
  }
}

/// `nj.run.options`: the values of `--set`, as a table to read and a function to declare options with.
final class RunOptions: LuaHosted {
  static let luaClassName = "options"
  /// By name; the last of equal names is used.
  let texts: [String: String]

  init(_ settings: [(name: String, value: String)]) {
    texts = Dictionary(settings.map { ($0.name, $0.value) }) { $1 }
  }

  /// The value of a text without a declaration: an integer, a number, a boolean, else a string.
  static func guess(_ text: String) -> LuaValue {
    if let value = Int(text) { return .integer(value) }
    if let value = text.decimalNumber { return .number(value) }
    return ["true": .boolean(true), "false": .boolean(false)][text] ?? .string(text)
  }
}

extension LuaClass {
  static let runOptions = LuaClass(
    RunOptions.self, "The values of --set; call it with a declaration to check types and fill defaults",
    methods: [],
    operators: [
      LuaFunction(
        "__call",
        "Checks the options and fills in defaults: `nj.run.options { epochs = { default = 11 } }`",
        [.table("declaration", help: OptionSchema.declaration)], returns: "table"
      ) { call in
        let schema = try OptionSchema(declared: call.value(1))
        if let onOptions = try call.context.onOptions {
          onOptions(schema)
          try Interruption.check("the script")
        }
        let context = try call.context
        for name in schema.names {
          context.run.noteUse(ofSetting: name)
          context.cache.note(setting: name)
        }
        let options = try schema.fill(texts: call.object(0, RunOptions.self).texts)
        try call.context.run.note(options, of: schema)
        return try call.push(options)
      },
      LuaFunction(
        "__index", "The value of --set for a name; nil otherwise", [.any("name")], returns: "value"
      ) {
        call in
        let options = try call.object(0, RunOptions.self)
        guard let name = try call.value(1).string else { return try call.push(LuaValue.nil) }
        let context = try call.context
        context.run.noteUse(ofSetting: name)
        context.cache.note(setting: name)
        guard let text = options.texts[name] else { return try call.push(LuaValue.nil) }
        return try call.push(RunOptions.guess(text))
      },
      LuaFunction("__tostring", "As on the command line", returns: "string") { call in
        let texts = try call.object(0, RunOptions.self).texts.sorted { $0.key < $1.key }
        for (name, _) in texts { try call.context.cache.note(setting: name) }
        return call.push(texts.map { "--set \($0.key)=\($0.value)" }.joined(separator: " "))
      },
    ])
}
