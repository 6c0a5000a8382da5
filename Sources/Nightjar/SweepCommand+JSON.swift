import Experiments
import Figures
import Support

/// What `nightjar sweep --json` prints.
extension SweepCommand {
  private struct Described: Encodable {
    let sweep: String
    let isComplete: Bool
    /// A row for each point and learner, as in `points.csv`.
    let points: [[String: SettingValue]]
    let best: Best?
    let test: Test?

    enum CodingKeys: String, CodingKey {
      case sweep, points, best, test
      case isComplete = "complete"
    }
  }

  /// The point with the highest accuracy on validation data, by what tells its command line from the others.
  private struct Best: Encodable {
    let point: [String]
    let learner: String
    let accuracy: Double
  }

  /// The run of the best point on test data, with its `results.json`.
  private struct Test: Encodable {
    let run: String
    let results: BenchResults
  }

  /// Prints the points, the best one and its test; what is missing yet, or has failed, is left out.
  ///
  /// - Throws: `SweepError` when every point or the test has failed, after what there is was printed.
  func reportJSON(_ results: SweepResults, _ sweep: SweepFolder, isComplete: Bool) throws {
    let record = try sweep.load()
    let best = isComplete ? results.best : nil
    var test: Result<Test, any Error>?
    if best != nil, record.isTested {
      test = Result {
        let (run, results) = try sweep.test(in: record)
        return Test(run: run, results: results)
      }
    }
    try StandardOutput().json(
      Described(
        sweep: sweep.path, isComplete: isComplete, points: results.csv.objects,
        best: best.map {
          Best(point: record.ownWords(of: $0.task), learner: $0.learner, accuracy: $0.accuracy)
        }, test: try? test?.get()))
    guard isComplete else { return }
    guard best != nil else { throw SweepError.nothingWorked(points: results.outcomes.count) }
    try save(results.figure(), in: sweep)
    _ = try test?.get()
  }
}
