/// Successive halving: all points of a sweep run with a small budget, and only the best of them with a larger one.
///
/// From one round to the next, the number of points falls by the factor by which the budget grows, so that all rounds
/// cost about the same. Source: Jamieson and Talwalkar, Non-stochastic best arm identification and hyperparameter
/// optimization, 2016 (arXiv 1502.07943), section 2.
public struct SuccessiveHalving: Sendable, Hashable, Codable {
  /// The setting that is the budget, such as `recipe.epochs`, with its value in each round.
  public let budget: SweepGrid.Axis

  /// Reads `recipe.epochs=3,6,12`.
  ///
  /// - Throws: ``SweepError`` for budgets that are no numbers above 0, or do not grow.
  public init(_ text: String) throws {
    budget = try SweepGrid.Axis(text)
    let sizes = budget.values.compactMap(Double.init)
    guard sizes.count == budget.values.count, sizes.count > 1, sizes.allSatisfy({ $0 > 0 && $0.isFinite }),
      zip(sizes, sizes.dropFirst()).allSatisfy({ $0 < $1 })
    else { throw SweepError.noBudgets(text) }
  }

  /// How many points run in a round, counted from 0, of a sweep that starts with `points`; one at least.
  public func points(inRound round: Int, of points: Int) -> Int {
    let sizes = budget.values.compactMap(Double.init)
    return max(1, Int((Double(points) * sizes[0] / sizes[round]).rounded(.down)))
  }
}
