import ArgumentParser
import Datasets
import Experiments
import Figures
import Foundation
import Support

/// `nightjar model learn MODEL --words FOLDER --out OUT`.
struct ModelLearnCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "learn",
    abstract: "Teach new words to a trained network from a few takes of each.",
    discussion: """
      MODEL is a run of bench (its folder, a unique part of its name, or latest), its weights, or a file that this \
      command has written, which learns more words. The takes are a folder per word, or files \
      word_speaker_take.wav; `nightjar data record` makes them. The new file has everything that \
      `nightjar model run` needs: weights, Lua files, words, and what the learner learned from, but no sound.

        nightjar model learn latest --words takes --learner fecam --out mine.safetensors
        nightjar model learn mine.safetensors --words more --out mine2.safetensors
      """)

  @Argument(
    help: ArgumentHelp("A run, its weights, or a model that has learned words before.", valueName: "model"),
    completion: .file(extensions: ["safetensors"]))
  var model: String

  @Option(
    name: .long, help: ArgumentHelp("The folder with the takes.", valueName: "folder"), completion: .directory
  )
  var words: String

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The learner, by name or file, with options: ranpac:width=2000 (default: fecam).", valueName: "name"))
  var learner: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "The data set that the network was trained on (default: where it was then).", valueName: "dir"),
    completion: .directory)
  var data: String?

  @Option(
    name: .long, help: ArgumentHelp("The file to write.", valueName: "out.safetensors"),
    completion: .file(extensions: ["safetensors"]))
  var out: String

  @Flag(name: .long, help: "Skip takes that cannot be read.")
  var skipBad = false

  @OptionGroup var replacing: ReplacingOptions

  @OptionGroup var options: GlobalOptions

  private static let defaultLearner = "fecam"

  func validate() throws {
    guard (out as NSString).pathExtension.lowercased() == "safetensors" else {
      throw UsageError("expected a name that ends with .safetensors", at: "--out \(out)")
    }
  }

  func run() throws {
    try replacing.check(out, as: "--out \(out)")
    let console = options.common.console
    let path = try ModelArgument.file(model)
    let takes = try WordTakes(
      words, skipsBad: skipBad, console: console, threads: options.common.device.threads)
    for warning in takes.warnings { console.warn(warning.description) }
    let result: (model: KeywordModel, [KeywordModel.Trial])
    if try KeywordModel.isOne(path, on: options.common.device) {
      result = try learnMore(path, takes)
    } else {
      let host = try ScriptHost(try options.hostOptions(name: "model"))
      let base = try host.flushing {
        try KeywordModel(
          weights: path, data: data, learner: learner ?? Self.defaultLearner,
          settings: options.set.map { ($0.name, $0.value) }, in: host)
      }
      result = try host.flushing { try base.learning(takes, in: host) }
    }
    try result.model.write(to: out)
    try report(result.model, result.1)
  }

  /// Adds to a model, whose learner and data set are given.
  private func learnMore(
    _ path: String, _ takes: WordTakes
  ) throws -> (model: KeywordModel, [KeywordModel.Trial]) {
    for (name, value) in [("--learner", learner), ("--data", data), ("--set", options.set.first?.name)] {
      guard let value else { continue }
      throw UsageError(
        "\(path) has a learner already, and what it learned from", hint: "leave the option out",
        at: "\(name) \(value)")
    }
    let model = try KeywordModel(path, on: options.common.device)
    return try model.withSources(of: path) { sources in
      var hostOptions = try options.hostOptions(name: "model")
      hostOptions.sources = sources
      let host = try ScriptHost(hostOptions)
      return try host.flushing { try model.learning(takes, in: host) }
    }
  }

  private struct Report: Encodable {
    let file: String
    let learner: String
    let words: Int
    let learned: [KeywordModel.Trial]
  }

  private func report(_ model: KeywordModel, _ trials: [KeywordModel.Trial]) throws {
    let output = StandardOutput()
    if options.common.json {
      return try output.json(
        Report(file: out, learner: model.learner, words: model.words.count, learned: trials))
    }
    let table = ResultTable(
      columns: [.init("word"), .init("takes"), .init("recognised"), .init("taken for")],
      rows: trials.map { trial in
        [
          .text(trial.word.printable(limit: 100)), .number(Double(trial.takes)),
          .text(trial.recognised.map { "\($0) of \(trial.takes)" } ?? "–"),
          .text(trial.mistakenFor.map { $0.printable(limit: 100) }.joined(separator: ", ")),
        ]
      },
      caption: "recognised: each take by \(model.learner) taught the other takes, among "
        + "\("word".counted(model.words.count))")
    try output.write(table.text)
    let bytes = FileStatus(out)?.size ?? 0
    try output.line("\(out): \("word".counted(model.words.count)), \(ByteCount(bytes))")
  }
}

/// How commands name a trained network: by a run, or by a file.
enum ModelArgument {
  /// The file: the argument itself, or the weights of the run that it names.
  ///
  /// - Throws: `FileError` for a run without weights; `UnknownRunError`.
  static func file(_ argument: String) throws -> String {
    if let status = FileStatus(argument), status.kind != .folder { return argument }
    if argument.lowercased().hasSuffix(".safetensors") {
      throw FileError("read", argument, reason: "no such file")
    }
    let weights = ModelRequest.weights(of: try RunList().find(argument))
    guard FileStatus(weights) != nil else {
      throw FileError(
        "read", weights, reason: "the run has no trained network", hint: "name a run of `nightjar bench`")
    }
    return weights
  }
}
