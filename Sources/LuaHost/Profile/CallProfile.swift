import CLua
import Dispatch
import LuaBridge

/// What native work has used so far.
public struct NativeUse: Sendable, Equatable {
  /// Tensor operations that were run.
  public var operations = 0
  /// Bytes that were allocated for tensors.
  public var bytes = 0
  /// Bytes of the tensors that exist now, and the most that existed at once.
  public var live = 0
  public var peak = 0

  public init(operations: Int = 0, bytes: Int = 0, live: Int = 0, peak: Int = 0) {
    self.operations = operations
    self.bytes = bytes
    self.live = live
    self.peak = peak
  }
}

/// What the Lua code of a state costs, by line and called function: the time of Lua and of native code, and what native
/// code uses.
///
/// Time is counted exactly at every crossing from Lua to native code and back; native code that calls back into Lua is
/// not charged for it. Lua's time goes to the line of the next crossing, or, where it is longer than a tick of the
/// limits' clock, to the lines that ran at the ticks.
///
/// Belongs to the thread of its state.
public final class CallProfile {
  /// A line of Lua code and a host function that it calls; the function is empty for Lua's own work.
  public struct Site: Sendable, Hashable {
    public let file: String
    public let line: Int
    public let function: String
  }

  /// What a site has cost, callbacks excluded.
  public struct Cost: Sendable, Equatable {
    public var luaNanoseconds = 0
    public var nativeNanoseconds = 0
    public var crossings = 0
    public var operations = 0
    public var bytes = 0
    /// The most bytes of tensors that existed at once while it ran.
    public var peak = 0

    public init() {}
  }

  /// A span of time, for a trace.
  public struct Span: Sendable {
    public let site: Site
    /// Nanoseconds since the profile began.
    public let start: Int
    public let duration: Int
    /// Whether it is a call of a Lua function by the host.
    public let isLua: Bool
  }

  private enum Context {
    case host(index: Int, start: Int)
    /// The function, and the line that has crossed last.
    case lua(function: Int, line: Int, start: Int)
  }

  /// Spans that are shorter are counted, but are not part of a trace.
  private static let minSpan = 20_000
  private static let maxSpans = 500_000

  /// What native work has used so far.
  private let use: () -> NativeUse
  private var indices: [Site: Int] = [:]
  private var sites: [Site] = []
  private var values: [Cost] = []
  private var contexts: [Context] = []
  private var samples: [Int] = []
  /// When it began, in nanoseconds of the system's clock.
  public let began: Int
  private var last: Int
  private var lastUse: NativeUse
  /// The spans of a trace, and how many were left out because they were short or too many.
  public private(set) var spans: [Span] = []
  public private(set) var omittedSpans = 0
  /// Nanoseconds outside of any Lua code, between calls of the host.
  public private(set) var outside = 0

  /// A profile that starts now.
  public init(use: @escaping () -> NativeUse) {
    self.use = use
    began = Self.now()
    last = began
    lastUse = use()
  }

  /// The cost of every site.
  public var costs: [(site: Site, cost: Cost)] { zip(sites, values).map { ($0, $1) } }

  private static func now() -> Int { Int(DispatchTime.now().uptimeNanoseconds) }

  private func index(of site: Site) -> Int {
    if let index = indices[site] { return index }
    indices[site] = sites.count
    sites.append(site)
    values.append(Cost())
    return sites.count - 1
  }

  /// Charges the time since the last change of context; Lua's goes to the line of `site`, unless ticks tell it.
  private func charge(lua site: Int?) {
    let now = Self.now()
    let elapsed = now - last
    last = now
    switch contexts.last {
    case .host(let index, _):
      let used = use()
      values[index].nativeNanoseconds += elapsed
      values[index].operations += used.operations - lastUse.operations
      values[index].bytes += used.bytes - lastUse.bytes
      values[index].peak = max(values[index].peak, used.peak > lastUse.peak ? used.peak : used.live)
      lastUse = used
    case .lua(_, let line, _):
      for index in samples { values[index].luaNanoseconds += elapsed / samples.count }
      if samples.isEmpty { values[site ?? line].luaNanoseconds += elapsed }
      samples = []
    case nil:
      outside += elapsed
      lastUse = use()
    }
  }

