import Experiments

/// A bench that is run again with the code that an earlier run has kept.
extension BenchCommand {
  /// Runs the command again; returns the new run's folder.
  ///
  /// - Throws: as ``run()``.
  func repeated(_ repetition: Repetition, as words: [String]) throws -> String {
    let host = try ScriptHost(hostOptions(repetition, words))
    host.context.followsNeuroBench = strictNeuroBench
    var bench = try Bench(
      request(repetition), state: host.state, library: host.library, context: host.context)
    bench.helpers = repetition.helper.flatMap {
      helpers($0, processes: repetition.processes, on: host)
    }
    _ = try host.recording { try bench.run(in: host.run) }
    return try host.run.folder()
  }

  /// Runs a part of the repeats for the process that runs the command again.
  ///
  /// - Throws: as ``run()``.
  func run(_ part: BenchPart, of repetition: Repetition, as words: [String]) throws {
    try run(part, of: request(repetition), hostOptions(repetition, words))
  }

  private func hostOptions(_ repetition: Repetition, _ words: [String]) throws -> HostOptions {
    var hostOptions = try options.hostOptions(name: task.contains("/") ? "rerun" : task)
    hostOptions.command = words
    configure(&hostOptions)
    repetition.apply(to: &hostOptions)
    return hostOptions
  }

  private func request(_ repetition: Repetition) throws -> BenchRequest {
    var request = request
    let located = repetition.sources.located
    request.task = try located(request.task)
    request.model = try request.model.map(located)
    request.recipe = try located(request.recipe)
    request.encoder = try request.encoder.map(located)
    request.learners = try request.learners.map { try Self.located($0, by: located) }
    request.tests = try request.tests.map(located)
    request.metrics = try request.metrics.map(located)
    request.isChecked = false
    request.dataKey = repetition.dataKey
    return request
  }

  /// A learner with its options, whose name `locate` replaces.
  private static func located(_ learner: String, by locate: (String) throws -> String) throws -> String {
    let parts = learner.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let options = parts.drop { !$0.contains("=") }
    let name = parts.dropLast(options.count).joined(separator: ":")
    return try ([locate(name)] + options).joined(separator: ":")
  }
}
