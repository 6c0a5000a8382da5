import CLua
import LuaBridge
import Support

/// What a name that does not exist was looked for in.
public enum NameOwner: Sendable, Hashable {
  /// A class of host objects.
  case classNamed(String)
  /// A module of the host, by its path.
  case module(String)
  case globals
  /// The argument of `require`.
  case required
  /// A table of options.
  case options
  /// The text of an error of Lua itself, or of an argument that does not fit.
  case messages
}

/// A Lua state with the safe libraries, and the host functions and classes registered with it.
///
/// A state is used by one thread at a time. Several states can exist at once.
public final class LuaState {
  /// The version of Lua: "5.4.4".
  public static let version = "\(LUA_VERSION_MAJOR).\(LUA_VERSION_MINOR).\(LUA_VERSION_RELEASE)"

  /// Receives the output of the script's `print`; the text ends with a newline.
  public var print: (String) -> Void = { Swift.print($0, terminator: "") }

  /// Polled every few milliseconds: whether the script should stop, as for Ctrl-C.
  public var isInterrupted: @Sendable () -> Bool = { Interruption.isRequested }

  /// Called with the path and the digest of a Lua file before it runs; an error refuses it.
  public var onSource: ((_ path: String, _ content: ContentKey) throws -> Void)?

  /// Every Lua file that ran, in order, each text of a path once: what a run has to keep to be repeated.
  public private(set) var loadedSources: [LoadedSource] = []

  /// Whether `collectgarbage("count")` is an error.
  public var hidesMemory: Bool {
    get { host.pointee.hides_memory != 0 }
    set { host.pointee.hides_memory = newValue ? 1 : 0 }
  }

  /// Translates an error of the core for script authors, who count from 1.
  public var translate: (any Error) -> any Error = { $0 }

  /// Advice for a name that does not exist, before a close one is looked for: what another library calls so.
  public var advice: @Sendable (_ name: String, _ owner: NameOwner) -> String? = { _, _ in nil }

  /// What scripts may use.
  public var limits = Limits()
  /// Whether the process exits with code 4 when a script runs past its deadline and nothing else can end it, such as
  /// inside one long native operation. For a command, not for a library.
  public var endsProcess = false

