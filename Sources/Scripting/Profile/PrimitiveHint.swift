import LuaHost

/// What does the work of many small calls at once.
enum PrimitiveHint {
  /// Calls of one line from which on a hint is given.
  private static let minCrossings = 5_000
  /// Nanoseconds that a call of which there should be fewer takes at most.
  private static let maxNanoseconds = 50_000

  private static let advice: [(functions: [String], text: String)] = [
    (["index"], "use x:index_select(1, rows), x[{ { from, to } }] or x:totable() once, outside the loop"),
    (["newindex"], "assign all rows at once, x[rows] = values, or collect a list and nj.stack it"),
    (["item"], "keep numbers in a tensor, and read them once: x:totable()"),
    (["tensor", "zeros", "ones", "full"], "make one tensor of all rows, outside the loop"),
    (["cat", "stack"], "collect the parts in a list, and join them once after the loop"),
    (["matmul"], "stack the operands: one matmul multiplies all rows, and batches of matrices"),
    (["rand", "randn", "randint"], "draw all numbers at once: nj.randn(n, …)"),
    (["size", "dim", "numel", "shape"], "read sizes once, outside the loop"),
    (["select", "narrow", "slice"], "use x:index_select(dim, rows), or unfold, for all parts at once"),
    (
      ["add", "sub", "mul", "div", "unm", "pow", "exp", "log", "abs", "sqrt", "sum", "mean", "max", "min"],
      "compute on all rows at once: operators broadcast; or fuse the steps with nj.fuse, "
        + "and loops over time with nn.recurrent"
    ),
  ]

  /// The hints for lines with very many short calls, those that cost most first.
  static func all(of costs: [(site: CallProfile.Site, cost: CallProfile.Cost)]) -> [String] {
    costs.filter { $0.cost.crossings >= minCrossings }
      .filter { $0.cost.nativeNanoseconds / $0.cost.crossings <= maxNanoseconds }
      .sorted { $0.cost.crossings > $1.cost.crossings }
      .compactMap { site, cost in
        guard let advice = advice.first(where: { $0.functions.contains(site.function) }) else { return nil }
        return "\(site.file) line \(site.line) crosses \(cost.crossings) times into "
          + "\(CostReceipt.shown(site.function)): \(advice.text)"
      }
  }
}
