import FewShot
import Tensors

/// `nj.data`.
enum DataBindings {
  static let module = LuaModule("data", "Spoken-word data sets", functions: [words])

  private static let words = LuaFunction(
    "words", "A data set of spoken words; without a path the default one, made if it is not there",
    [
      .options(
        "options",
        [
          .string("path", optional: true, help: "a folder in MSWC's layout"),
          .choice(
            "size", SynthesisOptions.Size.allCases.map(\.rawValue), default: "quick",
            help: "of the default data set"),
          .encoder,
        ])
    ], returns: "words"
  ) { call in
    let (options, session) = (try call.options(1), try call.session)
    let size = SynthesisOptions.Size(rawValue: try options.string("size")) ?? .quick
    let path = try options["path"].string ?? session.defaultData(size: size)
    var encoder: PluginEncoder?
    let dataset = try session.dataset(path)
    let store = FeatureStore(dataset, device: session.device, cache: session.cache, console: session.console)
    if options.has("encoder") {
      encoder = try call.encoder(options, of: WordsHandle(dataset, store: store, encoder: nil))
    }
    return try call.give(WordsHandle(dataset, store: store, encoder: encoder))
  }
}

extension Session {
  /// The synthetic data set of a size, spoken now if it is not there.
  public func defaultData(size: SynthesisOptions.Size, seed: UInt64 = 1) throws -> String {
    let options = SynthesisOptions(size: size, seed: seed)
    return try SpeechSynthesis(options, folder: DataFolder.standard(options)).run(
      console: console, threads: device.threads)
  }

  /// Reads a data set, saying what is odd about it.
  public func dataset(_ path: String) throws -> WordDataset {
    let dataset = try WordDataset(path: path)
    for warning in dataset.warnings { console.warn(warning.description) }
    return dataset
  }
}
