import LuaHost
import Support
import Tensors

/// The module that `require "nightjar"` gives: everything a script can call, in one table.
public enum NightjarModule {
  /// This host's version; results are kept apart by it.
  public static let version = "0.1.0"
  /// The versions of this host and of what results may depend on.
  public static var versions: [String: String] {
    ["nightjar": version, "lua": LuaState.version]
  }

  /// The version of the API that plugins are written for.
  public static var api: Int { Manifest.api }

  /// The classes of host objects, as they are declared.
  public static let classes: [LuaClass] = [
    .tensor, .scriptedContext, .random, .scope, .module, .optimizer, .scheduler, .words, .batch, .batches,
    .samples, .fewShotResults,
    .taskContext, .taskLearner, .pluginChoice, .figure, .progress, .runOptions, .null, .networkMetric,
    .benchmark, PluginBindings.pluginClass,
  ]

  /// `nj`, as it is declared: with ``classes``, everything the host gives to scripts.
  public static let module = LuaModule(
    "nightjar", "Few-shot keyword learning: tensors, networks, sound, data, the FSCIL protocol",
    functions: TensorBindings.functions + TensorBindings.products + TensorBindings.autogradFunctions
      + TrainBindings.functions
      + PluginBindings.functions + HostBindings.functions + StateFileBindings.functions + [
        ExportBindings.function, .scope, .benchmark, .system,
      ],
    values: [("version", "The host's version", .string(version))],
    modules: [
      LayerBindings.module, OptimizerBindings.module, LossBindings.module, DataBindings.module,
      FewShotBindings.module, MetricBindings.module,
      AudioBindings.module, PlotBindings.module, RunBindings.module, FileBindings.module, JSONBindings.module,
    ])

  /// Where a name is that was looked for in a module without it: in another module, or among the methods of tensors.
  static func place(of name: String) -> String? {
    if let module = membersByModule.first(where: { $0.members.contains(name) }) {
      return "it is \(module.path).\(name)"
    }
    return LuaClass.tensor.methods.first { $0.name == name }.map { "a method of tensors: x:\($0.signature)" }
  }

  /// The functions of all modules, by the paths of these.
  private static let membersByModule: [(path: String, members: Set<String>)] = {
    func all(_ module: LuaModule, _ path: String) -> [(path: String, members: Set<String>)] {
      [(path, Set(module.functions.map(\.name)))] + module.modules.flatMap { all($0, "\(path).\($0.name)") }
    }
    return all(module, "nj")
  }()

  /// Gives a state the module and its classes.
  ///
  /// - Throws: `ScriptError` for a state that has them already.
  public static func install(in state: LuaState) throws {
    state.deriveSeed = { seed, purpose in
      var random = RandomStream(seed: seed, purpose: purpose)
      return random.next()
    }
    state.translate = CoreErrorTranslation.translate
    state.advice = { name, owner in
      if case .messages = owner { return LuaMessage.advice(for: name) }
      return ForeignName.Place(owner).flatMap { ForeignName.advice(for: name, in: $0) }
        ?? (ForeignName.Place(owner) == .module ? place(of: name) : nil)
    }
    for description in classes { try state.register(description) }
    try state.install(module)
    guard let context = try? state.attached(ScriptContext.self) else { return }
    context.place = state.place
    state.onSource = { [weak context] path, content in
      guard let context else { return }
      if context.files.isWritten(source: path) {
        try context.require(.writtenFile, for: "'\(path.printable(limit: 200))'")
        throw CapabilityError(
          "cannot load '\(path)': a plugin of this run wrote it", hint: "load it in another run")
      }
      context.cache.note(StageRead(path: path, content: content))
    }
  }
}

extension ForeignName.Place {
  fileprivate init?(_ owner: NameOwner) {
    switch owner {
    case .classNamed(Tensor.luaClassName): self = .tensor
    case .classNamed(ModuleHandle.luaClassName): self = .network
    case .classNamed("optimizer"), .classNamed("scheduler"): self = .optimizer
    case .classNamed: return nil
    case .module: self = .module
    case .globals: self = .global
    case .required: self = .required
    case .options: self = .option
    case .messages: return nil
    }
  }
}

extension Reference {
  /// The reference of everything that scripts can call.
  public static let nightjar = Reference(
    NightjarModule.module, named: "nj", classes: NightjarModule.classes, hint: { ForeignName.advice(for: $0) }
  )

  /// The reference of a name as users write it: also of a plugin's function, `learner.start`, and of a class by the
  /// name that types have, `nj.samples`.
  ///
  /// - Throws: ``ReferenceError`` with close names for an unknown one.
  public static func nightjar(of name: String) throws -> String {
    let parts = name.split(whereSeparator: { $0 == "." || $0 == ":" }).map(String.init)
    if parts.count == 2, let kind = PluginKind(rawValue: parts[0]),
      let function = kind.functions.first(where: { $0.name == parts[1].prefix { $0 != "(" } })
    {
      return
        "\(kind.rawValue) plugin: \(function.signature)\(function.isRequired ? "" : ", optional")\n  \(function.help)"
    }
    if parts.count == 2, parts[0] == "nj", !nightjar.names.contains(name), nightjar.names.contains(parts[1]) {
      return try nightjar.text(of: parts[1])
    }
    return try nightjar.text(of: name)
  }
}

/// A state collects garbage when much of the pool is in use.
extension MemoryPool: NativeMemory {
  public var liveBytes: Int { usage.live }
}
