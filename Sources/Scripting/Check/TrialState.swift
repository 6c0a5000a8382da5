import Datasets
import FewShot
import Foundation
import LuaHost
import Networks
import Support
import Tensors

/// A Lua state of its own to try plugins or run tests in: what happens in it leaves no trace in others.
final class TrialState {
  let state: LuaState
  let context: ScriptContext
  let library: PluginLibrary
  let store: FeatureStore
  let encoder = TrialEncoder()

  /// A state whose data set and cache are in `folder`, with random numbers drawn from `seed`.
  ///
  /// - Throws: `ScriptError` when there is not enough memory; `DatasetError`.
  init(
    _ settings: TrialSettings, folder: TrialFolder, seed: UInt64, print: @escaping (String) -> Void = { _ in }
  ) throws {
    let console = Console(style: .silent)
    context = ScriptContext(
      device: settings.device, seed: seed, console: console,
      cache: StageCache(folder: folder.path + "/cache", console: console),
      run: TrialRun(path: folder.path + "/run"))
    context.capabilities = settings.capabilities
    context.select(data: folder.data, size: .quick)
    library = PluginLibrary(folders: settings.folders, shipped: settings.shipped)
    state = try LuaState(seed: seed)
    state.pool = settings.device.pool
    state.limits = settings.limits
    state.endsProcess = true
    state.print = print
    state.attach(context)
    state.attach(library)
    try NightjarModule.install(in: state)
    settings.onState(state)
    store = FeatureStore(
      try folder.dataset, device: settings.device, cache: context.cache, console: console)
  }

  /// A small network for the data set, with a readout, as scripts hold it.
  ///
  /// - Throws: `TensorError`.
  func network() throws -> ModuleHandle {
    let shape = try store.rowShape(encoder)
    let task = NetworkTask(time: shape[0], channels: shape[1], classes: TrialData.classes)
    let module = try TrialModel(device: context.device).build(for: task)
    module.setTraining(false)
    return context.handle(module, classes: TrialData.classes)
  }
}

extension TrialState {
  /// What a task works with: the made-up data, with shipped plugins of small size.
  ///
  /// - Parameter task: the task that it is for; one that names a model gets that one.
  /// - Throws: ``OptionError`` where the shipped plugins were not found; `ScriptError`.
  func taskContext(for task: Plugin? = nil) throws -> TaskContext {
    // The shipped ones, whatever hides them.
    let shipped = PluginLibrary(folders: [], shipped: library.shippedFolder, standard: false)
    func small(_ kind: PluginKind, _ name: String, _ options: LuaTable = LuaTable()) throws -> PluginChoice {
      try PluginChoice(shipped.plugin(kind, name, in: state), options: options)
    }
    return try TaskContext(
      dataset: task?.generatesData == true ? nil : store.dataset,
      encoder: small(.encoder, "mfcc", ["mels": 8, "coefficients": 8, "hop": 0.0125]),
      model: task?.model.map { PluginChoice(try library.plugin(.model, $0, in: state)) }
        ?? small(.model, "small_conv", ["channels": 2]),
      recipe: small(.recipe, "cross_entropy", ["epochs": 1]), learners: [small(.learner, "prototypical")],
      tests: [], metrics: [], repeats: 1, context: context, in: state)
  }
}

/// What trials of plugins share.
public struct TrialSettings {
  /// The device of all tensors.
  public var device: Device
  /// The shipped plugins; nil when they were not found.
  public var shipped: String?
  /// Plugin folders that are searched first.
  public var folders: [String]
  /// What plugins may do.
  public var capabilities: Capabilities
  /// The limits of every call.
  public var limits: Limits
  /// Called with every Lua state before anything runs in it.
  public var onState: (LuaState) -> Void = { _ in }

  public init(
    device: Device, shipped: String?, folders: [String] = [], capabilities: Capabilities = Capabilities(),
    limits: Limits = .forTrials
  ) {
    self.device = device
    self.shipped = shipped
    self.folders = folders
    self.capabilities = capabilities
    self.limits = limits
  }
}

extension TrialSettings {
  /// The settings for plugins that a run uses, by the limits that the run has.
  public init(of context: ScriptContext, _ library: PluginLibrary, _ limits: Limits) {
    var own = limits
    for limit in [Limit.call, .time, .output] {
      let most = Limits.forTrials[limit] ?? .infinity
      own[limit] = min(most, limits[limit] ?? most)
    }
    self.init(
      device: context.device, shipped: library.shippedFolder, folders: library.searchPath,
      capabilities: context.capabilities, limits: own)
  }
}

extension Limits {
  /// For trials on made-up data, of which no call takes long.
  public static var forTrials: Limits {
    var limits = Limits.forRuns
    limits[.call] = 5
    limits[.time] = 20
    limits[.output] = 1_048_576
    return limits
  }
}

/// The files of trials: the data set, made on first use, and the cache. Removed when the trials are over.
final class TrialFolder {
  let path: String
  let data: String
  private var made: WordDataset?

  private init(path: String, data: String?) {
    self.path = path
    self.data = data ?? path + "/data"
  }

  /// The data set.
  ///
  /// - Throws: `FileError`, `DatasetError`.
  var dataset: WordDataset {
    get throws {
      if let made { return made }
      if FileStatus(data) == nil { try TrialData.write(to: data) }
      let dataset = try WordDataset(path: data)
      made = dataset
      return dataset
    }
  }

  /// Calls `body` with a new folder; its data set is the one of another folder where that is given.
  ///
  /// - Throws: what `body` throws; `FileError`.
  static func with<Result>(data: String? = nil, _ body: (TrialFolder) throws -> Result) throws -> Result {
    try TemporaryWorkFolder.with { try body(TrialFolder(path: $0, data: data)) }
  }
}

/// A run that keeps nothing.
private final class TrialRun: ScriptRun {
  let settings: [(name: String, value: String)] = []
  private let path: String

  init(path: String) { self.path = path }

  func folder() throws -> String {
    try AtomicFile.makeFolder(path)
    return path
  }

  func log(_ name: String, _ value: Double, step: Int) {}
}
