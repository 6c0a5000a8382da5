import CLua
import LuaBridge
import Support

/// One Lua world: a Lua state with the safe libraries, and the host functions and classes given to it.
///
/// A state belongs to one thread at a time. Several states can live beside each other.
public final class LuaState {
  /// Where the script's `print` goes; the text ends with a newline.
  public var print: (String) -> Void = { Swift.print($0, terminator: "") }

  /// Asked every few milliseconds: whether the script should stop as by Ctrl-C.
  public var isInterrupted: @Sendable () -> Bool = { Interruption.isRequested }

  /// Puts an error of the core into the words of scripts, which count from 1.
  public var translate: (any Error) -> any Error = { $0 }

  /// What scripts may use up.
  public var limits = Limits()
  /// Whether the process ends with exit code 4 where a script runs on past its time and nothing else can end
  /// it: inside one long native operation, say. For a command, not for a library.
  public var endsProcess = false

  let main: OpaquePointer
  let host: UnsafeMutablePointer<nj_host>
  let releases = ReleaseQueue()
  /// The Lua thread that called into Swift last; callbacks run on it.
  @exclusivity(unchecked) var current: OpaquePointer
  /// Nested calls from Swift into Lua.
  var depth = 0
  /// The dispatch table; the state owns them.
  @exclusivity(unchecked) var functions: ContiguousArray<Unmanaged<BoundFunction>> = []
  var classes: [BoundClass] = []
  var classNumbers: [String: Int32] = [:]
  /// The last error a host function threw, until it has come back to Swift.
  var thrown: (text: String, failure: ScriptError)?
  /// Frames of the last error that reached a call from Swift.
  var frames: [LuaFrame] = []
  /// What the script is stopped with, once it is.
  var stopped: ScriptError?
  /// Bytes printed and written, and refusals of native memory, since the outermost call began.
  var printed = 0
  var refusals = 0
  /// The deadline of the plugin's call that runs; 0 for none.
  var callDeadline: Int64 = 0
  /// What random numbers start from.
  let seed: UInt64
  /// Derives the seed of one purpose from that of the state.
  public var deriveSeed: (_ seed: UInt64, _ purpose: String) -> UInt64 = { seed, purpose in
    purpose.utf8.reduce(seed) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
  var modules: [String: LuaReference] = [:]
  var manifestMarks: LuaReference?
  /// The native memory that garbage is collected for.
  public var pool: (any NativeMemory)? {
    didSet {
      nativeBudget = pool?.budget
      poolThreshold = min(64 << 20, (pool?.budget ?? 0) / 4 * 3)
    }
  }
  /// Garbage is collected when more than this is alive in the pool.
  var poolThreshold = 0
  private var attachments: [ObjectIdentifier: AnyObject] = [:]

  /// Makes a state whose random numbers derive from `seed`.
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
      is_interrupted: { owner in LuaState.from(owner) { $0.isInterrupted() ? 1 : 0 } ?? 0 },
      stop: { owner, thread, reason in
        guard let thread else { return }
        LuaState.from(owner) { $0.pushStop(thread, nj_reason(rawValue: UInt32(reason))) }
      },
      print: { owner, text, length in
        guard let text else { return }
        let bytes = UnsafeRawBufferPointer(start: text, count: length)
        // Where it is too much, the script is stopped right behind the print.
        LuaState.from(owner) { try? $0.write(String(decoding: bytes, as: UTF8.self).printable(limit: .max)) }
      })
    guard let main = nj_open(&calls, nil), let host = nj_host_of(main) else {
      throw ScriptError("no memory to start Lua")
    }
    self.main = main
    self.host = host
    current = main
    host.pointee.owner = Unmanaged.passUnretained(self).toOpaque()
    registerClosures()
  }

  deinit {
    host.pointee.owner = nil  // objects are still released; nothing else of this state is used
    nj_close(main)
    for function in functions { function.release() }
  }

  private static func from<R>(_ owner: UnsafeMutableRawPointer?, _ body: (LuaState) -> R) -> R? {
    guard let owner else { return nil }
    return Unmanaged<LuaState>.fromOpaque(owner)._withUnsafeGuaranteedRef { body($0) }
  }

  package var stack: LuaStack { LuaStack(thread: current, state: self) }

  /// Bytes that Lua itself holds.
  public var luaBytes: Int { host.pointee.lua_bytes }
  /// Native bytes that hang on host objects a script can still reach or that are not collected yet.
  public var nativeBytes: Int { host.pointee.native_bytes }
  /// Whether garbage is collected at every allocation; for tests, since all that a host function forgot to hold
  /// on to is gone at once.
  public var collectsAtEveryAllocation: Bool {
    get { host.pointee.stress != 0 }
    set { host.pointee.stress = newValue ? 1 : 0 }
  }
  /// The native memory budget: garbage is collected more often when three quarters of it are in use.
  public var nativeBudget: Int? {
    get { host.pointee.native_budget == 0 ? nil : Int(host.pointee.native_budget) }
    set { host.pointee.native_budget = newValue ?? 0 }
  }

  /// Keeps a Swift object for the bodies of host functions, which find it by its type.
  public func attach<T: AnyObject>(_ object: T) { attachments[ObjectIdentifier(T.self)] = object }

  /// What was attached of this type.
  public func attached<T: AnyObject>(_ type: T.Type = T.self) throws -> T {
    if let object = attachments[ObjectIdentifier(type)] as? T { return object }
    throw ScriptError("this is not available here: no \(type) in this state")
  }

  /// Collects all garbage now, native memory with it.
  public func collectGarbage() {
    flushReleases()
    nj_collect(current)
  }

  /// Lets go of values whose references are gone.
  func flushReleases() {
    for key in releases.take() { luaL_unref(current, nj_registry_index(), key) }
  }
}
