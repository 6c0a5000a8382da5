import Support

/// Numbers that are not a valid accuracy curve.
public enum CurveError: NightjarError, Equatable {
  case empty
  case ragged(row: Int, count: Int, expected: Int)
  case outOfRange(row: Int, session: Int, value: Double)
  case badRow(row: Int, count: Int, sessions: Int)
  case untrained(count: Int, sessions: Int)
  case notAFraction(what: String, session: Int, value: Double)
  case badAccuracy(row: Int, group: Int, value: Double)
  case notMeasured(row: Int, group: Int)
  case unpaired(Int, Int)
  case notFinite(pair: Int)
  case badLevel(Double)

  public var exitCode: ExitCode { .data }

  public var message: ErrorMessage {
    switch self {
    case .empty: "an accuracy curve needs at least one repeat and one session"
    case .ragged(let row, let count, let expected):
      ErrorMessage("repeat \(row + 1) has \(count) sessions, the first has \(expected)")
    case .outOfRange(let row, let session, let value):
      ErrorMessage(
        "the accuracy of repeat \(row + 1), session \(session) is \(value), expected 0 to 1")
    case .badRow(let row, let count, let sessions):
      ErrorMessage(
        "the accuracies after session \(row) are of \(count) groups, expected those of sessions 0 to \(row), or of all "
          + "\(sessions)")
    case .untrained(let count, let sessions):
      ErrorMessage(
        "there are \(count) untrained accuracies for \(sessions) sessions",
        hint: "pass one for each, session 0 included")
    case .notAFraction(let what, let session, let value):
      "the \(what) accuracy of session \(session) is \(value), expected 0 to 1"
    case .badAccuracy(let row, let group, let value):
      "the accuracy after session \(row) on the classes of session \(group) is \(value), expected 0 to 1"
    case .notMeasured(let row, let group):
      ErrorMessage(
        "forward transfer needs the accuracy after session \(row) on the classes of session \(group), which is "
          + "missing", hint: "test on the classes of the next session too")
    case .unpaired(let left, let right):
      "a paired difference needs two values or more, as many left as right, got \(left) and \(right)"
    case .notFinite(let pair):
      ErrorMessage(
        "pair \(pair + 1) of a paired difference is NaN or infinite",
        hint: "leave out repeats without a result")
    case .badLevel(let level):
      "the confidence of an interval is \(level), expected a number above 0 and below 1, such as 0.95"
    }
  }
}
