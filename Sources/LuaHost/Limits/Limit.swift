import Support

/// One limit on what a script may use.
///
/// Everything that is known about a limit stands in its `record`: unit, defaults, messages, example. Adding a limit
/// takes a case with its record, and the place that enforces it (`LuaState+Limits.swift`).
public enum Limit: String, Sendable, CaseIterable {
  /// Wall-clock time from the start of the outermost call into Lua.
  case time
  /// Wall-clock time of one call of a metric, test, learner, encoder or model. A plugin that exceeds it is left
  /// out, and the run goes on.
  case call
  /// VM instructions, with the steps of long string and table functions.
  ///
  /// Every instruction is counted, including those in coroutines, which makes a tight loop take about twice as long.
  /// Under a very high limit counting starts once a hundredth of the limit could have been reached, so that it costs
  /// nothing before; the limit is exact to 1 %.
  case instructions
  /// Bytes of Lua's own values: strings, tables, functions.
  case luaMemory = "lua-memory"
  /// Bytes printed and written to files; of what stages store in the cache, a sixteenth.
  case output
  /// Refusals of native memory that a script may catch. The budget itself is set by `--memory`.
  case memory

  enum Unit { case seconds, count, bytes }

  struct Record {
    let unit: Unit
    /// For studies, which may run for hours; nil for no limit.
    var forRuns: Double?
    /// For listing plugins, which are only loaded.
    var forLoading: Double?
    /// As an argument of `--limit`; nil for a limit that has no option.
    var example: String?
    /// What the example limits, where its name does not say it.
    var remark: String?
    /// Whether an amount of zero makes sense.
    var allowsZero = false
    /// What a script did that exceeded the limit, given the amount in words.
    let violation: (_ amount: String) -> String
    /// What to do about it, before the option that raises the limit.
    var advice = "check for an endless loop"
  }

  private static let mebibyte = 1_048_576.0

  var record: Record {
    switch self {
    case .time:
      Record(
        unit: .seconds, forLoading: 10, example: "time=60s", violation: { "the script ran longer than \($0)" }
      )
    case .call:
      Record(
        unit: .seconds, forRuns: 300, example: "call=5m", remark: "one call of a plugin",
        violation: { "one call of the plugin ran longer than \($0)" })
    case .instructions:
      Record(
        unit: .count, example: "instructions=1e9",
        violation: { "the script executed more than \($0) instructions" })
    case .luaMemory:
      Record(
        unit: .bytes, forRuns: 512 * Self.mebibyte, forLoading: 64 * Self.mebibyte,
        example: "lua-memory=64MiB",
        violation: { "the script needs more than \($0) of Lua memory" }, advice: "keep large data in tensors")
    case .output:
      Record(
        unit: .bytes, forRuns: 1024 * Self.mebibyte, forLoading: Self.mebibyte, example: "output=10MiB",
        allowsZero: true,
        violation: { "the script printed and wrote more than \($0)" })
    case .memory:
      Record(
        unit: .count, forRuns: 16, forLoading: 16,
        violation: { "native memory that the script requested was refused \($0) times" },
        advice: "use smaller batches, or raise the budget with --memory SIZE")
    }
  }

  /// The limits that `--limit` sets.
  static var settable: [Limit] { allCases.filter { $0.record.example != nil } }

  /// An example of each limit that `--limit` sets: `time=60s, call=5m (one call of a plugin), …`.
  public static var examples: String {
    settable.compactMap { limit in
      limit.record.example.map { example in example + (limit.record.remark.map { " (\($0))" } ?? "") }
    }.joined(separator: ", ")
  }
}

/// What a script may use. Native memory has its own budget (`--memory`).
///
/// Time, instructions and output count from the start of each call into Lua that is not inside another: one script, one
/// task, the loading of one plugin.
public struct Limits: Sendable, Equatable {
  private var amounts: [Limit: Double] = [:]

  /// No limits, except on how often refused native memory may be requested.
  public init() { amounts[.memory] = Limit.memory.record.forRuns }

  private init(_ amount: (Limit.Record) -> Double?) {
    for limit in Limit.allCases { amounts[limit] = amount(limit.record) }
  }

  /// The defaults for studies, which may run for hours.
  public static var forRuns: Limits { Limits(\.forRuns) }

  /// The defaults for commands that only load plugins.
  public static var forLoading: Limits { Limits(\.forLoading) }

