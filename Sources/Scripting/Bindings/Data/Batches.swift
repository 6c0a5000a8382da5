import Datasets
import FewShot
import LuaHost
import Tensors

/// Some clips of a data set: their features and labels, and their sound when asked for.
final class Batch: LuaHosted {
  static let luaClassName = "batch"
  let split: Split
  let features: Tensor
  /// From 0.
  let labels: [Int]
  /// Rows of the split.
  let rows: [Int]
  private let clips: [Clip]
  private let store: FeatureStore
  private let rate: Int

  init(_ split: Split, features: Tensor, rows: [Int], clips: [Clip], store: FeatureStore, rate: Int) {
    self.split = split
    self.features = features
    self.rows = rows
    self.clips = clips
    self.store = store
    self.rate = rate
    labels = clips.map(\.label)
  }

  func waveforms() throws -> Tensor { try store.waveforms(clips, rate: rate) }
  var words: [String] { clips.map(\.word) }
  var languages: [String] { clips.map(\.language) }

  /// Labels as scripts count: from 1.
  func labelTensor() throws -> Tensor {
    try Tensor.classes(labels, on: features.device)
  }
}

extension LuaClass {
  static let batch = LuaClass(
    Batch.self, "Some clips of a data set", methods: [],
    properties: [
      part("features", "(batch, time, channel)", "tensor") { $0.features },
      part("labels", "Classes from 1: (batch), int32", "tensor") { try $0.labelTensor() },
      part("waveforms", "One second of sound a clip: (batch, samples); decoded when asked for", "tensor") {
        try $0.waveforms()
      },
      part("words", "The words", "list of strings") { $0.words },
      part("languages", "The words' languages", "list of strings") { $0.languages },
      part("index", "Rows of the split, from 1", "list of integers") { $0.rows.map { $0 + 1 } },
    ], bytes: { $0.features.byteCount })

  /// A property of a batch for whoever may see its split.
  private static func part(
    _ name: String, _ summary: String, _ type: String,
    _ value: @escaping @Sendable (Batch) throws -> any LuaPushable
  ) -> LuaProperty {
    LuaProperty(name, summary, type) { call in
      let batch = try call.object(0, Batch.self)
      try call.context.require(.clips(batch.split), for: "\(name) of a batch of \(batch.split.rawValue)")
      return try call.push(value(batch))
    }
  }

  static let batches = LuaClass(
    BatchStream.self, "Batches of a split, one a call, nil at the end", methods: [],
    properties: [
      LuaProperty("count", "The number of batches", "integer") { call in
        call.push(try call.object(0, BatchStream.self).count)
      }
    ],
    operators: [
      LuaFunction(
        "__call", "The next batch; nil at the end, after which it starts anew", [.rest("ignored")],
        returns: "batch"
      ) { call in
        let stream = try call.object(0, BatchStream.self)
        // A loop's first call has a nil for the batch before; a loop that was left early must not be gone on with.
        if call.count >= 2, !call.has(2) { stream.restart() }
        guard let batch = try stream.next() else { return try call.push(LuaValue.nil) }
        return try call.push(batch)
      }
    ])
}

/// The clips of a split in batches, in order or shuffled, again and again.
final class BatchStream: LuaHosted {
  static let luaClassName = "batches"
  private let words: WordsHandle
  private let split: Split
  private let context: ScriptContext
  private let encoder: PluginEncoder
  /// Whether nobody chose the encoder.
  private let isDefaultEncoder: Bool
  private let size: Int
  private let shuffleSeed: UInt64?
  private var order: [Int] = []
  private var place = 0
  /// Passes begun; each is shuffled in an order of its own.
  var pass: UInt64 = 0

  init(
    _ words: WordsHandle, split: Split, context: ScriptContext, encoder: PluginEncoder,
    isDefaultEncoder: Bool,
    size: Int, shuffleSeed: UInt64?
  ) throws {
    self.words = words
    self.split = split
    self.context = context
    self.isDefaultEncoder = isDefaultEncoder
    self.encoder = encoder
    self.size = size
    self.shuffleSeed = shuffleSeed
    guard !words.dataset.clips(split).isEmpty else {
      throw ScriptError("batches: the split \"\(split.rawValue)\" of \(words.dataset.path) has no clips")
    }
  }

