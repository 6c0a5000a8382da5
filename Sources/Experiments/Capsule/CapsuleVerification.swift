import Figures
import Foundation
import Support

/// The results of a capsule beside those of the run that ran it again.
public struct CapsuleVerification: Sendable {
  /// How the two results of one file compare.
  public enum Outcome: Sendable, Equatable {
    case equal
    /// Not equal, but no number differs by more, relative to it where it is above 1.
    case close(difference: Double)
    case different(difference: Double?)
    /// One of the runs lacks the file.
    case missing
    /// A binary file, which has no tolerance.
    case notCompared

    /// Whether it speaks for the capsule, or at least not against it.
    public var isFine: Bool {
      switch self {
      case .equal, .close, .notCompared: true
      case .different, .missing: false
      }
    }
  }

  /// The tolerance where processors differ: their kernels add in another order, trainings drift apart in the last
  /// digits, and some samples at a boundary change sides.
  public static let toleranceAcrossProcessors = 0.01

  /// How far numbers may differ; 0 compares bit for bit.
  public let tolerance: Double
  public let files: [(name: String, outcome: Outcome)]

  public var isVerified: Bool { files.allSatisfy(\.outcome.isFine) }

  /// Whether a capsule was made with the kernels that this machine has.
  public static func isSameProcessor(_ capsule: Capsule) -> Bool {
    let here = MachineDescription.current
    return capsule.settings.machine.map { $0.kernels == here.kernels && $0.processor == here.processor }
      ?? false
  }

  /// Compares a run with a capsule.
  public init(_ capsule: Capsule, with run: String, tolerance: Double) {
    self.tolerance = tolerance
    var files = capsule.results.map { result -> (name: String, outcome: Outcome) in
      guard let contents = RunReproduction.contents("\(run)/\(result.name)") else {
        return (result.name, .missing)
      }
      if "\(ContentKey(of: contents))" == result.key { return (result.name, .equal) }
      guard let text = result.text else {
        return (result.name, tolerance > 0 ? .notCompared : .different(difference: nil))
      }
      let difference = NumericDifference.between(
        Data(text.utf8), contents, isJSON: result.name.hasSuffix(".json"))
      guard let difference, difference <= tolerance, tolerance > 0 else {
        return (result.name, .different(difference: difference))
      }
      return (result.name, .close(difference: difference))
    }
    let known = Set(capsule.results.map(\.name))
    files += Capsule.compared(run).filter { !known.contains($0) }.map { ($0, .missing) }
    self.files = files
  }

  /// One row for each file.
  public var table: ResultTable {
    ResultTable(
      columns: [.init("file"), .init("result"), .init("difference")],
      rows: files.map { file in
        let (text, difference): (String, Double?) =
          switch file.outcome {
          case .equal: ("equal bit for bit", 0)
          case .close(let difference): ("equal within \(tolerance)", difference)
          case .different(let difference): ("differs", difference)
          case .missing: ("only one of the runs has it", nil)
          case .notCompared: ("not compared: it has no tolerance", nil)
          }
        return [.text(file.name), .text(text), difference.map { .number($0) } ?? .empty]
      })
  }
}

/// The largest difference of the numbers in two texts that are otherwise the same.
enum NumericDifference {
  /// |a − b| / max(1, |a|) at most; nil where anything but numbers differs.
  static func between(_ a: Data, _ b: Data, isJSON: Bool) -> Double? {
    if isJSON {
      guard let a = try? JSONSerialization.jsonObject(with: a, options: .fragmentsAllowed),
        let b = try? JSONSerialization.jsonObject(with: b, options: .fragmentsAllowed)
      else { return nil }
      return difference(a, b)
    }
    let left = cells(a)
    let right = cells(b)
    guard left.count == right.count else { return nil }
    return largest(zip(left, right).map { $0 == $1 ? 0 : ofNumbers(Double($0), Double($1)) })
  }

  private static func cells(_ csv: Data) -> [Substring] {
    String(decoding: csv, as: UTF8.self).split(omittingEmptySubsequences: false) { $0 == "," || $0 == "\n" }
  }

  private static func difference(_ a: Any, _ b: Any) -> Double? {
    switch (a, b) {
    case (let a as [String: Any], let b as [String: Any]):
      guard Set(a.keys) == Set(b.keys) else { return nil }
      return largest(a.map { name, value in b[name].flatMap { difference(value, $0) } })
    case (let a as [Any], let b as [Any]):
      guard a.count == b.count else { return nil }
      return largest(zip(a, b).map { difference($0, $1) })
    case (let a as String, let b as String): return a == b ? 0 : nil
    case (let a as NSNumber, let b as NSNumber): return ofNumbers(a.doubleValue, b.doubleValue)
    case (is NSNull, is NSNull): return 0
    default: return nil
    }
  }

  private static func ofNumbers(_ a: Double?, _ b: Double?) -> Double? {
    guard let a, let b, a.isFinite, b.isFinite else { return nil }
    return abs(a - b) / max(1, abs(a))
  }

  /// The largest of differences; nil where one is nil.
  private static func largest(_ differences: [Double?]) -> Double? {
    let known = differences.compactMap(\.self)
    return known.count == differences.count ? known.max() ?? 0 : nil
  }
}
