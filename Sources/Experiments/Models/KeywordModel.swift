import FewShot
import Foundation
import Networks
import Scripting
import Support
import Tensors

/// A trained network with the words that it recognises, in one file that runs on another machine: weights, Lua files,
/// and what its learner learned from.
///
/// The learner is taught again whenever the file is opened, since what a learner keeps may be anything, such as a
/// function. So the file has the embeddings of its base, of its lessons, and the seed.
public struct KeywordModel {
  /// The version of the format; it increases when readers must change.
  static let currentFormat = 1
  private static let key = "nightjar.keywords"

  /// A word that is recognised; its position in the list is its class.
  public struct Word: Codable, Sendable, Hashable {
    public var name: String
    /// Empty for a word that was learned from takes.
    public var language: String
    /// How many takes it was learned from; nil for a word of the base.
    public var takes: Int?
  }

  /// What the file states beside its tensors.
  struct Statement: Codable, Sendable, Hashable {
    var format = currentFormat
    /// Versions of nightjar and of what it depends on.
    var versions: [String: String]
    var origin: NetworkOrigin
    var learner: PluginReference
    var seed: UInt64
    /// The words by their classes; nil for a class that nothing is known of.
    var words: [Word?]
    /// The number of lessons, each a set of words that were learned together.
    var lessons: Int
    var sources: KeptSources
  }

  var statement: Statement
  /// The weights.
  var network: [Name: Tensor]
  /// What the learner starts from.
  var base: LabelledFeatures
  /// What it learned afterwards, in this order.
  var lessons: [LabelledFeatures]

  /// The words that it recognises.
  public var words: [Word] { statement.words.compactMap(\.self) }
  /// The name of its learner.
  public var learner: String { statement.learner.name }

  /// Whether a file states that it is a keyword model.
  ///
  /// - Throws: as `SafeTensors.metadata(of:on:)`.
  public static func isOne(_ path: String, on device: Device) throws -> Bool {
    try SafeTensors.metadata(of: path, on: device)[key] != nil
  }

  /// Reads a file.
  ///
  /// - Throws: `FileError` for a file of another kind, of a newer version, or that contradicts itself; `NetworkError`
  ///   for a damaged one; `TensorError` when the memory budget does not admit it.
  public init(_ path: String, on device: Device) throws {
    try FileStatus.requireRegular(path)
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw FileError("read", path, reason: "no such file, or not readable")
    }
    let content = try SafeTensors.decode(bytes, named: path, on: device)
    guard let text = content.metadata[Self.key] else {
      throw FileError(
        "read", path, reason: "it has no words that it recognises",
        hint: "teach it some with `nightjar model learn \(path) --words FOLDER --out mine.safetensors`")
    }
    self.init(
      statement: try Self.statement(text, of: path),
      network: content.tensors.filter { $0.key.text.hasPrefix("network.") }.reduce(into: [:]) {
        $0[Name(String($1.key.text.dropFirst("network.".count)))] = $1.value
      },
      base: try Self.features("base", content.tensors, of: path), lessons: [])
    lessons = try (0..<statement.lessons).map { number in
      try Self.features("lesson.\(number + 1)", content.tensors, of: path)
    }
    try check(path)
  }

  init(
    statement: Statement, network: [Name: Tensor], base: LabelledFeatures, lessons: [LabelledFeatures]
  ) {
    self.statement = statement
    self.network = network
    self.base = base
    self.lessons = lessons
  }

  private static func statement(_ text: String, of path: String) throws -> Statement {
    struct Version: Decodable { let format: Int }
    let data = Data(text.utf8)
    if let version = try? ResultFile.decode(Version.self, from: data), version.format > currentFormat {
      throw FileError(
        "read", path,
        reason: "a newer nightjar wrote it: format \(version.format), and this one knows \(currentFormat)",
        hint: "update nightjar")
    }
    do { return try ResultFile.decode(Statement.self, from: data) } catch {
      throw FileError("read", path, reason: "what it states of its words cannot be read")
    }
  }

  private static func features(
    _ name: String, _ tensors: [Name: Tensor], of path: String
  ) throws -> LabelledFeatures {
    guard let features = tensors["\(name).features"], features.dtype == .float32, features.rank == 2,
      let labels = tensors["\(name).labels"], labels.dtype == .int32, labels.shape == [features.shape[0]],
      features.shape[0] > 0
    else {
      throw FileError(
        "read", path, reason: "the samples '\(name)' that it learned from are missing or damaged")
    }
    return LabelledFeatures(features: features, labels: try labels.values(as: Int32.self).map { Int($0) })
  }

  /// Makes sure that samples, words and classes fit together.
  private func check(_ path: String) throws {
    var known: Set<Int> = []
    for samples in [base] + lessons {
      guard samples.classes.allSatisfy(statement.words.indices.contains),
        samples.classes.allSatisfy({ statement.words[$0] != nil }), known.isDisjoint(with: samples.classes),
        samples.features.shape[1] == base.features.shape[1]
      else { throw FileError("read", path, reason: "its samples do not fit its words") }
      known.formUnion(samples.classes)
    }
    guard statement.words.count <= ExportInput.maxSize, known.count == words.count else {
      throw FileError("read", path, reason: "its samples do not fit its words")
    }
  }

  /// Writes the file.
  ///
  /// - Throws: `FileError`, `TensorError`.
  public func write(to path: String) throws {
    func tensors(_ name: String, _ samples: LabelledFeatures) throws -> [(name: String, tensor: Tensor)] {
      let labels = try Tensor(
        samples.labels.map { Int32($0) }, shape: [samples.labels.count], on: samples.features.device)
      return [("\(name).features", samples.features), ("\(name).labels", labels)]
    }
    var all = network.sorted { $0.key < $1.key }.map { (name: "network.\($0.key)", tensor: $0.value) }
    all += try tensors("base", base)
    for (number, lesson) in lessons.enumerated() { all += try tensors("lesson.\(number + 1)", lesson) }
    var metadata = [Self.key: String(decoding: try ResultFile.encode(statement), as: UTF8.self)]
    metadata["model"] = statement.origin.model.name
    try SafeTensors.write(all, metadata: metadata, to: path)
  }

  /// Calls `body` with the Lua files that the model brings along, in a folder that exists as long as it runs; `name`
  /// is its file.
  ///
  /// - Throws: `FileError`; what `body` throws.
  public func withSources<Result>(of name: String, _ body: (RunSources) throws -> Result) throws -> Result {
    try statement.sources.unpacked(from: name, body)
  }
}
