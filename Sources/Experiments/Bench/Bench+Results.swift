import Datasets
import FewShot
import Scripting
import Support

/// What a run has measured, and on what.
extension Bench {
  /// The results of the seeds so far, in their order.
  func results(
    _ measured: [FewShotResults], _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) throws -> BenchResults {
    let bySeed = try measured.map { results in
      try results.learners.map { try LearnerResults($0, words: results.words) }
    }
    var results = described(selected, dataset, seeds)
    results.base = NetworkStatistics.mean(measured.map { NetworkStatistics($0.base) })
    results.learners = try LearnerResults.merged(bySeed)
    results.note(measured.map(\.failures))
    results.sessions = measured.lazy.compactMap { SessionNumbers($0) }.first
    return results
  }

  /// The results of a task that is not few-shot learning: the numbers of all seeds, in their order.
  func results(
    _ measured: [TaskMeasurements], _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) -> BenchResults {
    var results = described(selected, dataset, seeds)
    results.metrics = measured.reduce(into: [:]) { $0.merge($1.metrics) { $0 + $1 } }
    results.curves = measured.reduce(into: [:]) { $0.merge($1.curves) { $0 + $1 } }
    // A task that returns single numbers has no repeats, whatever was asked for.
    results.repeats = measured.map(\.repeats).max() ?? 1
    results.main = measured.lazy.compactMap(\.main).first
    results.note(measured.map(\.failures))
    return results
  }

  /// Results without numbers: what is run on what.
  func described(
    _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) -> BenchResults {
    var results = BenchResults(
      task: selected.task.plugin.name, data: provenance(of: dataset), model: selected.model.plugin.name,
      recipe: isTrained(dataset) ? selected.recipe.plugin.name : "",
      encoder: dataset == nil ? "" : selected.encoder.plugin.name, base: NetworkStatistics(),
      learners: [], seed: seeds[0], repeats: request.repeats, settings: selected.settings,
      timings: context.cache.reports.map(\.timing))
    // A task without a data set has no use for the others.
    let used = dataset == nil ? [selected.task, selected.model] : selected.all
    results.plugins = used.map {
      PluginSource(plugin: $0.plugin.title, path: $0.plugin.path, key: "\($0.plugin.sourceKey)")
    }
    results.seeds = seeds.count > 1 ? seeds : nil
    return results
  }

  /// Whether a recipe trains the model: not for a task without a data set, nor with given weights.
  private func isTrained(_ dataset: WordDataset?) -> Bool { dataset != nil && request.weights == nil }

  func provenance(of dataset: WordDataset?) -> DataProvenance {
    guard let dataset else { return DataProvenance(kind: "generated data", folder: "", clips: 0) }
    var data = DataProvenance(of: dataset)
    if request.isValidation { data.kind += " (validation)" }
    return data
  }

  /// What the run's record says that it compares.
  func experiment(
    _ selected: SelectedPlugins, _ dataset: WordDataset?, _ seeds: [UInt64]
  ) -> RunExperiment {
    RunExperiment(
      task: selected.task.plugin.name, model: selected.model.plugin.name,
      recipe: isTrained(dataset) ? selected.recipe.plugin.name : "",
      encoder: dataset == nil ? "" : selected.encoder.plugin.name,
      learners: dataset == nil ? [] : selected.learners.map(\.label),
      tests: selected.tests.map(\.plugin.name), metrics: selected.metrics.map(\.plugin.name),
      data: provenance(of: dataset), seeds: seeds.count > 1 ? seeds : nil, repeats: request.repeats)
  }

  /// The options of the plugins, and those of the bench itself.
  func settings(_ selected: SelectedPlugins) -> [RunSetting] {
    let standard = BenchRequest()
    func own(_ name: String, _ value: SettingValue, _ defaultValue: SettingValue?) -> RunSetting {
      RunSetting(name: name, value: value, defaultValue: defaultValue, isGiven: value != defaultValue)
    }
    var settings = selected.records
    settings.append(own("repeats", .integer(request.repeats), .integer(standard.repeats)))
    settings.append(own("strict_neurobench", .boolean(context.followsNeuroBench), .boolean(false)))
    settings.append(own("align", .boolean(request.isAligned), .boolean(standard.isAligned)))
    if let rate = request.rate { settings.append(own("rate", .integer(rate), nil)) }
    if let weights = request.weights { settings.append(own("weights", .string(weights.path), nil)) }
    return settings
  }
}
