import ArgumentParser
import Experiments
import Figures
import Support

/// `nightjar model run MODEL CLIP…`.
struct ModelRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Recognise the word in sound files by a model that `model learn` has written.",
    discussion: """
      Prints the words that fit best, with the learner's scores: only their order has a meaning, and there is always \
      a best one, also for a sound that is no word of the model. Of a longer file the loudest second is heard.

        nightjar model run mine.safetensors clip.wav
      """)

  @Argument(
    help: ArgumentHelp("The model.", valueName: "model"), completion: .file(extensions: ["safetensors"]))
  var model: String

  @Argument(help: ArgumentHelp("Sound files.", valueName: "clip"), completion: .file())
  var clips: [String]

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How many words are printed for a file.", valueName: "n"),
    transform: IntegerArgument.within(1...1_000_000))
  var top = 5

  @OptionGroup var options: GlobalOptions

  private struct Result: Encodable {
    let clip: String
    let matches: [KeywordRecognizer.Match]
  }

  func run() throws {
    if let setting = options.set.first {
      throw UsageError("the model has its options already", hint: "leave it out", at: "--set \(setting.name)")
    }
    let loaded = try KeywordModel(model, on: options.common.device)
    try loaded.withSources(of: model) { sources in
      var hostOptions = try options.hostOptions(name: "model")
      hostOptions.sources = sources
      let host = try ScriptHost(hostOptions)
      try host.flushing {
        let recognizer = try KeywordRecognizer(loaded, in: host)
        let results = try clips.map {
          Result(clip: $0, matches: Array(try recognizer.matches($0).prefix(top)))
        }
        try print(results)
      }
    }
  }

  private func print(_ results: [Result]) throws {
    let output = StandardOutput()
    if options.common.json { return try output.json(results) }
    let table = ResultTable(
      columns: [.init("clip"), .init("word"), .init("score")],
      rows: results.flatMap { result in
        result.matches.enumerated().map { rank, match in
          [
            .text(rank == 0 ? result.clip.printable(limit: 200) : ""),
            .text(match.word.printable(limit: 100)), .number(Double(match.score)),
          ]
        }
      })
    try output.write(table.text)
  }
}
