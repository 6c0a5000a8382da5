import Datasets
import FewShot
import LuaHost
import Support

/// `nj.data`.
enum DataBindings {
  static let module = LuaModule(
    "data", "Data sets of spoken words, and series of equations",
    functions: [words, SeriesBindings.mackeyGlass])

  private static let words = LuaFunction(
    "words",
    "A data set of spoken words; by default that of --data, or synthetic speech, which is made if it does not exist",
    [
      .options(
        "options",
        [
          .string(
            "path", optional: true,
            help: "a folder in MSWC's layout, granted by --allow fs.read=DIR or named by --data"),
          .choice(
            "size", SynthesisOptions.Size.allCases.map(\.rawValue), optional: true,
            help: "of the synthetic speech; by default that of --size, or quick"),
          .encoder,
        ])
    ], returns: "words"
  ) { call in
    try call.require(.opening)
    let options = try call.options(1)
    let context = try call.context
    let size = options["size"].string.flatMap(SynthesisOptions.Size.init(rawValue:))
    let selected = size == nil ? context.selectedData.path : nil
    func standard() throws -> String {
      let size = size ?? context.selectedData.size
      if FileStatus(DataFolder.standard(SynthesisOptions(size: size))) == nil { try call.require(.synthesis) }
      return try context.defaultData(size: size)
    }
    let path = try options["path"].string ?? selected ?? standard()
    var encoder: (any ClipEncoder)?
    let dataset = try context.dataset(named: path)
    let store = FeatureStore(dataset, device: context.device, cache: context.cache, console: context.console)
    if options.has("encoder") {
      encoder = try call.encoder(options, of: WordsHandle(dataset, store: store, encoder: nil))
    }
    return try call.push(WordsHandle(dataset, store: store, encoder: encoder))
  }
}

extension ScriptContext {
  /// The folder of the synthetic data set of a size, which is made if it does not exist.
  ///
  /// - Throws: `ProgramError` when espeak-ng is missing or fails, `FileError`, and `InterruptionError` after Ctrl-C.
  public func defaultData(size: SynthesisOptions.Size, seed: UInt64 = 1) throws -> String {
    let options = SynthesisOptions(size: size, seed: seed)
    let path = try SpeechSynthesis(options, folder: DataFolder.standard(options)).run(
      console: console, threads: device.threads)
    trustedData.insert(path)
    return path
  }

  /// Reads a data set that the user selected, and prints its warnings. Links in it may lead anywhere: large data
  /// sets are often composed of links to other disks.
  ///
  /// - Throws: `DatasetError` and `FileError`, with file and row.
  public func dataset(_ path: String) throws -> WordDataset {
    let dataset = try WordDataset(path: path)
    trustedData.formUnion([path, dataset.path])
    return warned(dataset)
  }

  /// Reads a data set that a script named. Unless the user selected it, every file of it is read through the gate, so
  /// that links in it may lead to granted folders only.
  func dataset(named path: String) throws -> WordDataset {
    let trusted = trustedData.union(
      SynthesisOptions.Size.allCases.map { DataFolder.standard(SynthesisOptions(size: $0)) })
    if trusted.contains(where: { $0.utf8.elementsEqual(path.utf8) }) { return try dataset(path) }
    _ = try files.readable(path, isFolder: true)
    return warned(try WordDataset(path: path, files: GrantedFiles(gate: files)))
  }

  private func warned(_ dataset: WordDataset) -> WordDataset {
    for warning in dataset.warnings { console.warn(warning.description) }
    if let provenance = dataset.provenance, provenance.isSynthetic {
      synthetic = [provenance.kind, provenance.size].compactMap(\.self).joined(separator: ", ")
    }
    return dataset
  }
}

/// The files of a data set that a script named.
private struct GrantedFiles: DatasetFiles {
  let gate: FileGate

  func status(_ path: String) throws -> FileStatus? { try gate.readable(path).status() }

  func names(_ folder: String) throws -> [String] {
    try gate.readable(folder, isFolder: true).list().map { String(decoding: $0, as: UTF8.self) }
  }

  func read<Value>(_ path: String, _ body: (_ opened: String) throws -> Value) throws -> Value {
    try gate.readable(path).read(body)
  }
}