  /// A host function is called by a line of Lua.
  func enterHost(_ file: String, _ line: Int, _ function: String) {
    let own = index(of: Site(file: file, line: line, function: function))
    charge(lua: own)
    values[own].crossings += 1
    if case .lua(let function, _, let start) = contexts.last {
      contexts[contexts.count - 1] = .lua(function: function, line: own, start: start)
    }
    if contexts.isEmpty { lastUse = use() }
    contexts.append(.host(index: own, start: last))
  }

  /// The host function returns.
  func leaveHost() {
    charge(lua: nil)
    if case .host(let index, let start) = contexts.popLast() { note(index, start, isLua: false) }
  }

  /// The host calls a Lua function, which is defined in a line of a file.
  func enterLua(_ file: String, _ line: Int) {
    charge(lua: nil)
    let own = index(of: Site(file: file, line: line, function: ""))
    contexts.append(.lua(function: own, line: own, start: last))
  }

  /// The Lua function returns, or fails.
  func leaveLua() {
    charge(lua: nil)
    if case .lua(let function, _, let start) = contexts.popLast() { note(function, start, isLua: true) }
  }

  /// A tick of the clock while Lua code runs in a line.
  func sample(_ file: String, _ line: Int) {
    // After a long native call the tick is noticed by the first instruction of Lua, which is not what took long.
    guard case .lua = contexts.last, Self.now() - last > 5_000 else { return }
    samples.append(index(of: Site(file: file, line: line, function: "")))
  }

  private func note(_ index: Int, _ start: Int, isLua: Bool) {
    guard last - start >= Self.minSpan, spans.count < Self.maxSpans else {
      omittedSpans += 1
      return
    }
    spans.append(Span(site: sites[index], start: start - began, duration: last - start, isLua: isLua))
  }
}

extension LuaState {
  /// Begins to measure calls and lines; the limits' clock ticks every millisecond from then on.
  public func startProfile(_ profile: CallProfile) {
    self.profile = profile
    host.pointee.tick = 1_000_000
    // Another entry, so that calls that are not measured do not even ask.
    host.pointee.calls.dispatch = { owner, thread, function in
      guard let thread else { return -1 }
      return LuaState.from(owner) { $0.profiledDispatch(thread, Int(function)) } ?? -1
    }
  }

  private func profiledDispatch(_ thread: OpaquePointer, _ number: Int) -> Int32 {
    guard let profile else { return dispatch(thread, number) }
    let (file, line) = Self.line(of: thread)
    profile.enterHost(file, line, functionName(thread, number))
    defer { profile.leaveHost() }
    return dispatch(thread, number)
  }

  /// The innermost line of Lua code on a thread.
  static func line(of thread: OpaquePointer) -> (file: String, line: Int) {
    var record = lua_Debug()
    var level: Int32 = 0
    while level < 20, lua_getstack(thread, level, &record) != 0 {
      level += 1
      guard lua_getinfo(thread, "Sl", &record) != 0, record.currentline > 0, let source = record.source else {
        continue
      }
      return (fileName(source), Int(record.currentline))
    }
    return ("", 0)
  }

  private static func fileName(_ source: UnsafePointer<CChar>) -> String {
    String(cString: source[0] == CChar(UInt8(ascii: "@")) ? source + 1 : source)
  }

  /// Notes a tick of the clock.
  func sampleProfile() {
    guard let profile, let thread = host.pointee.running else { return }
    let (file, line) = Self.line(of: thread)
    profile.sample(file, line)
  }

  /// Measures a call of the function below its arguments on the stack.
  func profiling<Result>(
    _ stack: LuaStack, _ arguments: Int, _ body: () throws -> Result
  ) rethrows -> Result {
    guard let profile else { return try body() }
    var record = lua_Debug()
    stack.copy(stack.top - Int32(arguments))
    let isKnown = lua_getinfo(stack.thread, ">S", &record) != 0 && record.linedefined >= 0
    profile.enterLua(
      isKnown ? record.source.map(Self.fileName) ?? "" : "", isKnown ? Int(record.linedefined) : 0)
    defer { profile.leaveLua() }
    return try body()
  }
}
