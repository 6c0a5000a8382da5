import Datasets
import LuaHost
import Support
import Tensors

/// What the bindings of one Lua state work with. Belongs to the thread that runs the state.
public final class ScriptContext {
  /// Where tensors go.
  public let device: Device
  /// The seed everything random derives from.
  public var seed: UInt64 { randomness.seed }
  /// What the script at work draws from.
  var randomness: Randomness
  /// What a script may ask of its run: options, output folder, log.
  public var run: any ScriptRun
  /// How progress is shown.
  public let console: Console
  /// Where results of stages are kept.
  public let cache: StageCache
  /// The modules that scripts hold.
  let handles = ModuleHandles()
  /// What was granted beyond computing; nothing, unless set.
  public var capabilities = Capabilities()
  /// The files a script may touch.
  public var files: FileGate {
    get { capabilities.files }
    set { capabilities.files = newValue }
  }

  /// Asks the person a question of yes or no; nil where nobody can answer.
  public var ask: ((_ question: String) throws -> Bool)?
  /// Files of plugins that the person would not grant what they need.
  var refused: Set<String> = []
  /// Folders of data sets that the person chose, or that are nightjar's own.
  var ownData: Set<String> = []
  /// The data set of scripts that name none: the person's, or synthetic speech of a size.
  private(set) var chosenData: (path: String?, size: SynthesisOptions.Size) = (nil, .quick)
  /// The state the session is attached to.
  weak var state: LuaState?
  /// Who is at work, the innermost last; a script where there is nobody.
  var roles: [Role] = []
  /// A rule that was broken, until the plugin that broke it has ended.
  var breach: ScriptError?
  /// Modules whose fields only their own code may set.
  var guarded: Set<ObjectIdentifier> = []
  /// Seconds from the start of the process until scripts could run; nil where the system does not tell.
  public var startUp: Double?
  /// Whether metrics behave as NeuroBench 2.3.0 also where that is to be doubted.
  public var followsNeuroBench = false
  /// Told what `nj.fscil.run` has whenever a learner is done, and when it has to stop with the reason; for who
  /// saves it.
  public var noteResults: ((_ found: FewShotResults, _ stop: (any Error)?) -> Void)?

  /// Where `nj.train` keeps what an interrupted run needs to go on; nil where nobody would ask for it again.
  var checkpoints: (stem: String, used: Int)?

  /// The file of the next call of `nj.train`: calls of one recipe are told apart by their order.
  func nextCheckpoint() -> String? {
    guard let (stem, used) = checkpoints else { return nil }
    checkpoints = (stem, used + 1)
    return "\(stem).\(used + 1).checkpoint"
  }

  /// A session for one seed.
  public init(device: Device, seed: UInt64, console: Console, cache: StageCache, run: any ScriptRun) {
    self.device = device
    self.console = console
    self.cache = cache
    self.run = run
    randomness = Randomness(seed: seed, device: device)
  }

  /// Makes a data set that of scripts which name none.
  public func choose(data path: String?, size: SynthesisOptions.Size) {
    if let path { ownData.insert(path) }
    chosenData = (path, size)
  }

  /// Starts all random numbers again from another seed.
  public func reseed(_ seed: UInt64) { randomness = Randomness(seed: seed, device: device) }
}

/// The run a script is part of: what `nj.run` shows of it.
public protocol ScriptRun: AnyObject {
  /// What `--set` gave, by name.
  var settings: [(name: String, value: String)] { get }
  /// The run's folder, made when first asked for.
  func folder() throws -> String
  /// Notes a number that changes over steps.
  func log(_ name: String, _ value: Double, step: Int) throws
  /// Notes that the script knows an option, so that one it does not know can be told.
  func noteUse(ofSetting name: String)
}

extension ScriptRun {
  public func noteUse(ofSetting name: String) {}
}

extension LuaCall {
  /// The session of the state that runs the script.
  var context: ScriptContext { get throws { try state.attached(ScriptContext.self) } }
}
