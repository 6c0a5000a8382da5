extension SweepRecord {
  /// Adds the tasks that follow when all so far have ended: the first round, the best points with the next budget, or
  /// the test of the best one. Returns false when there are none.
  ///
  /// What follows depends on the record and on the results alone, so that a resumed sweep goes the same way.
  mutating func addTasks(after results: SweepResults) -> Bool {
    let count = tasks.count
    if tasks.isEmpty {
      for point in points { add(point, budget: halving?.budget.values[0]) }
    } else if let last = tasks.last, !last.isTest {
      let round = last.budget.flatMap { halving?.budget.values.firstIndex(of: $0) } ?? 0
      if let halving, round + 1 < halving.budget.values.count {
        let best = Set(
          results.ranking(budget: last.budget).prefix(halving.points(inRound: round + 1, of: points.count)))
        // In the order of the grid, not of the results.
        for point in points where best.contains(point) {
          add(point, budget: halving.budget.values[round + 1])
        }
      } else if isTested, let best = results.best {
        add(best.task.point, budget: best.task.budget, isTest: true)
      }
    }
    return tasks.count > count
  }
}