  let main: OpaquePointer
  let host: UnsafeMutablePointer<nj_host>
  let releases = ReleaseQueue()
  /// The Lua thread that last called into Swift; callbacks run on it.
  @exclusivity(unchecked) var current: OpaquePointer
  /// The number of nested calls from Swift into Lua.
  var depth = 0
  /// The dispatch table; the state owns its functions.
  @exclusivity(unchecked) var functions: ContiguousArray<Unmanaged<BoundFunction>> = []
  var classes: [BoundClass] = []
  var classNumbers: [String: Int32] = [:]
  /// The digests of path and text of what is in ``loadedSources``.
  private var loadedKeys: Set<ContentKey> = []
  /// The class of the object that was pushed last: most are of one class, and hashing a name takes longer than
  /// comparing.
  var lastPushed: (name: String, number: Int32)?
  /// The last error a host function threw, until it is back in Swift.
  var thrown: (text: String, error: ScriptError)?
  /// The Lua frames of the last error that reached a call from Swift.
  var frames: [LuaFrame] = []
  /// The error that ends the script, once a limit or Ctrl-C stops it.
  var stopped: ScriptError?
  /// Bytes printed and written since the outermost call began.
  var printed = 0
  /// Refusals of native memory since the outermost call began.
  var refusals = 0
  /// The deadline of the plugin call that is running, in nanoseconds; 0 for none.
  var callDeadline: Int64 {
    get { host.pointee.call_deadline }
    set { host.pointee.call_deadline = newValue }
  }
  /// The deadline around the running call whose limit starts again with each sign of progress; nil for any other call.
  var renewal: Int64?
  /// What measures calls and lines; nil for a state that is not profiled.
  @exclusivity(unchecked) var profile: CallProfile?
  /// What is told of the objects that cross the boundary; nil for nothing.
  @exclusivity(unchecked) var resultObserver: (any ResultObserver)?
  /// The seed that `math.random` of all environments derives from.
  let seed: UInt64
  /// Derives the seed for one purpose from the seed of the state.
  public var deriveSeed: (_ seed: UInt64, _ purpose: String) -> UInt64 = { seed, purpose in
    purpose.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
  var modules: [String: LuaReference] = [:]
  /// The names of computed fields, by the path of their module.
  var moduleProperties: [String: [String]] = [:]
  /// The folders that the code of this state comes from.
  let roots = CodeRoots()
  var manifestMarks: LuaReference?
  /// The native memory pool; garbage is collected when much of it is in use.
  public var pool: (any NativeMemory)? {
    didSet {
      nativeBudget = pool?.budget
      poolThreshold = min(64 << 20, (pool?.budget ?? 0) / 4 * 3)
    }
  }
  /// Garbage is collected when more bytes than this are live in the pool.
  var poolThreshold = 0
  private var attachments: [ObjectIdentifier: AnyObject] = [:]
  /// Where it is, for what may outlive it.
  public let place = LuaStatePlace()

  /// Creates a state whose random numbers derive from `seed`.
  ///
  /// - Throws: ``ScriptError`` when there is not enough memory.
  public init(seed: UInt64 = 0) throws {
    self.seed = seed
    var calls = nj_callbacks(
      dispatch: { owner, thread, function in
        guard let thread else { return -1 }
        return LuaState.from(owner) { $0.dispatch(thread, Int(function)) } ?? -1
      },
      release: { _, object in
        if let object { Unmanaged<AnyObject>.fromOpaque(object).release() }
      },
      trace: { owner, thread in
        if let thread { LuaState.from(owner) { $0.noteFrames(thread) } }
      },
      is_interrupted: { owner in
        LuaState.from(owner) {
          $0.sampleProfile()
          return $0.isInterrupted() ? 1 : 0
        } ?? 0
      },
      stop: { owner, thread, reason in
        guard let thread else { return }
        LuaState.from(owner) { $0.pushStop(thread, nj_reason(rawValue: UInt32(reason))) }
      },
      describe: { owner, thread, index in
        guard let thread else { return }
        // Without an owner nothing would be pushed; a state that prints has one.
        if LuaState.from(owner, { $0.pushDescription(thread, index) }) == nil {
          lua_pushstring(thread, "table")
        }
      },
      print: { owner, text, length in
        guard let text else { return }
        // An error is dropped: when a limit is exceeded, C stops the script right after the print.
        LuaState.from(owner) { try? $0.write(UnsafeRawBufferPointer(start: text, count: length)) }
      })
    guard let main = nj_open(&calls, nil), let host = nj_host_of(main) else {
      throw ScriptError("not enough memory to start Lua")
    }
    self.main = main
    self.host = host
    current = main
    host.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    place.state = self
    registerClosures()
  }

  deinit {
    place.state = nil
    host.pointee.owner = nil  // objects are still released; nothing else of this state is used
    nj_close(main)
    for function in functions { function.release() }
  }

  static func from<R>(_ owner: UnsafeMutableRawPointer?, _ body: (LuaState) -> R) -> R? {
    guard let owner else { return nil }
    return Unmanaged<LuaState>.fromOpaque(owner)._withUnsafeGuaranteedRef { body($0) }
  }

  package var stack: LuaStack { LuaStack(thread: current, state: self) }

  /// Bytes that Lua itself has allocated.
  public var luaBytes: Int { host.pointee.lua_bytes }
  /// Native bytes held by host objects that were not collected or released yet.
  public var nativeBytes: Int { host.pointee.native_bytes }
  /// Whether garbage is collected at every allocation. For tests: a value that a host function forgot to retain is
  /// freed at once.
  public var collectsAtEveryAllocation: Bool {
    get { host.pointee.stress != 0 }
    set { host.pointee.stress = newValue ? 1 : 0 }
  }
  /// The native memory budget in bytes: garbage is collected more often when three quarters of it are in use.
  public var nativeBudget: Int? {
    get { host.pointee.native_budget == 0 ? nil : Int(host.pointee.native_budget) }
    set { host.pointee.native_budget = newValue ?? 0 }
  }

  /// Attaches a Swift object, which host functions retrieve by its type.
  public func attach<T: AnyObject>(_ object: T) { attachments[ObjectIdentifier(T.self)] = object }

  /// The attached object of a type.
  ///
  /// - Throws: ``ScriptError`` when none was attached.
  public func attached<T: AnyObject>(_ type: T.Type = T.self) throws -> T {
    if let object = attachments[ObjectIdentifier(type)] as? T { return object }
    throw ScriptError("this is not available here: no \(type) in this state")
  }

  /// Notes a file that is about to run.
  func note(_ source: LuaSource, _ content: ContentKey) {
    guard loadedKeys.insert(ContentKey(parts: [source.path, content.description])).inserted else { return }
    loadedSources.append(LoadedSource(path: source.path, text: source.text, content: content))
  }

  /// Collects all garbage now, including native memory.
  public func collectGarbage() {
    flushReleases()
    nj_collect(current)
  }

  /// Releases the Lua values of references that were released.
  func flushReleases() {
    for key in releases.take() { luaL_unref(current, nj_registry_index(), key) }
  }
}
