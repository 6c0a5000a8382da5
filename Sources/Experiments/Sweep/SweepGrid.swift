import Support
import Tensors

/// The values that a sweep tries: `recipe.lr=0.001,0.01`, one list for each setting.
public struct SweepGrid: Sendable, Hashable, Codable {
  /// A setting with its values, as on the command line.
  public struct Axis: Sendable, Hashable, Codable {
    public let name: String
    public let values: [String]

    /// Reads `recipe.lr=0.001,0.01`.
    ///
    /// - Throws: ``SweepError`` for a text without name or values, and a value that is there twice.
    init(_ text: String) throws {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw SweepError.noValues(text)
      }
      name = String(text[..<equals])
      values = text[text.index(after: equals)...].split(separator: ",").map(String.init)
      guard !values.isEmpty else { throw SweepError.noValues(text) }
      guard Set(values).count == values.count else { throw SweepError.twice(text) }
    }

    /// The words of a command line that set it: `--learner cosine`, `--set recipe.lr=0.01`.
    func words(_ value: String) -> [String] {
      ["model", "learner", "recipe", "encoder", "repeats"].contains(name)
        ? ["--\(name)", value] : ["--set", "\(name)=\(value)"]
    }
  }

  /// One choice of all values, by the order of the axes.
  public typealias Point = [String]

  /// More points than anybody waits for.
  private static let maxPoints = 100_000

  public let axes: [Axis]

  /// - Throws: ``SweepError`` for a text without name or values, a name or value that is there twice, and more points
  ///   than a sweep may have.
  public init(_ texts: [String]) throws {
    axes = try texts.map(Axis.init)
    guard !axes.isEmpty else { throw SweepError.noGrid }
    guard Set(axes.map(\.name)).count == axes.count else {
      throw SweepError.twice(axes.map(\.name).joined(separator: ", "))
    }
    let count = axes.reduce(1.0) { $0 * Double($1.values.count) }
    guard count <= Double(Self.maxPoints) else {
      throw SweepError.tooMany(Int(min(count, 1e18)), limit: Self.maxPoints)
    }
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
    zip(axes, point).flatMap { axis, value in axis.words(value) }
  }
}

/// A grid that cannot be swept.
public enum SweepError: NightjarError, Equatable {
  case noGrid
  case noValues(String)
  case twice(String)
  case tooMany(Int, limit: Int)
  case nothingWorked(points: Int)
  case testFailed(String)
  case noBudgets(String)
  case budgetInGrid(String)

  public var exitCode: ExitCode {
    switch self {
    case .nothingWorked, .testFailed: .script
    default: .usage
    }
  }

  public var message: ErrorMessage {
    switch self {
    case .noGrid:
      ErrorMessage("nothing says which values to try", hint: "add --grid recipe.lr=0.001,0.01")
    case .noValues(let text):
      ErrorMessage("'\(text)' has no values to try", hint: "write it as --grid recipe.lr=0.001,0.01")
    case .twice(let text): ErrorMessage("'\(text)' has a name or value twice")
    case .tooMany(let count, let limit):
      ErrorMessage(
        "the grid has \(count) points, more than \(limit)", hint: "name fewer values")
    case .testFailed(let reason): ErrorMessage("the test of the best point failed: \(reason)")
    case .noBudgets(let text):
      ErrorMessage(
        "'\(text)' is no list of budgets: expected positive numbers, each larger than the one before",
        hint: "write it as --halving recipe.epochs=3,6,12")
    case .budgetInGrid(let name):
      ErrorMessage("'\(name)' is in the grid and the budget of --halving", hint: "leave it out of the grid")
    case .nothingWorked(let points):
      ErrorMessage(points == 1 ? "the point failed" : "all \(points) points failed")
    }
  }
}
