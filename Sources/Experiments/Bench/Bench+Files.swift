import FewShot
import Logging
import Networks
import Scripting
import Support

/// What a run writes into its folder.
extension Bench {
  /// Writes all tables, then `results.json`, which states whether the run is complete.
  func writeTables(_ results: BenchResults, into folder: RunFolder) throws {
    for table in results.savedTables { try folder.write(csv: table.csv, text: table.text, named: table.name) }
    try folder.write(csv: results.spreadTable, text: results.spreadTable, named: "spread")
    try folder.write(results)
  }

  func write(_ results: BenchResults, into folder: RunFolder) throws {
    do {
      try folder.write(
        results.sessionFigure(title: results.task), named: "curve", endings: request.figures)
    } catch let error as any NightjarError {
      // The numbers are saved even without the figure.
      console.warn("the figure could not be saved: \(error.description)")
    }
    try writeTables(results, into: folder)
    folder.progress.remove()
    for report in context.cache.reports { Logger(label: "nightjar.bench").debug("\(report)") }
    try context.cache.prune(to: Self.maxCacheSize)
  }

  /// Writes what a task measured that is not few-shot learning, with the tables and figures of the first seed.
  func write(
    _ results: BenchResults, _ measured: TaskMeasurements, into folder: RunFolder
  ) throws {
    for (name, figure) in measured.figures { try folder.write(figure, named: name) }
    for table in measured.tables { try folder.write(table, named: table.title) }
    if let table = results.metricTable { try folder.write(table, named: "metrics") }
    try folder.write(results)
    try context.cache.prune(to: Self.maxCacheSize)
  }

  /// Saves the trained network, where the task has trained one.
  func saveWeights(
    of task: TaskContext, named name: String, _ selected: SelectedPlugins, in folder: RunFolder
  ) throws {
    guard let trained = task.trained else { return }
    var metadata = ["model": selected.model.plugin.name]
    try task.sizes?.write(to: &metadata)
    try origin(of: task, selected)?.write(to: &metadata)
    try SafeTensors.write(trained.state, metadata: metadata, to: folder.file(name, "safetensors"))
  }

  /// What the weights of a trained network were made from, the same wherever the run's files lay.
  func origin(of task: TaskContext, _ selected: SelectedPlugins) throws -> NetworkOrigin? {
    guard let sizes = try task.sizes, let dataset = task.dataset else { return nil }
    var data = provenance(of: dataset)
    data.folder = ""
    return NetworkOrigin(
      model: PluginReference(selected.model), encoder: PluginReference(selected.encoder), time: sizes.time,
      channels: sizes.channels, classes: sizes.classes, data: data, rate: try task.rate,
      isAligned: dataset.reading.isAligned, seed: context.seed)
  }

  /// Writes what a report draws: which words were taken for which, and the first network's embeddings.
  func writePictures(of measured: [FewShotResults], into folder: RunFolder) throws {
    guard let first = measured.first else { return }
    let confusions = WordConfusion.all(measured)
    try folder.write(
      csv: confusions.isEmpty ? nil : WordConfusion.table(confusions), text: nil, named: WordConfusion.file)
    let embedded = first.embedding.map { EmbeddedSample.all($0, words: first.words) } ?? []
    try folder.write(
      csv: embedded.isEmpty ? nil : EmbeddedSample.table(embedded), text: nil, named: EmbeddedSample.file)
  }
}
