import Support

/// What cannot be measured, or not as asked for.
public enum MeasurementError: NightjarError, Equatable {
  /// The machine does not give this figure; work goes on without it, never with a guess.
  case notReadable(what: String, path: String, reason: String, hint: String)
  /// A file of the system that holds something else than it should.
  case malformed(path: String, text: String, expected: String)
  /// A counter that went back by more than it can.
  case counterWentBack(path: String, from: UInt64, to: UInt64, range: UInt64)
  case noRuns
  case badTime(run: Int, seconds: Double)
  case badOption(name: String, value: String, expected: String)

  public var exitCode: ExitCode {
    switch self {
    case .notReadable, .malformed, .counterWentBack: .data
    case .noRuns, .badTime, .badOption: .script
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .notReadable(let what, let path, let reason, let hint):
      "\(what) is not readable here: \(path): \(reason); \(hint)"
    case .malformed(let path, let text, let expected):
      "\(path) holds \"\(text.prefix(40))\", not \(expected); is it the system's own file?"
    case .counterWentBack(let path, let from, let to, let range):
      "\(path) went from \(from) to \(to), though it counts to \(range); measure again, it may have been reset"
    case .noRuns:
      "there are no times to sum up; measure at least one run"
    case .badTime(let run, let seconds):
      ErrorMessage("the time of run \(run + 1) is \(seconds) s; give finite seconds, 0 or more")
    case .badOption(let name, let value, let expected):
      "\(name) is \(value); give \(expected)"
    }
  }
}