  /// - Throws: ``ScriptError`` where the model is made for features of another encoder than the default, and nobody
  ///   chose this one.
  func check(_ model: ModuleHandle, for what: String) throws {
    guard isDefaultEncoder, let wanted = model.origin?.encoder, wanted != encoder.name,
      let origin = model.origin
    else { return }
    throw ScriptError(
      "\(what): \(origin.title) is made for features of \(wanted), the batches' are of \(encoder.name), the default",
      hint: "data:batches { encoder = \"\(wanted)\", … }")
  }

  /// Batches in one pass.
  var count: Int { (words.dataset.clips(split).count + size - 1) / size }

  /// Starts a new pass with the next batch.
  func restart() { place = 0 }

  /// The next batch; nil at the end of a pass.
  func next() throws -> Batch? {
    try context.require(.clips(split), for: "a batch of \(split.rawValue)")
    let clips = words.dataset.clips(split)
    if place == 0 {
      order = Array(clips.indices)
      if let shuffleSeed {
        var random = RandomStream(seed: shuffleSeed, purpose: "shuffle", index: pass)
        order = random.permutation(clips.count)
      }
      pass += 1
    }
    guard place < order.count else {
      place = 0
      return nil
    }
    let rows = Array(order[place..<min(order.count, place + size)])
    place += rows.count
    let file = try words.store.features(split, encoder)
    return Batch(
      split, features: try file.read(rows, on: words.store.device), rows: rows, clips: rows.map { clips[$0] },
      store: words.store, rate: try words.store.nativeRate())
  }
}

/// Anything that gives batches: a stream, a list of `{ features =, labels = }`, or an iterator function.
enum BatchSource {
  case stream(BatchStream)
  case list([LuaValue])
  case function(LuaReference)

  init(_ call: LuaCall, _ value: LuaValue, for model: ModuleHandle, _ what: String) throws {
    if let stream = value.object(BatchStream.self) {
      try stream.check(model, for: what)
      self = .stream(stream)
    } else if let list = value.list {
      self = .list(list)
    } else if let function = value.function {
      self = .function(function)
    } else {
      throw ScriptError(
        "\(what): batches is a \(value.typeName); expected data:batches{…}, a list or an iterator")
    }
  }

  /// One batch, whoever made it.
  struct Part {
    /// The batch itself, as the script sees it.
    let value: LuaValue
    let features: Tensor
    /// A tensor; or whatever a script has put there.
    let labels: LuaValue
    /// Rows of the split, from 0, where the batch is one of a data set.
    let rows: [Int]?
  }

  /// Calls `body` for every batch of one pass, with features, labels from 0, and the batch as the script sees it.
  func forEach(in state: LuaState, _ body: (Tensor, [Int], LuaValue) throws -> Void) throws {
    try forEachPart(in: state) { part in
      guard let labels = part.labels.object(Tensor.self), labels.dtype == .int32 else {
        throw ScriptError("a batch needs features (a tensor) and labels (an int32 tensor)")
      }
      try body(part.features, labels.values(as: Int32.self).map { Int($0) - 1 }, part.value)
    }
  }

  /// Calls `body` for every batch of one pass.
  func forEachPart(in state: LuaState, _ body: (Part) throws -> Void) throws {
    switch self {
    case .stream(let stream):
      stream.restart()
      while let batch = try stream.next() { try body(Self.part(batch)) }
    case .list(let list):
      for value in list { try body(Self.part(value, in: state)) }
    case .function(let function):
      while let value = try state.call(function).first, !value.isNil { try body(Self.part(value, in: state)) }
    }
  }

  /// Passes begun, where the source counts them.
  var pass: UInt64? {
    get { if case .stream(let stream) = self { stream.pass } else { nil } }
    nonmutating set { if case .stream(let stream) = self, let newValue { stream.pass = newValue } }
  }

  /// The number of batches of one pass, where that is known.
  var count: Int? {
    switch self {
    case .stream(let stream): stream.count
    case .list(let list): list.count
    case .function: nil
    }
  }

  private static func part(_ batch: Batch) throws -> Part {
    Part(
      value: batch.luaValue, features: batch.features, labels: try batch.labelTensor().luaValue,
      rows: batch.rows)
  }

  private static func part(_ value: LuaValue, in state: LuaState) throws -> Part {
    if let batch = value.object(Batch.self) {
      let context = try state.attached(ScriptContext.self)
      try context.require(.clips(batch.split), for: "a batch of \(batch.split.rawValue)")
      return try part(batch)
    }
    guard let features = value.table?["features"].object(Tensor.self) else {
      throw ScriptError("a batch needs features (a tensor) and labels (an int32 tensor)")
    }
    return Part(value: value, features: features, labels: value.table?["labels"] ?? .nil, rows: nil)
  }
}
