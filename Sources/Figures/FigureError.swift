import Support

/// A figure that cannot be made from the given data.
public enum FigureError: NightjarError, Equatable {
  case empty(plot: String)
  case lengths(plot: String, name: String, of: String, count: Int, expected: Int)
  case nothingFinite(plot: String, name: String)
  case missingColumn(plot: String, column: String, row: Int, known: [String])
  case notANumber(plot: String, column: String, row: Int, value: String)
  case badOption(plot: String, option: String, reason: String)
  /// More than a figure holds.
  case tooMuch(plot: String, what: String, count: Int, limit: Int)
  /// A field of a series that a script left out; `series` is how errors name it, with a colon, or empty.
  case missingField(plot: String, series: String, field: String, expected: String)
  /// Fields of a series that are not equally long.
  case fieldLengths(plot: String, series: String, field: String, of: String, count: Int, expected: Int)
  /// Bars over other labels than those of the first series.
  case otherLabels(plot: String, series: String)
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
      return ErrorMessage("\(plot): nothing to draw", hint: "pass at least one series with one value")
    case .lengths(let plot, let name, let of, let count, let expected):
      return ErrorMessage(
        "\(plot): \(quoted(name)) has \(count) values, but \(of) has \(expected)",
        hint: "make them equally long")
    case .nothingFinite(let plot, let name):
      return "\(plot): every value of \(quoted(name)) is NaN or infinite, so there is nothing to draw"
    case .missingColumn(let plot, let column, let row, let known):
      return ErrorMessage(
        "\(plot): row \(row) has no column \(quoted(column)), only \(known.joined(separator: ", "))",
        hint: column.nearest(in: known).map { "did you mean \(quoted($0))?" })
    case .notANumber(let plot, let column, let row, let value):
      return "\(plot): \(quoted(column)) of row \(row) is \(quoted(value)), expected a number"
    case .badOption(let plot, let option, let reason):
      return "\(plot): \(option) \(reason)"
    case .tooMuch(let plot, let what, let count, let limit):
      return ErrorMessage(
        "\(plot): \(count) \(what), a figure holds at most \(limit)",
        hint: "draw fewer points, such as every tenth value, or several figures")
    case .missingField(let plot, let series, let field, let expected):
      return "\(plot): \(series)'\(field)' is missing: \(expected)"
    case .fieldLengths(let plot, let series, let field, let of, let count, let expected):
      return ErrorMessage(
        "\(plot): \(series)\(field) has \(count) values, but \(of) has \(expected)",
        hint: "make them equally long")
    case .otherLabels(let plot, let series):
      return "\(plot): \(series)x: its labels differ from those of the first series"
    case .unknownFormat(let path):
      return ErrorMessage(
        "cannot draw \(path): unknown file extension", hint: "use .png, .svg, .pdf or .txt")
    case .toolFailed(let tool, let reason):
      return "\(tool) could not draw the figure: \(reason)"
    }
  }

  private func quoted(_ text: String) -> String { "\"\(text)\"" }
}

/// gnuplot is not installed. Work continues without the picture; figures as text need no tool.
public struct FigureToolMissingError: NightjarError, Equatable {
  public init() {}

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage {
    ErrorMessage("figures need gnuplot, which is not on PATH", hint: "apt install gnuplot-nox")
  }
}
