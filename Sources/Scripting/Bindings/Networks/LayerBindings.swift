import LuaHost
import Networks
import Tensors

/// `nj.nn`: layers and containers.
enum LayerBindings {
  static let module = LuaModule(
    "nn", "Layers, as PyTorch names them; sequences are (batch, time, channel)",
    functions: weighted + plain + pooling + overTime + containers)

  /// A length; `synonyms` are PyTorch's names for it.
  static func size(_ name: String, _ synonyms: String = "") -> LuaParameter {
    .integer(name, min: 1).also(synonyms)
  }
  private static let bias = LuaParameter.boolean("bias", default: true, help: "whether a bias is added")

  private static let weighted: [LuaFunction] = [
    layer(
      "Linear", "x·Wᵀ + b: (…, in) → (…, out)",
      [size("in", "in_features"), size("out", "out_features"), .options("options", [bias])]
    ) { call, with in
      try LinearLayer(call.integer(1), call.integer(2), bias: call.options(3).boolean("bias"), with: &with)
    },
    layer(
      "Conv1d", "Cross-correlation over time: (batch, time, in) → (batch, time′, out)",
      [
        size("in", "in_channels"), size("out", "out_channels"), size("kernel", "kernel_size"),
        .options("options", Conv1d.fields + [bias]),
      ]
    ) { call, with in
      let options = try call.options(4)
      return try Conv1dLayer(
        call.integer(1), call.integer(2), kernel: call.integer(3), Conv1d(options),
        bias: options.boolean("bias"), with: &with)
    },
    layer(
      "BatchNorm1d", "Batch normalisation of channels",
      [
        size("channels", "num_features"),
        .options("options", [.number("eps", default: 1e-5), .number("momentum", default: 0.1)]),
      ]
    ) { call, with in
      let options = try call.options(2)
      return try BatchNorm1dLayer(
        call.integer(1), epsilon: Float(options.number("eps")), momentum: Float(options.number("momentum")),
        with: &with)
    },
    layer(
      "LayerNorm", "Layer normalisation over the last dimension",
      [size("width", "normalized_shape"), .options("options", [.number("eps", default: 1e-5)])]
    ) { call, with in
      try LayerNormLayer(call.integer(1), epsilon: Float(call.options(2).number("eps")), with: &with)
    },
    layer(
      "Embedding", "Rows of a table by indices from 1",
      [size("entries", "num_embeddings"), size("width", "embedding_dim")]
    ) { call, with in
      try EmbeddingLayer(call.integer(1), call.integer(2), first: 1, with: &with)
    },
    layer(
      "Dropout", "Elements set to 0 with a probability, in training",
      [.number("p", default: 0.5, min: 0, max: 1)]
    ) {
      call, with in try DropoutLayer(call.number(1), with: &with)
    },
  ]

  private static let plain: [LuaFunction] = [
    layer("ReLU", "max(x, 0)") { _, _ in ActivationLayer("ReLU", ReLU()) },
    layer("GELU", "x·Φ(x)") { _, _ in ActivationLayer("GELU", GELU()) },
    layer("ELU", "x above 0, alpha·(eˣ − 1) below", [.number("alpha", default: 1)]) { call, _ in
      ActivationLayer("ELU", ELU(alpha: Float(try call.number(1))))
    },
    layer("Sigmoid", "1 / (1 + e⁻ˣ)") { _, _ in ActivationLayer("Sigmoid", Sigmoid()) },
    layer("Tanh", "tanh x") { _, _ in ActivationLayer("Tanh", Tanh()) },
    layer("Flatten", "All dimensions but the first as one") { _, _ in FlattenLayer() },
    layer("GlobalAvgPool1d", "The mean over time: (batch, time, channel) → (batch, channel)") { _, _ in
      GlobalAvgPool1dLayer()
    },
  ]

  private static let windows: [LuaParameter] = [
    .integer("kernel", min: 1, max: PoolingWindows.maxKernel).also("kernel_size"),
    .options(
      "options",
      [
        .integer("stride", optional: true, min: 1),
        .integer("padding", default: 0, min: 0, max: PoolingWindows.maxKernel),
      ]),
  ]

