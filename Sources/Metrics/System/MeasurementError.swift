import Support

/// A measurement that is not possible, or not with these options.
public enum MeasurementError: NightjarError, Equatable {
  /// The machine does not provide this value; work continues without it, never with an estimate.
  case notReadable(what: String, path: String, reason: String, hint: String)
  /// A file of the system with unexpected contents.
  case malformed(path: String, text: String, expected: String)
  /// A counter that decreased by more than an overflow.
  case counterWentBack(path: String, from: UInt64, to: UInt64, range: UInt64)
  case noRuns
  /// Inputs without a sample.
  case noInputs(shape: [Int])
  case badTime(run: Int, seconds: Double)
  case badOption(name: String, value: String, expected: String)

  public var exitCode: ExitCode {
    switch self {
    case .notReadable, .malformed, .counterWentBack: .data
    case .noRuns, .noInputs, .badTime, .badOption: .script
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .notReadable(let what, let path, let reason, let hint):
      ErrorMessage("\(what) is not readable here: \(path): \(reason)", hint: hint)
    case .malformed(let path, let text, let expected):
      ErrorMessage("\(path) contains \"\(text.prefix(40))\", expected \(expected)")
    case .counterWentBack(let path, let from, let to, let range):
      ErrorMessage(
        "\(path) went from \(from) to \(to), though it counts to \(range)",
        hint: "measure again, it may have been reset")
    case .noRuns:
      "there are no times to summarize, expected at least one run"
    case .noInputs(let shape):
      "system: the inputs are \(shape), expected (batch, …) with at least one sample"
    case .badTime(let run, let seconds):
      ErrorMessage("the time of run \(run + 1) is \(seconds) s, expected a finite number, 0 or more")
    case .badOption(let name, let value, let expected):
      "\(name) is \(value), expected \(expected)"
    }
  }
}