  /// The amount in the limit's unit (seconds, bytes or a count); nil for no limit.
  public subscript(limit: Limit) -> Double? {
    get { amounts[limit] }
    set { amounts[limit] = newValue }
  }

  /// The amount of a limit in bytes, or of a count; nil for no limit.
  package func integer(_ limit: Limit) -> Int? { amounts[limit].map { Int($0) } }

  /// Sets what the text of one `--limit` says: `time=60s`, `call=5m`, `instructions=1e9`, `lua-memory=64MiB`,
  /// `output=10MiB`; `none` lifts a limit.
  ///
  /// - Throws: ``LimitSyntaxError`` (exit code 2) for an unknown name or an invalid amount.
  public mutating func set(_ text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let names = Limit.settable.map(\.rawValue)
    guard let limit = Limit(rawValue: parts[0]), let example = limit.record.example else {
      let hint = parts[0].nearest(in: names).map { "did you mean '\($0)'?" }
      throw LimitSyntaxError("--limit \(text): \(hint ?? "there is " + names.joined(separator: ", "))")
    }
    guard parts.count == 2 else { throw LimitSyntaxError("--limit \(text): write it as \(example)") }
    if parts[1] == "none" {
      amounts[limit] = nil
      return
    }
    guard let amount = limit.record.unit.amount(parsing: parts[1]), amount > 0 || limit.record.allowsZero
    else {
      throw LimitSyntaxError("--limit \(text): expected an amount such as \(example), or none")
    }
    amounts[limit] = amount
  }

  /// The error for a limit that was exceeded.
  package func error(_ limit: Limit) -> LimitError { LimitError(limit: limit, amount: amounts[limit] ?? 0) }
}

extension Limit.Unit {
  /// The amount that an argument states: `300ms`, `60s`, `5m`, `2h`; `1e9`; `64MiB`. Nil when it is not valid.
  fileprivate func amount(parsing text: String) -> Double? {
    switch self {
    case .seconds:
      let units: [(suffix: String, factor: Double)] = [
        ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1),
      ]
      guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
        let number = text.dropLast(unit.suffix.count).decimalNumber, number > 0, number < 1e8
      else { return nil }
      return number * unit.factor
    case .count:
      guard let number = text.decimalNumber, number >= 1, number < 1e18 else { return nil }
      return number.rounded(.down)
    case .bytes: return ByteCount(parsing: text).map { Double($0.bytes) }
    }
  }

  /// An amount for messages: `0.2 s`, `1.5 GiB`.
  fileprivate func text(_ amount: Double) -> String {
    switch self {
    case .seconds: "\(amount.short) s"
    case .count: "\(Int(amount))"
    case .bytes: "\(ByteCount(Int(amount)))"
    }
  }

  /// An amount as an argument of `--limit`; bytes in MiB.
  fileprivate func argument(_ amount: Double) -> String {
    switch self {
    case .seconds: "\(amount.short)s"
    case .count: amount.short
    case .bytes: "\(max(1, Int(amount) >> 20))MiB"
    }
  }
}

extension Double {
  /// Without `.0` where it is an integer.
  fileprivate var short: String { self == rounded() && abs(self) < 1e15 ? "\(Int(self))" : "\(self)" }
}

/// A limit that ended a script, wherever the script may have caught the error.
public struct LimitError: NightjarError, Equatable {
  public let limit: Limit
  /// How much was allowed, in the limit's unit.
  public let amount: Double

  public var exitCode: ExitCode { .limit }

  public var message: ErrorMessage {
    let record = limit.record
    let what = "\(limit.rawValue): \(record.violation(record.unit.text(amount)))"
    guard record.example != nil else { return ErrorMessage(what, hint: record.advice) }
    let double = record.unit.argument(2 * amount)
    return ErrorMessage(
      what, hint: "\(record.advice), or raise the limit with --limit \(limit.rawValue)=\(double)")
  }

  /// A limit of one call of a plugin leaves the plugin out, and the run goes on.
  public var isRecoverable: Bool { limit == .call }
}

/// An argument of `--limit` that is not valid.
public struct LimitSyntaxError: NightjarError, Equatable {
  public let message: ErrorMessage
  init(_ what: String) { message = ErrorMessage(what.printable()) }
  public var exitCode: ExitCode { .usage }
}
