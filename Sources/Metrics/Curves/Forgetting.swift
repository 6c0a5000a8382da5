/// How a learner balances what it knew and what it learns.
public enum Balance {
  /// `2bn / (b + n)` of the accuracies on base and on new classes, 0 to 1; 0 when both are 0.
  ///
  /// High only when both are: the frozen baseline gets 0. Source: Xian et al. 2018, used for FSCIL by Peng et
  /// al. 2022 (ALICE).
  public static func harmonicMean(base: Double, new: Double) -> Double {
    base + new > 0 ? 2 * base * new / (base + new) : 0
  }

  /// The mean loss on earlier sessions' classes after the last session:
  /// `F = 1/S Σ_{j<S} ( max_{j≤l<S} a_{l,j} − a_{S,j} )`, where `a_{l,j}` is the accuracy after session l on
  /// the classes that came in session j. Source: Chaudhry et al. 2018, arXiv 1801.10112, equation 3.
  ///
  /// - Parameter accuracies: row l has the accuracies after session l on the classes of sessions 0…l (lower
  ///   triangle);
  ///   entries behind the diagonal are not read.
  /// - Returns: −1 to 1, negative when learning on helped; 0 for fewer than two sessions.
  public static func forgetting(_ accuracies: [[Double]]) throws(CurveFailure) -> Double {
    for (row, values) in accuracies.enumerated() where values.count <= row {
      throw .ragged(row: row, count: values.count, expected: row + 1)
    }
    guard accuracies.count > 1, let last = accuracies.last else { return 0 }
    let losses = (0..<accuracies.count - 1).map { j in
      (accuracies[j..<accuracies.count - 1].map { $0[j] }.max() ?? last[j]) - last[j]
    }
    return Statistics.mean(losses)
  }
}