  private static let pooling: [LuaFunction] = [
    layer("MaxPool1d", "The maximum of windows over time", windows) { call, _ in
      MaxPool1dLayer(try poolingWindows(call))
    },
    layer("AvgPool1d", "The mean of windows over time", windows) { call, _ in
      AvgPool1dLayer(try poolingWindows(call))
    },
  ]

  private static func poolingWindows(_ call: LuaCall) throws -> PoolingWindows {
    let options = try call.options(2)
    return PoolingWindows(
      kernel: try call.integer(1), stride: options["stride"].integer, padding: try options.integer("padding"))
  }

  private static let containers: [LuaFunction] = [
    LuaFunction(
      "Sequential",
      "Parts one after another: modules, { name, module } pairs, or lists of these, which become parts themselves",
      [.table("parts")], returns: "module"
    ) { call in
      let table = try call.value(1).table ?? LuaTable()
      if let field = table.fields.first {
        throw ScriptError(
          "Sequential: the table is the list of parts, in order; '\(field.name)' gives none",
          hint: "a part with a name is { \"\(field.name)\", module }")
      }
      let parts = try sequentialParts(table.list)
      let numbered = parts.enumerated().map { (name: $1.name ?? String($0), module: $1.module) }
      return try call.push(call.context.handle(SequentialLayer(numbered)))
    },
    LuaFunction(
      "Residual", "body(x) + shortcut(x); the shortcut is x itself by default",
      [.module("body"), .object("shortcut", "module", optional: true)], returns: "module"
    ) { call in
      try call.push(
        call.context.handle(
          try ResidualLayer(call.module(1), shortcut: call.objectIfAny(2, ModuleHandle.self)?.module)))
    },
    .module,
  ]

  /// The parts of a sequence with their names, where they have one; nested lists are flattened.
  ///
  /// `position` is where the list itself stands, as `2.` for the second part.
  private static func sequentialParts(
    _ list: [LuaValue], at position: String = ""
  ) throws -> [(name: String?, module: any Module)] {
    try list.enumerated().flatMap { index, value -> [(name: String?, module: any Module)] in
      if let handle = value.object(ModuleHandle.self) { return [(nil, handle.module)] }
      if let pair = value.list, pair.count == 2, let name = pair[0].string,
        let handle = pair[1].object(ModuleHandle.self)
      {
        try requireShortName(name, "Sequential: part \(position)\(index + 1)")
        return [(name, handle.module)]
      }
      if let table = value.table, table.fields.isEmpty, table.list.first?.string == nil {
        return try sequentialParts(table.list, at: "\(position)\(index + 1).")
      }
      throw ScriptError(
        "Sequential: part \(position)\(index + 1) is a \(value.typeName); "
          + "expected a module, { \"name\", module } or a list of these",
        hint: value.function == nil
          ? nil
          : "a layer is called first, nn.ReLU(), and a function is a module by "
            + "nn.module { forward = function(self, x) return … end }()")
    }
  }

  /// The longest name of a part or a field, in bytes: it is a piece of parameters' names, and no memory is charged for
  /// it.
  private static let maxNameLength = 200

  /// - Throws: ``ScriptError`` for a name that is too long.
  static func requireShortName(_ name: String, _ what: String) throws {
    guard name.utf8.count <= maxNameLength else {
      throw ScriptError("\(what): a name has at most \(maxNameLength) bytes, got \(name.utf8.count)")
    }
  }

  static func layer(
    _ name: String, _ summary: String, _ parameters: [LuaParameter] = [],
    _ make: @escaping @Sendable (LuaCall, inout Initialiser) throws -> any Module
  ) -> LuaFunction {
    LuaFunction(name, summary, parameters, returns: "module") { call in
      let context = try call.context
      return try call.push(context.handle(make(call, &context.initialiser)))
    }
  }
}
