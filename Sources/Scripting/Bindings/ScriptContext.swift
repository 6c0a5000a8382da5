import Datasets
import FewShot
import Figures
import LuaHost
import Support
import Tensors

/// What the bindings of one Lua state use. Belongs to the thread that runs the state.
public final class ScriptContext {
  /// The device of new tensors.
  public let device: Device
  /// The seed of all random numbers.
  public var seed: UInt64 { randomness.seed }
  /// The random numbers of the executing script.
  var randomness: Randomness
  /// The run: options, output folder, log.
  public var run: any ScriptRun {
    didSet { cache.settings = run.settings }
  }
  /// How progress is shown.
  public let console: Console
  /// The cache of stage results.
  public let cache: StageCache
  /// The handles of modules that scripts hold.
  let handles = ModuleHandles()
  /// What scripts may do beyond computing; nothing, unless set.
  public var capabilities = Capabilities()
  /// What the user granted to single plugins that asked for it, by their files: no other plugin may do it.
  var grants: [String: Capabilities] = [:]
  /// The file of the executing plugin; nil for a script.
  var grantee: String?
  /// The files that the executing code may touch.
  public var files: FileGate {
    get { grantee.flatMap { grants[$0] }.map { capabilities.files.adding($0.files) } ?? capabilities.files }
    set { capabilities.files = newValue }
  }

  /// Asks the user a question of yes or no; nil without a terminal.
  public var ask: ((_ question: String) throws -> Bool)?
  /// Files of plugins whose permissions the user refused.
  var refused: Set<String> = []
  /// Folders of data sets that the user selected, or that nightjar made.
  var trustedData: Set<String> = []
  /// The origin of the synthetic speech that was opened, such as `synthetic speech, quick`; nil where none was.
  var synthetic: String?
  /// The data set of scripts that name none: the user's, or synthetic speech of a size.
  private(set) var selectedData: (path: String?, size: SynthesisOptions.Size) = (nil, .quick)
  /// The state the context is attached to.
  var state: LuaState? { place?.state }
  var place: LuaStatePlace?
  /// The executing roles, the innermost last; empty for a script.
  var roles: [Role] = []
  /// A rule that was violated, until the plugin that violated it has ended.
  var violation: ScriptError?
  /// Modules whose fields only their own code may set.
  var guarded: Set<ObjectIdentifier> = []
  /// Whether what the executing code logs and warns of is dropped.
  var isMuted = false
  /// Seconds from the start of the process until scripts could run; nil where the system does not report it.
  public var startUp: Double?
  /// Whether metrics follow NeuroBench 2.3.0 also where that is doubtful.
  public var followsNeuroBench = false
  /// Called with the results of `nj.fscil.run` so far after every learner, and, with the error, when it has to stop.
  public var onResults: ((_ results: FewShotResults, _ stop: (any Error)?) -> Void)?

  /// Called after every repeat of a learner of `nj.fscil.run`, with its number, from 0.
  public var onRepeat: ((_ learner: String, _ number: Int, _ result: FewShotRepeat) -> Void)?

  /// Called with the first repeats of all learners of `nj.fscil.run`, where all of them take long.
  ///
  /// - Throws: what ends the run.
  public var onPreview: ((FewShotResults) throws -> Void)?

  /// The part of the repeats of `nj.fscil.run` that this process runs for another one; nil for all.
  public var repeatPart: RepeatPart?
  /// Processes that run parts of the repeats of `nj.fscil.run`; nil for none.
  public var repeatHelpers: (any RepeatHelpers)?

  /// Called with the options that a script declares, before they are checked; for the help of a script.
  public var onOptions: ((OptionSchema) -> Void)?

  /// Called with every operation of `nj.func` that runs, and its tensors; nil but for a check of its gradients.
  var onScriptedOperation: ((_ operation: ScriptedOperation, _ inputs: [Tensor]) -> Void)?

  /// The files that calls of `nj.train` in a recipe resume from; nil outside one.
  var checkpoints: CheckpointFiles?
  /// Those of the script's own calls; nil for a command that cannot resume.
  public var scriptCheckpoints: CheckpointFiles?
  /// Where what a recipe logs and reports is collected; nil outside a recipe.
  var trainingReport: TrainingReport?

  /// A context for one seed.
  public init(device: Device, seed: UInt64, console: Console, cache: StageCache, run: any ScriptRun) {
    self.device = device
    self.console = console
    self.cache = cache
    self.run = run
    cache.settings = run.settings
    randomness = Randomness(seed: seed, device: device)
  }

  /// Selects the data set of scripts that name none.
  public func select(data path: String?, size: SynthesisOptions.Size) {
    if let path { trustedData.insert(path) }
    selectedData = (path, size)
  }

  /// Restarts all random numbers from another seed.
  public func reseed(_ seed: UInt64) { randomness = Randomness(seed: seed, device: device) }
}

/// The run a script is part of, as `nj.run` has it.
public protocol ScriptRun: AnyObject {
  /// The settings of `--set`, by name.
  var settings: [(name: String, value: String)] { get }
  /// The run's folder, made on first use.
  ///
  /// - Throws: `FileError` when it cannot be created or written.
  func folder() throws -> String
  /// Logs a number that changes over steps.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func log(_ name: String, _ value: Double, step: Int) throws
  /// Logs the distribution of values that changes over steps.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func log(_ name: String, _ histogram: Figure.Histogram, step: Int) throws
  /// Writes what was logged and is buffered.
  ///
  /// - Throws: `FileError` when it cannot be written.
  func flush() throws
  /// The formats that figures are saved in besides text, by their file endings.
  var figureFormats: [String] { get }
  /// Records that the script knows a setting, so that unknown ones can be reported.
  func noteUse(ofSetting name: String)
  /// Called before a warning that the script caused is printed.
  func noteWarning()
  /// Records the options that the script declared, with the values that they have.
  func note(_ options: LuaTable, of schema: OptionSchema)
}

extension ScriptRun {
  public func log(_ name: String, _ histogram: Figure.Histogram, step: Int) throws {}
  public var figureFormats: [String] { ["png"] }
  public func flush() throws {}
  public func noteUse(ofSetting name: String) {}
  public func noteWarning() {}
  public func note(_ options: LuaTable, of schema: OptionSchema) {}
}

extension LuaState {
  /// Prints a warning that a script caused, within the limit of output.
  ///
  /// - Throws: ``LimitError``; ``ScriptError`` without a context.
  func warn(_ text: String) throws {
    let text = text.printable(limit: 1000)
    try chargeOutput(text.utf8.count + 10)
    let context = try attached(ScriptContext.self)
    if !context.isMuted {
      context.run.noteWarning()
      context.console.warn(text)
    }
  }
}

extension LuaCall {
  /// The context of the state that runs the script.
  var context: ScriptContext { get throws { try state.attached(ScriptContext.self) } }
}
