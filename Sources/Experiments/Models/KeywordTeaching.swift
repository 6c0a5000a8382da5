import Datasets
import FewShot
import Foundation
import Networks
import Scripting
import Support
import Tensors

extension KeywordModel {
  /// How a new word is recognised: each take by a learner that was taught the others.
  public struct Trial: Codable, Sendable, Hashable {
    public let word: String
    public let takes: Int
    /// How many of them were recognised; nil for a word of one take.
    public var recognised: Int?
    /// The words that the others were taken for.
    public var mistakenFor: [String]
  }

  /// The parts that a trial divides takes into at most: each is recognised by a learner taught the others.
  private static let folds = 5

  /// A model that knows the base words of the data set that a network was trained on, and nothing else.
  ///
  /// - Parameters:
  ///   - path: the file of the network's weights.
  ///   - data: the data set's folder; nil for that of the training.
  ///   - text: the learner by name or file, with options: `ranpac:width=2000`.
  ///   - settings: the values of `--set`.
  ///   - host: runs the installed plugins; its settings are options of the learner.
  /// - Throws: `FileError` for weights that do not state their origin; `OptionError` for an unknown learner;
  ///   `DatasetError`, `ScriptError`, `NetworkError`.
  public init(
    weights path: String, data: String?, learner text: String, settings: [(name: String, value: String)],
    in host: ScriptHost
  ) throws {
    let content = try SafeTensors.decode(
      FileManager.default.contents(atPath: path) ?? Data(), named: path, on: host.device)
    guard var origin = try NetworkOrigin(content.metadata, of: path) else {
      throw FileError(
        "teach words to", path, reason: "it does not state what its network was built from",
        hint: "name the weights of a run of `nightjar bench`, or a file of `nightjar model import`")
    }
    let setting = try LearnerSetting(text)
    var router = SettingRouter(settings.map { ($0.name, $0.value) })
    let choice = try router.choice(
      host.library.plugin(.learner, setting.name, in: host.state), own: setting.options)
    try router.requireAllUsed()
    try choice.plugin.requirePermissions(in: host.state)
    let run = try? ResultFile.read(BenchResults.self, from: path.parentFolder + "/results.json")
    origin.model.locate(.model, by: run?.plugins ?? [], in: host)
    origin.encoder.locate(.encoder, by: run?.plugins ?? [], in: host)
    let dataset = try Self.dataset(of: &origin, data ?? run?.data.folder, path, in: host)
    let classes = max(origin.classes, dataset.words.count)
    let module = try origin.network(in: host, classes: classes, weights: content.tensors)
    let store = FeatureStore(
      dataset, device: host.device, cache: host.context.cache, console: host.console)
    origin.rate = try store.nativeRate()
    let encoder = try origin.encoder.choice(.encoder, in: host).clipEncoder(in: host.state)
    let code = try origin.model.choice(.model, in: host).plugin.sourceKey
    let network = BaseNetwork(module, key: ContentKey(parts: ["model learn", "\(origin.model)", "\(code)"]))
    let base = try Embedder(store: store, encoder: encoder, network: network).embedded(.train)
    let sources = try KeptSources(loadedIn: host)
    func kept(_ reference: PluginReference, _ kind: PluginKind) throws -> PluginReference {
      var reference = reference
      let plugin = try reference.choice(kind, in: host).plugin
      if reference.name != plugin.name {
        reference.name = sources.name(of: plugin.path, in: host) ?? reference.name
      }
      return reference
    }
    origin.model = try kept(origin.model, .model)
    origin.encoder = try kept(origin.encoder, .encoder)
    var words = [Word?](repeating: nil, count: classes)
    for (label, word) in dataset.words.enumerated() where word.part == .base {
      words[label] = Word(name: word.name, language: word.language)
    }
    let isFile = setting.name.contains("/") || setting.name.hasSuffix(".lua")
    self.init(
      statement: Statement(
        versions: RunSettings.currentVersions, origin: origin,
        learner: try kept(PluginReference(choice, named: isFile ? setting.name : nil), .learner),
        seed: host.context.seed, words: words, lessons: 0, sources: sources),
      network: content.tensors, base: base, lessons: [])
  }

