import Datasets
import FewShot
import LuaHost
import Networks
import Tensors

extension ClipBatch: LuaHosted {
  public static var luaClassName: String { "batch" }
  public static func nativeBytes(of storage: AnyObject) -> Int {
    fromLuaStorage(storage)?.features.byteCount ?? 0
  }
}

/// Batches as scripts hold them: every batch is checked against the executing role.
final class BatchStream: LuaHosted {
  static let luaClassName = "batches"
  private let batches: ClipBatches
  private let context: ScriptContext
  /// Whether the encoder is the default, which nobody selected.
  private let isDefaultEncoder: Bool

  init(_ batches: ClipBatches, isDefaultEncoder: Bool, context: ScriptContext) {
    self.batches = batches
    self.isDefaultEncoder = isDefaultEncoder
    self.context = context
  }

  /// Throws where the model is made for features of another encoder than the default, and nobody selected this one.
  func check(_ model: ModuleHandle, for what: String) throws {
    guard isDefaultEncoder, let wanted = model.origin?.encoder, wanted != batches.encoder.name,
      let origin = model.origin
    else { return }
    throw ScriptError(
      "\(what): \(origin.title) is made for features of \(wanted), the batches are of \(batches.encoder.name), the "
        + "default", hint: "data:batches { encoder = \"\(wanted)\", … }")
  }

  var count: Int { batches.count ?? 0 }

  var pass: UInt64? {
    get { batches.pass }
    set { batches.pass = newValue }
  }

  func restart() { batches.restart() }

  func next() throws -> ClipBatch? {
    try context.require(.clips(batches.split), for: "a batch of \(batches.split.rawValue)")
    return try batches.next()
  }
}

/// What scripts pass as batches: a stream, a list of `{ features =, labels = }`, or an iterator function.
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

  /// One batch of any source.
  struct Part {
    /// The batch itself, as the script sees it.
    let value: LuaValue
    let features: Tensor
    /// A tensor, or any other value that a script has put there.
    let labels: LuaValue
    /// Rows of the split, from 0, where the batch is one of a data set.
    let rows: [Int]?
  }

  /// Calls `body` for every batch of one pass.
  func forEachPart(in state: LuaState, _ body: (Part) throws -> Void) throws {
    switch self {
    case .stream(let stream):
      stream.restart()
      while let batch = try stream.next() { try body(Part(batch)) }
    case .list(let list):
      for value in list { try body(Part(value, in: state)) }
    case .function(let function):
      while let value = try state.call(function).first, !value.isNil { try body(Part(value, in: state)) }
    }
  }

  /// The number of batches of one pass, where that is known.
  var count: Int? {
    switch self {
    case .stream(let stream): stream.count
    case .list(let list): list.count
    case .function: nil
    }
  }
}

extension BatchSource.Part {
  fileprivate init(_ batch: ClipBatch) throws {
    self.init(
      value: batch.luaValue, features: batch.features, labels: try batch.labelTensor().luaValue,
      rows: batch.rows)
  }

  fileprivate init(_ value: LuaValue, in state: LuaState) throws {
    if let batch = value.object(ClipBatch.self) {
      let context = try state.attached(ScriptContext.self)
      try context.require(.clips(batch.split), for: "a batch of \(batch.split.rawValue)")
      try self.init(batch)
      return
    }
    guard let features = value.table?["features"].object(Tensor.self) else {
      throw ScriptError("a batch needs features (a tensor) and labels (an int32 tensor)")
    }
    self.init(value: value, features: features, labels: value.table?["labels"] ?? .nil, rows: nil)
  }
}

/// A script's batches as a training loop reads them.
final class ScriptedBatches: TrainingBatches {
  let source: BatchSource
  unowned let state: LuaState
  /// The batch that is being trained on, as the script sees it.
  private(set) var current = LuaValue.nil

  init(_ source: BatchSource, in state: LuaState) {
    self.source = source
    self.state = state
  }

  var count: Int? { source.count }

  var pass: UInt64? {
    get { if case .stream(let stream) = source { stream.pass } else { nil } }
    set { if case .stream(let stream) = source { stream.pass = newValue } }
  }

  func forEach(_ body: (_ features: Tensor, _ labels: [Int]) throws -> Void) throws {
    try source.forEachPart(in: state) { part in
      guard let labels = part.labels.object(Tensor.self), labels.dtype == .int32 else {
        throw ScriptError("a batch needs features (a tensor) and labels (an int32 tensor)")
      }
      current = part.value
      defer { current = .nil }
      try body(part.features, labels.values(as: Int32.self).map { Int($0) - 1 })
    }
  }
}

extension LuaClass {
  static let batch = LuaClass(
    ClipBatch.self, "Some clips of a data set", methods: [],
    properties: [
      part("features", "(batch, time, channel)", "tensor") { $0.features },
      part("labels", "Classes from 1: (batch), int32", "tensor") { try $0.labelTensor() },
      part("waveforms", "One second of each clip: (batch, samples); decoded on request", "tensor") {
        try $0.waveforms()
      },
      part("words", "The words", "list of strings") { $0.clips.map(\.word) },
      part("languages", "The words' languages", "list of strings") { $0.clips.map(\.language) },
      part("index", "Rows of the split, from 1", "list of integers") { $0.rows.map { $0 + 1 } },
    ], holdsMemory: true)

  /// A property of a batch, for roles that may see its split.
  private static func part(
    _ name: String, _ summary: String, _ type: String,
    _ value: @escaping @Sendable (ClipBatch) throws -> any LuaPushable
  ) -> LuaProperty {
    LuaProperty(name, summary, type) { call in
      let batch = try call.object(0, ClipBatch.self)
      try call.context.require(.clips(batch.split), for: "\(name) of a batch of \(batch.split.rawValue)")
      return try call.push(value(batch))
    }
  }

  static let batches = LuaClass(
    BatchStream.self, "Batches of a split, one per call, nil at the end", methods: [],
    properties: [
      LuaProperty("count", "The number of batches", "integer") { call in
        call.push(try call.object(0, BatchStream.self).count)
      }
    ],
    operators: [
      LuaFunction(
        "__call", "The next batch; nil at the end, after which a new pass starts", [.rest("ignored")],
        returns: "batch"
      ) { call in
        let stream = try call.object(0, BatchStream.self)
        // The first call of a loop passes nil for the batch before: a loop that was left early starts again.
        if call.count >= 2, !call.has(2) { stream.restart() }
        guard let batch = try stream.next() else { return try call.push(LuaValue.nil) }
        return try call.push(batch)
      }
    ])
}

extension ClipBatch {
  /// Labels as scripts count: from 1.
  fileprivate func labelTensor() throws -> Tensor { try Tensor.classes(labels, on: features.device) }
}

/// Classes count from 1 in scripts, from 0 in the host.
extension Tensor {
  /// The host's classes as scripts see them: (count), int32.
  static func classes(_ values: some Collection<some BinaryInteger>, on device: Device) throws -> Tensor {
    try Tensor(values.map { Int32($0) + 1 }, shape: [values.count], on: device)
  }

  /// A script's labels as metrics count them, from 0, where `outputs` are scores of classes.
  func countedFromZero(for outputs: Tensor) throws -> Tensor {
    guard dtype == .int32, outputs.dtype == .float32, outputs.rank == rank + 1 else { return self }
    return try Tensor(values(as: Int32.self).map { $0 &- 1 }, shape: shape, on: device)
  }
}
