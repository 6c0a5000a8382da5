import Figures
import Foundation
import Networks
import Support
import TensorBoardSchema
import Tensors

/// What a run's folder has for TensorBoard.
///
/// | page | from |
/// |---|---|
/// | scalars | `scalars.csv`; of `results.json` the accuracies over sessions, `accuracy/LEARNER`, and other metrics |
/// | histograms | `histograms.csv`, and the tensors of `weights.safetensors` |
/// | images | the figures saved as PNG |
/// | hyperparameters | every option of `settings.json` |
public struct RunEvents {
  private let folder: String
  private let settings: RunSettings?
  private let outcome: RunOutcome?
  private let results: BenchResults?

  /// The events of a run. A damaged file counts as missing.
  public init(_ folder: String) {
    self.folder = folder
    settings = try? ResultFile.read(RunSettings.self, from: folder + "/settings.json")
    outcome = try? ResultFile.read(RunOutcome.self, from: folder + "/outcome.json")
    results = try? ResultFile.read(BenchResults.self, from: folder + "/results.json")
  }

  /// Writes everything into an event file. What was logged has the time of the run's start, since only its steps are
  /// known.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func write(to file: EventFile) throws {
    let time = started ?? Date()
    for scalar in ScalarLog.read(folder + "/scalars.csv") {
      try file.add([.scalar(scalar.name, scalar.value)], step: scalar.step, at: time)
    }
    for entry in HistogramLog.read(folder + "/histograms.csv") {
      try file.add([.histogram(entry.name, entry.bins)], step: entry.step, at: time)
    }
    try writeResults(to: file, at: ended ?? time)
  }

  /// Writes what is known at the end of a run: results, figures, weights, and hyperparameters.
  ///
  /// - Throws: `FileError` when it cannot be written.
  public func writeResults(to file: EventFile, at time: Date = Date()) throws {
    // Of each tag TensorBoard keeps the first metadata that it sees, so this is written once, with all settings.
    try file.add([.sessionStart(hyperparameters, at: started)], step: 0, at: time)
    for scalar in measured {
      try file.add([.scalar(scalar.name, scalar.value)], step: scalar.step, at: time)
    }
    for (name, picture) in pictures {
      guard let value = Tensorboard_Summary.Value.image(name, png: picture) else { continue }
      try file.add([value], step: 0, at: time)
    }
    for entry in weights { try file.add([.histogram(entry.name, entry.bins)], step: 0, at: time) }
    try file.add([.sessionEnd(status, at: ended)], step: 0, at: time)
    try file.flush()
  }

  private var started: Date? { settings.flatMap { Self.date($0.started) } }
  private var ended: Date? { outcome.flatMap { Self.date($0.ended) } }

  private static func date(_ text: String) -> Date? { ISO8601DateFormatter().date(from: text) }

  private var status: Tensorboard_Status {
    guard let outcome else { return .unknown }
    return outcome.exitCode == 0 ? .success : .failure
  }

  /// Every option, and what a bench compares.
  private var hyperparameters: [String: SettingValue] {
    var values: [String: SettingValue] = [:]
    for (name, text) in settings?.options ?? [:] { values[name] = .string(text) }
    for setting in settings?.settings ?? [] { values[setting.name] = setting.value }
    if let settings { values["seed"] = .integer(Int(clamping: settings.seed)) }
    if let experiment = settings?.experiment {
      values["task"] = .string(experiment.task)
      values["data"] = .string(experiment.data.name)
      values["model"] = .string(experiment.model)
      values["encoder"] = .string(experiment.encoder)
      values["recipe"] = .string(experiment.recipe)
    }
    return values
  }

  /// The numbers of the results; a mean over repeats for each step.
  private var measured: [ScalarLog.Scalar] {
    guard let results else { return [] }
    var scalars: [ScalarLog.Scalar] = []
    func add(_ name: String, _ values: [Double], from first: Int = 0) {
      scalars += values.enumerated().map { ScalarLog.Scalar(name, step: first + $0, $1) }
    }
    if let base = results.base.accuracy { add("base_accuracy", [base.test]) }
    for learner in results.learners {
      add("accuracy/\(learner.name)", learner.all.mean)
      add("mean_accuracy/\(learner.name)", [learner.all.meanOverSessions])
      if let new = learner.new {
        add("accuracy_new/\(learner.name)", new.mean, from: 1)
        add("mean_accuracy_new/\(learner.name)", [new.meanOverSessions])
      }
      for (name, values) in learner.measures.sorted(by: { $0.key < $1.key }) {
        add("\(name)/\(learner.name)", values)
      }
    }
    for (name, values) in (results.metrics ?? [:]).sorted(by: { $0.key < $1.key }) {
      add(name, Self.mean([values]))
    }
    for (name, repeats) in (results.curves ?? [:]).sorted(by: { $0.key < $1.key }) {
      let length = repeats.map(\.count).min() ?? 0
      add(name, (0..<length).flatMap { point in Self.mean([repeats.map { $0[point] }]) })
    }
    return scalars
  }

  /// The mean of each list that has a value.
  private static func mean(_ lists: [[Double]]) -> [Double] {
    lists.filter { !$0.isEmpty }.map { $0.reduce(0, +) / Double($0.count) }
  }

  private var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
      .sorted()
  }

  /// The figures, by the names of their files without the ending.
  private var pictures: [(name: String, picture: Data)] {
    names.filter { $0.hasSuffix(".png") }.compactMap { name in
      FileManager.default.contents(atPath: "\(folder)/\(name)").map { (String(name.dropLast(4)), $0) }
    }
  }

  /// Histograms of the tensors of the trained networks, `weights/NAME`.
  private var weights: [HistogramLog.Entry] {
    names.filter { $0.hasPrefix("weights") && $0.hasSuffix(".safetensors") }.flatMap { file in
      let tensors = (try? SafeTensors.read("\(folder)/\(file)", on: Device())) ?? [:]
      return tensors.sorted { $0.key < $1.key }.compactMap { name, tensor -> HistogramLog.Entry? in
        guard tensor.count > 1, let values = try? tensor.numbers,
          let histogram = try? Figure.Histogram(of: [NamedValues(name.text, values)], bins: 30)
        else { return nil }
        return HistogramLog.Entry(
          name: "\(file.dropLast(".safetensors".count))/\(name)", step: 0,
          bins: HistogramLog.Bin.bins(edges: histogram.edges, counts: histogram.counts[0]))
      }
    }
  }
}
