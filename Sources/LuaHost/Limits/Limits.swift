import Support

/// What a script may use up. Native memory has its own budget (`--memory`).
///
/// Time, instructions and output count from the start of each call into Lua that is not inside another: one
/// script, one task, the loading of one plugin.
public struct Limits: Sendable, Equatable {
  /// VM instructions, with the steps of long string and table functions; nil for no limit.
  ///
  /// The first ten million are counted one by one, with those in coroutines; beyond that they are estimated
  /// from samples, to within a half: a limit costs a long script about 2 % (`scripts/perf/host`).
  public var instructions: Int?
  /// Seconds by the clock.
  public var seconds: Double?
  /// Seconds of one call of a metric, test, learner, encoder or model; such a plugin is then left out, and the
  /// rest goes on.
  public var callSeconds: Double?
  /// Bytes of Lua's own values: strings, tables, functions.
  public var luaMemory: Int?
  /// Bytes that are printed and written to files.
  public var output: Int?

  /// No limits.
  public init() {}

  /// For studies, which may run for hours.
  public static var forRuns: Limits {
    var limits = Limits()
    limits.callSeconds = 300
    limits.luaMemory = 512 << 20
    limits.output = 1 << 30
    return limits
  }

  /// For a look at plugins, which only have to be loaded.
  public static var forLoading: Limits {
    var limits = Limits()
    limits.seconds = 10
    limits.luaMemory = 64 << 20
    limits.output = 1 << 20
    return limits
  }

  /// Sets what the text of one `--limit` says: `time=60s`, `call=5m`, `instructions=1e9`, `lua-memory=64MiB`,
  /// `output=10MiB`; `none` lifts a limit.
  ///
  /// - Throws: ``LimitSyntaxError`` (exit code 2) for an unknown name or a bad amount.
  public mutating func set(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let names = Limit.allCases.filter { $0 != .memory }.map(\.rawValue)
    guard let limit = Limit(rawValue: parts[0]), limit != .memory else {
      let hint = parts[0].nearest(in: names).map { "did you mean '\($0)'?" }
      throw LimitSyntaxError("--limit \(text): \(hint ?? "there is " + names.joined(separator: ", "))")
    }
    guard parts.count == 2 else { throw LimitSyntaxError("--limit \(text): write it as \(limit.example)") }
    let amount = parts[1]
    func read<Value>(_ value: Value?) throws -> Value? {
      if amount == "none" { return nil }
      guard let value else {
        throw LimitSyntaxError("--limit \(text): expected an amount such as \(limit.example), or none")
      }
      return value
    }
    switch limit {
    case .time: seconds = try read(Self.duration(amount))
    case .call: callSeconds = try read(Self.duration(amount))
    case .instructions: instructions = try read(Self.count(amount))
    case .luaMemory:
      luaMemory = try read(ByteCount(parsing: amount).flatMap { $0.bytes > 0 ? $0.bytes : nil })
    case .output: output = try read(ByteCount(parsing: amount)?.bytes)
    case .memory: break
    }
  }

  /// Seconds of `300ms`, `60s`, `5m`, `2h`, or a plain number of seconds.
  private static func duration(_ text: String) -> Double? {
    let units: [(ending: String, factor: Double)] = [
      ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.ending) }),
      let number = Double(text.dropLast(unit.ending.count)), number > 0, number < 1e8
    else { return nil }
    return number * unit.factor
  }

  private static func count(_ text: String) -> Int? {
    guard let number = Double(text), number >= 1, number < 1e18 else { return nil }
    return Int(number)
  }
}

/// The names of the limits, as `--limit` takes them.
public enum Limit: String, Sendable, CaseIterable {
  case time, call, instructions
  case luaMemory = "lua-memory"
  case output
  /// Native memory, set by `--memory`.
  case memory

  var example: String {
    switch self {
    case .time: "time=60s"
    case .call: "call=5m"
    case .instructions: "instructions=1e9"
    case .luaMemory: "lua-memory=64MiB"
    case .output: "output=10MiB"
    case .memory: "2GiB"
    }
  }
}

/// A `--limit` that is none.
public struct LimitSyntaxError: NightjarError, Equatable {
  public let message: ErrorMessage
  init(_ what: String) { message = ErrorMessage(what.printable()) }
  public var exitCode: ExitCode { .usage }
}
