import Support

/// A figure that cannot be made from what was given.
public enum FigureError: NightjarError, Equatable {
  case empty(plot: String)
  case lengths(plot: String, name: String, of: String, count: Int, expected: Int)
  case nothingFinite(plot: String, name: String)
  case missingColumn(plot: String, column: String, row: Int, known: [String])
  case notANumber(plot: String, column: String, row: Int, value: String)
  case badOption(plot: String, option: String, reason: String)
  /// More than a figure holds.
  case tooMuch(plot: String, what: String, count: Int, most: Int)
  case unknownFormat(path: String)
  case toolFailed(tool: String, reason: String)

  public var exitCode: ExitCode {
    switch self {
    case .toolFailed: .data
    default: .script
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .empty(let plot):
      return "\(plot): nothing to draw; give at least one series with one value"
    case .lengths(let plot, let name, let of, let count, let expected):
      return "\(plot): \(quoted(name)) has \(count) values, but \(of) has \(expected); make them equally long"
    case .nothingFinite(let plot, let name):
      return "\(plot): every value of \(quoted(name)) is NaN or infinite; there is nothing to draw"
    case .missingColumn(let plot, let column, let row, let known):
      let hint = column.nearest(in: known).map { "; did you mean \(quoted($0))?" } ?? ""
      return "\(plot): row \(row) has no \(quoted(column)); it has \(known.joined(separator: ", "))\(hint)"
    case .notANumber(let plot, let column, let row, let value):
      return "\(plot): \(quoted(column)) of row \(row) is \(quoted(value)); give a number"
    case .badOption(let plot, let option, let reason):
      return "\(plot): \(option) \(reason)"
    case .tooMuch(let plot, let what, let count, let most):
      return ErrorMessage(
        "\(plot): \(count) \(what), a figure holds at most \(most)",
        hint: "thin the data out, as by every tenth value, or draw several figures")
    case .unknownFormat(let path):
      return "cannot draw \(path): unknown ending; use .png, .svg, .pdf or .txt"
    case .toolFailed(let tool, let reason):
      return "\(tool) could not draw the figure: \(reason)"
    }
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }
}

/// gnuplot is not installed. The work goes on without the picture; figures as text need no tool.
public struct FigureToolMissingError: NightjarError, Equatable {
  public init() {}

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage {
    "figures need gnuplot, which was not found; get it by: apt install gnuplot-nox"
  }
}
