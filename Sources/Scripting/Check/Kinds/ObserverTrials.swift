import FewShot
import LuaHost
import Support

/// Metrics and tests: they observe two sessions of a learner, as in a bench.
extension PluginTrial {
  func tryMetric() throws -> [CheckFinding] {
    if plugin.watchesLayers {
      let record = ErrorRecord()
      let results = try experiment(
        Self.plainLearner, layerMetrics: [{ $0.layerMetric(choice) { record.note($0) } }])
      try record.check()
      if case .failed(let reason)? = results.base.layerMetrics.first?.value {
        return [finding(ErrorMessage(reason), in: "value")]
      }
      return []
    }
    let whole = try observed(.metric) { ProbedObserver($0, $1, cuts: false) }
    let cut = try observed(.metric) { ProbedObserver($0, $1, cuts: true) }
    let other = whole.first { name, numbers in
      !zip(numbers, cut[name] ?? []).allSatisfy { abs($0 - $1) <= 1e-4 * max(1, abs($0)) || $0 == $1 }
    }
    guard let (name, numbers) = other else { return [] }
    func text(_ numbers: [Double]?) -> String {
      (numbers ?? []).map { "\(($0 * 1e5).rounded() / 1e5)" }.joined(separator: ", ")
    }
    return [
      finding(
        ErrorMessage(
          "\(name) depends on how a test is cut into batches: \(text(numbers)), and \(text(cut[name])) for the same "
            + "samples one at a time in another order",
          hint: "sum in update and divide by the number of samples in value, instead of averaging averages"),
        in: "value")
    ]
  }

  func tryTest() throws -> [CheckFinding] {
    _ = try observed(.test) { ProbedObserver($0, $1, cuts: false) }
    return []
  }

  /// What the plugin measures of the trial's learner.
  private func observed(
    _ kind: PluginKind, _ wrap: @escaping (any SessionObserver, ErrorRecord) -> ProbedObserver
  ) throws -> [String: [Double]] {
    let record = ErrorRecord()
    let factory = { (plugins: ExperimentPlugins) in
      (kind == .metric ? plugins.metric(choice) : plugins.test(choice)).wrapping { wrap($0, record) }
    }
    let results = try experiment(
      Self.plainLearner, metrics: kind == .metric ? [factory] : [], tests: kind == .test ? [factory] : [])
    try record.check()
    if let reason = results.failures.first?.value { throw plugin.violation(reason) }
    return results.learners.first?.repeats.first?.measures ?? [:]
  }
}

/// The first error of a plugin that a run goes on without.
private final class ErrorRecord {
  private var first: (any Error)?

  func note(_ error: any Error) { first = first ?? error }

  /// - Throws: the error.
  func check() throws { if let first { throw first } }
}

/// An observer whose errors are recorded, and which may be given its samples one by one in another order.
private final class ProbedObserver: SessionObserver {
  private let observer: any SessionObserver
  private let record: ErrorRecord
  private let cuts: Bool

  init(_ observer: any SessionObserver, _ record: ErrorRecord, cuts: Bool) {
    self.observer = observer
    self.record = record
    self.cuts = cuts
  }

  var name: String { observer.name }

  func observe(_ tested: TestedBatch) throws {
    try recorded {
      guard cuts else { return try observer.observe(tested) }
      for sample in tested.labels.indices.reversed() { try observer.observe(tested.part([sample])) }
    }
  }

  func endSession(_ session: Int) throws { try recorded { try observer.endSession(session) } }

  func finish() throws -> [String: [Double]] { try recorded { try observer.finish() } }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    let error = observer.violation(message)
    record.note(error)
    return error
  }

  private func recorded<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      record.note(error)
      throw error
    }
  }
}
