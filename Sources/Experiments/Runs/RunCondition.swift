import Foundation
import Support

/// The value of a run in one column.
public enum RunValue: Sendable, Hashable {
  case text(String)
  case integer(Int)
  case number(Double)

  /// A number where the text is one.
  public init(parsing text: String) {
    self = Int(text).map(RunValue.integer) ?? text.decimalNumber.map(RunValue.number) ?? .text(text)
  }

  /// The number; nil for text.
  var number: Double? {
    switch self {
    case .text: nil
    case .integer(let value): Double(value)
    case .number(let value): value
    }
  }

  var text: String {
    switch self {
    case .text(let text): text
    case .integer(let value): "\(value)"
    case .number(let value): String(format: "%.6g", value)
    }
  }

  /// Below 0, 0 or above 0, as this comes before, with or after the other: numbers by value and before texts.
  func compare(_ other: RunValue) -> Int {
    switch (number, other.number) {
    case (let left?, let right?): left < right ? -1 : left > right ? 1 : 0
    case (_?, nil): -1
    case (nil, _?): 1
    case (nil, nil): text < other.text ? -1 : text > other.text ? 1 : 0
    }
  }
}

/// A condition on a column: `model=m5`, `shots!=5`, `accuracy>=0.9`, `learner~proto` (contains).
public struct RunCondition: Sendable, Hashable {
  private enum Relation: String, CaseIterable {
    // Those of two characters first: `>=` begins as `>` does.
    case notEqual = "!="
    case atLeast = ">="
    case atMost = "<="
    case equal = "="
    case above = ">"
    case below = "<"
    case contains = "~"
  }

  public let column: String
  private let relation: Relation
  private let value: RunValue

  /// Parses a condition; nil where the text has no relation, or no column before it.
  public init?(_ text: String) {
    let found = Relation.allCases.compactMap { relation in
      text.range(of: relation.rawValue).map { (relation: relation, range: $0) }
    }
    // The first one in the text, and of two that begin there the longer.
    guard
      let first = found.min(by: { one, other in
        (one.range.lowerBound, other.range.upperBound) < (other.range.lowerBound, one.range.upperBound)
      }), first.range.lowerBound > text.startIndex
    else { return nil }
    column = String(text[..<first.range.lowerBound]).trimmingCharacters(in: .whitespaces)
    relation = first.relation
    value = RunValue(parsing: text[first.range.upperBound...].trimmingCharacters(in: .whitespaces))
  }

  /// Whether a value meets it; one that is missing differs from all and meets no other condition.
  func holds(_ other: RunValue?) -> Bool {
    guard let other else { return relation == .notEqual }
    let order = other.compare(value)
    return switch relation {
    case .equal: order == 0
    case .notEqual: order != 0
    case .above: order > 0
    case .below: order < 0
    case .atLeast: order >= 0
    case .atMost: order <= 0
    case .contains: other.text.contains(value.text)
    }
  }
}

/// A list of runs that cannot be made.
public enum RunTableError: NightjarError, Equatable {
  case unknownColumn(String, known: [String])

  public var exitCode: ExitCode { .usage }

  public var message: ErrorMessage {
    switch self {
    case .unknownColumn(let name, let known):
      ErrorMessage(
        "there is no column '\(name)', and no run has an option of this name",
        hint: name.nearest(in: known).map { "did you mean '\($0)'?" }
          ?? "the columns are \(known.joined(separator: ", "))")
    }
  }
}

/// The time since a run was started.
enum RunAge {
  /// In seconds; nil for a time that is not known.
  static func seconds(since started: String) -> Double? {
    guard let date = try? Date(started, strategy: .iso8601) else { return nil }
    return -date.timeIntervalSinceNow
  }

  /// `12 s`, `5 min`, `3 h`, `2 d`; empty for a time that is not known, or that is to come.
  static func text(since started: String) -> String {
    guard let seconds = seconds(since: started), seconds >= 0 else { return "" }
    return switch seconds {
    case ..<60: "\(Int(seconds)) s"
    case ..<3600: "\(Int(seconds / 60)) min"
    case ..<86_400: "\(Int(seconds / 3600)) h"
    default: "\(Int(seconds / 86_400)) d"
    }
  }
}
