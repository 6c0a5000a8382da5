import Audio
import FewShot
import Foundation
import Networks
import Scripting
import Support
import Tensors

/// A keyword model at work: it encodes sound, embeds it, and asks its learner, which was taught everything again.
public struct KeywordRecognizer {
  /// A word with the score that a clip has for it. Scores of different learners are not comparable.
  public struct Match: Codable, Sendable, Hashable {
    public let word: String
    public let score: Float
  }

  let module: any Module
  let embedding: SoundEmbedding
  let classifier: IncrementalClassifier
  private let words: [KeywordModel.Word?]

  /// Opens a model in a host that runs the Lua files it brings along.
  ///
  /// - Throws: `OptionError`, `ScriptError`, `NetworkError` or `TensorError` when its parts do not fit together.
  public init(_ model: KeywordModel, in host: ScriptHost) throws {
    let origin = model.statement.origin
    words = model.statement.words
    module = try origin.network(in: host, classes: words.count, weights: model.network)
    embedding = try SoundEmbedding(origin, module, in: host)
    classifier = try model.statement.learner.taught(
      model.base, model.lessons, module: module, classes: words.count, seed: model.statement.seed, in: host)
  }

  /// The words that a sound file may be, the best match first; a longer one is heard at its loudest second.
  ///
  /// - Throws: `SoundFileError` for a file that cannot be read; `ScriptError` of the plugins.
  public func matches(_ path: String) throws -> [Match] {
    try classifier.ranking(embedding([path]))[0].compactMap { label, score in
      words[label].map { Match(word: $0.name, score: score) }
    }
  }
}

/// The way from sound files to embeddings.
struct SoundEmbedding {
  /// The sample rate of the waveforms that the encoder gets, in Hz.
  let rate: Int
  private let encoder: any ClipEncoder
  private let module: any Module
  private let device: Device

  /// - Throws: `OptionError`, `ScriptError` of the encoder.
  init(_ origin: NetworkOrigin, _ module: any Module, in host: ScriptHost) throws {
    encoder = try origin.encoder.choice(.encoder, in: host).clipEncoder(in: host.state)
    rate = try encoder.prepare(rate: origin.rate ?? NetworkOrigin.publishedRate)
    self.module = module
    device = host.device
  }

  /// The embeddings of the loudest second of sound files: (files, embedding).
  ///
  /// - Throws: `SoundFileError`, `ScriptError`, `TensorError`.
  func callAsFunction(_ paths: [String]) throws -> Tensor {
    try Recording.off { try module.features(encoder.encode(waveforms(paths))) }
  }

  /// The loudest second of sound files: (files, rate), full scale ±1.
  ///
  /// - Throws: `SoundFileError`.
  func waveforms(_ paths: [String]) throws -> Tensor {
    let samples = try ParallelWork.map(count: paths.count, threads: device.threads, during: "reading clips") {
      [rate] in try SoundFile.readOneSecond(paths[$0], rate: rate, isAligned: true)
    }
    return try Tensor(samples.flatMap(\.self), shape: [paths.count, rate], on: device)
  }
}

extension NetworkOrigin {
  /// The sample rate of MSWC's recordings, in Hz, for weights that state none.
  static let publishedRate = 48_000

  /// The network with its weights, in evaluation mode. Where there are more classes than it was trained for, its
  /// readout has rows of zeros for those.
  ///
  /// - Throws: `OptionError`, `ScriptError` of the model plugin; `NetworkError` for weights that do not fit.
  func network(in host: ScriptHost, classes: Int, weights: [Name: Tensor]) throws -> any Module {
    let module = try model.choice(.model, in: host)
      .build(time: time, channels: channels, classes: classes, in: host.state)
    var state = weights
    for (name, own) in module.state {
      guard let given = weights[name], given.shape != own.shape, classes > self.classes else { continue }
      state[name] = try Self.widened(given, to: own.shape)
    }
    try module.load(state: state)
    module.setTraining(false)
    return module
  }

  /// A tensor with zeros after its own elements in the first dimension; itself where that does not lead to `shape`.
  private static func widened(_ tensor: Tensor, to shape: [Int]) throws -> Tensor {
    guard tensor.rank == shape.count, let first = shape.first, first > tensor.shape[0],
      tensor.shape.dropFirst() == shape.dropFirst()
    else { return tensor }
    let missing = try Tensor.zeros([first - tensor.shape[0]] + shape.dropFirst(), on: tensor.device)
    return try Concatenation(0).apply([tensor, missing])
  }
}

extension PluginReference {
  /// The learner, taught a base and what came after it.
  ///
  /// - Throws: `OptionError`, `ScriptError` of the plugin.
  func taught(
    _ base: LabelledFeatures, _ lessons: [LabelledFeatures], module: any Module, classes: Int, seed: UInt64,
    in host: ScriptHost
  ) throws -> IncrementalClassifier {
    let choice = try choice(.learner, in: host)
    let learner = try choice.fewShotLearner(module: module, classes: classes, seed: seed, in: host.state) {
      _ in
      throw FileError(
        "read the waveforms for", choice.label, reason: "a model file keeps embeddings, no sound",
        hint: "use a learner that does without them")
    }
    let classifier = try IncrementalClassifier(learner, base: base, module: module, classes: classes)
    for lesson in lessons { try classifier.learn(lesson) }
    return classifier
  }
}
