import Support
import Tensors

/// The values that a sweep tries: `recipe.lr=0.001,0.01`, one list for each setting.
public struct SweepGrid: Sendable, Hashable {
  /// A setting with its values, as on the command line.
  public struct Axis: Sendable, Hashable {
    public let name: String
    public let values: [String]
  }

  /// One choice of all values, by the order of the axes.
  public typealias Point = [String]

  /// More points than anybody waits for.
  private static let maxPoints = 100_000

  public let axes: [Axis]

  /// - Throws: ``SweepError`` for a text without name or values, a name or value that is there twice, and more points
  ///   than a sweep may have.
  public init(_ texts: [String]) throws {
    axes = try texts.map { text in
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw SweepError.noValues(text)
      }
      let values = text[text.index(after: equals)...].split(separator: ",").map(String.init)
      guard !values.isEmpty else { throw SweepError.noValues(text) }
      guard Set(values).count == values.count else { throw SweepError.twice(text) }
      return Axis(name: String(text[..<equals]), values: values)
    }
    guard !axes.isEmpty else { throw SweepError.noValues("") }
    guard Set(axes.map(\.name)).count == axes.count else {
      throw SweepError.twice(axes.map(\.name).joined(separator: ", "))
    }
    let count = axes.reduce(1.0) { $0 * Double($1.values.count) }
    guard count <= Double(Self.maxPoints) else { throw SweepError.tooMany(Int(count), limit: Self.maxPoints) }
  }

  /// All points, the last axis changing first.
  public var points: [Point] {
    axes.reduce([[]]) { points, axis in points.flatMap { point in axis.values.map { point + [$0] } } }
  }

  /// `count` different points drawn by a seed, in the order of ``points``; all of them when there are no more.
  public func randomPoints(_ count: Int, seed: UInt64) -> [Point] {
    let all = points
    guard count < all.count else { return all }
    var random = RandomStream(seed: seed, purpose: "sweep")
    return random.permutation(all.count).prefix(count).sorted().map { all[$0] }
  }

  /// The words of a command line that make a point of a bench: `--learner cosine`, `--set recipe.lr=0.01`.
  public func words(of point: Point) -> [String] {
    zip(axes, point).flatMap { axis, value in
      ["model", "learner", "recipe", "encoder"].contains(axis.name)
        ? ["--\(axis.name)", value] : ["--set", "\(axis.name)=\(value)"]
    }
  }
}

/// A grid that cannot be swept.
public enum SweepError: NightjarError, Equatable {
  case noValues(String)
  case twice(String)
  case tooMany(Int, limit: Int)
  case nothingWorked(points: Int)
  case nothingToResume
  case stillRunning(folder: String)

  public var exitCode: ExitCode {
    if case .nothingWorked = self { .script } else { .usage }
  }

  public var message: ErrorMessage {
    switch self {
    case .noValues(let text):
      ErrorMessage("'\(text)' has no values to try", hint: "write it as --grid recipe.lr=0.001,0.01")
    case .twice(let text): ErrorMessage("'\(text)' has a name or value twice")
    case .tooMany(let count, let limit):
      ErrorMessage(
        "the grid has \(count) points, more than \(limit)", hint: "name fewer values")
    case .nothingToResume:
      ErrorMessage(
        "no sweep of this command in ./runs was interrupted",
        hint: "leave out --resume; finished stages are reused")
    case .stillRunning(let folder):
      ErrorMessage("the sweep in \(folder) is still running", hint: "wait for its end, or stop it")
    case .nothingWorked(let points): ErrorMessage("each of the \("point".counted(points)) failed")
    }
  }
}