  /// The data set that a network was trained on; one that has changed since is warned of.
  private static func dataset(
    of origin: inout NetworkOrigin, _ data: String?, _ path: String, in host: ScriptHost
  ) throws -> WordDataset {
    guard let folder = data else {
      throw FileError(
        "teach words to", path,
        reason: "a learner starts from the data set that it was trained on, and it is in no run's folder",
        hint: "name the data set with --data, or the run instead of the file")
    }
    var dataset = try host.context.dataset(folder)
    if let known = origin.data, known.key != "\(dataset.contentKey)" {
      host.console.warn("\(folder) is not as it was when the network was trained: other clips are listed")
    }
    dataset.reading.rate = origin.rate ?? dataset.reading.rate
    dataset.reading.isAligned = origin.isAligned
    // A stranger who gets the model need not know where the data lay.
    origin.data = DataProvenance(of: dataset)
    origin.data?.folder = URL(fileURLWithPath: dataset.path).lastPathComponent
    return dataset
  }

  /// The model after it learned new words, and how well it recognises them. `host` runs the model's own Lua files, or
  /// those that it was made from.
  ///
  /// - Throws: `OptionError` for a word that it knows already; `SoundFileError`; `ScriptError` of the plugins.
  public func learning(_ takes: WordTakes, in host: ScriptHost) throws -> (model: KeywordModel, [Trial]) {
    if let known = takes.words.first(where: { word in words.contains { $0.name.isSameName(as: word.name) } })
    {
      throw OptionError(
        "'\(known.name)' is a word of the model already", hint: "give the folder of the new one another name")
    }
    var result = self
    let free = statement.words.indices.filter { statement.words[$0] == nil }
    let classes = max(statement.words.count, statement.words.count - free.count + takes.words.count)
    result.statement.words += [Word?](repeating: nil, count: classes - statement.words.count)
    let labels = result.statement.words.indices.filter { result.statement.words[$0] == nil }
      .prefix(takes.words.count)
    let origin = statement.origin
    let module = try origin.network(in: host, classes: classes, weights: network)
    let embedding = try SoundEmbedding(origin, module, in: host)
    let paths = takes.words.flatMap(\.paths)
    let lesson = LabelledFeatures(
      features: try embedding(paths),
      labels: zip(labels, takes.words).flatMap { label, word in word.paths.map { _ in label } })
    for (label, word) in zip(labels, takes.words) {
      result.statement.words[label] = Word(name: word.name, language: "", takes: word.paths.count)
    }
    let trials = try result.trials(of: lesson, takes, module: module, in: host)
    result.lessons.append(lesson)
    result.statement.lessons = result.lessons.count
    // Whatever the learner does wrong is found now, not when the file is opened.
    _ = try result.statement.learner.taught(
      base, result.lessons, module: module, classes: classes, seed: statement.seed, in: host)
    return (result, trials)
  }

  /// Recognises each take of a lesson by a learner that was taught the others.
  private func trials(
    of lesson: LabelledFeatures, _ takes: WordTakes, module: any Module, in host: ScriptHost
  ) throws -> [Trial] {
    var recognised = [Int](repeating: 0, count: takes.words.count)
    var mistaken = [[String]](repeating: [], count: takes.words.count)
    let places = takes.words.indices.flatMap { word in takes.words[word].paths.indices.map { (word, $0) } }
    let progress = Progress("trying takes", total: Self.folds, unit: "parts", on: host.console)
    for fold in 0..<Self.folds {
      defer { progress.advance() }
      let held = places.indices.filter { row in
        let (word, take) = places[row]
        return take % Self.folds == fold && takes.words[word].paths.count > 1
      }
      guard !held.isEmpty else { continue }
      let rest = places.indices.filter { !held.contains($0) }
      let part = LabelledFeatures(
        features: try lesson.select(rest), labels: rest.map { lesson.labels[$0] })
      let classifier = try statement.learner.taught(
        base, lessons + [part], module: module, classes: statement.words.count, seed: statement.seed, in: host
      )
      for (row, ranking) in zip(held, try classifier.ranking(lesson.select(held))) {
        if ranking[0].label == lesson.labels[row] {
          recognised[places[row].0] += 1
        } else if let name = statement.words[ranking[0].label]?.name {
          mistaken[places[row].0].append(name)
        }
      }
    }
    progress.finish()
    return takes.words.indices.map { index in
      let word = takes.words[index]
      return Trial(
        word: word.name, takes: word.paths.count,
        recognised: word.paths.count > 1 ? recognised[index] : nil,
        mistakenFor: mistaken[index].uniquedNames().sorted())
    }
  }
}
