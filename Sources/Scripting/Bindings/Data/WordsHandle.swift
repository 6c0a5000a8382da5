import Datasets
import FewShot
import LuaHost
import Tensors

/// A data set of spoken words as scripts hold it.
final class WordsHandle: LuaHosted {
  static let luaClassName = "words"
  let dataset: WordDataset
  let store: FeatureStore
  /// The encoder of batches that name no other.
  let encoder: (any ClipEncoder)?

  init(_ dataset: WordDataset, store: FeatureStore, encoder: (any ClipEncoder)?) {
    self.dataset = dataset
    self.store = store
    self.encoder = encoder
  }

  /// The size's name, by which recipes choose their epochs: that of the data set, else by the clips per base word.
  var size: String {
    if let size = dataset.provenance?.size { return size }
    let perWord = dataset.clips(.train).count / max(1, dataset.baseCount)
    return perWord <= 150 ? "quick" : perWord <= 350 ? "standard" : "paper"
  }
}

extension LuaCall {
  /// The encoder that the field `encoder` names, a plugin or its name; else the data set's own, the one that `model` is
  /// made for, or `mfcc`.
  func encoder(
    _ options: LuaOptions, of words: WordsHandle, for model: Plugin? = nil
  ) throws -> any ClipEncoder {
    if options["encoder"].isNil, let own = words.encoder { return own }
    return try encoder(options["encoder"], default: model?.encoder ?? "mfcc")
  }

  /// The encoder in a value: a plugin, its name, or `{ name =, options = }`.
  fileprivate func encoder(_ value: LuaValue, default name: String) throws -> any ClipEncoder {
    let choices = try PluginChoice.list(value.isNil ? .string(name) : value, .encoder, in: state)
    guard choices.count == 1 else { throw ScriptError("encoder: expected one encoder, got a list") }
    return try PluginEncoder(choices[0].plugin, options: choices[0].options, in: state)
  }
}

extension LuaParameter {
  static let encoder = LuaParameter.any(
    "encoder", optional: true,
    help: "an encoder plugin, its name, or { name =, options = }; mfcc by default")
  static let split = LuaParameter.choice("split", Split.allCases.map(\.rawValue), default: "train")
}

extension LuaClass {
  static let words = LuaClass(
    WordsHandle.self, "A data set of spoken words",
    methods: [
      LuaFunction("languages", "The languages, in order of their words", returns: "list of strings") { call in
        try call.require(.words)
        return try call.push(call.object(0, WordsHandle.self).dataset.languages)
      },
      LuaFunction("classes", "The words, one per class, as { name, language, part }", returns: "list") {
        call in
        try call.require(.words)
        let words = try call.object(0, WordsHandle.self).dataset.words.map { word in
          LuaTable(fields: [
            ("name", .string(word.name)), ("language", .string(word.language)),
            ("part", .string(word.part.rawValue)),
          ])
        }
        return try call.push(words)
      },
      LuaFunction("count", "The number of clips of a split", [.split], returns: "integer") { call in
        try call.require(.words)
        let split = Split(rawValue: try call.string(1)) ?? .train
        return call.push(try call.object(0, WordsHandle.self).dataset.clips(split).count)
      },
      LuaFunction(
        "waveforms",
        "One second of clips at the encoder's sample rate, and that rate in Hz: (clips, samples), full scale ±1",
        [
          .options(
            "options",
            [.split, .integers("rows", min: 1, help: "of the split's list, from 1"), .encoder])
        ], returns: "tensor, integer"
      ) { call in
        let words = try call.object(0, WordsHandle.self)
        let options = try call.options(1)
        let split = Split(rawValue: try options.string("split")) ?? .train
        try call.context.require(.clips(split), for: "waveforms of \(split.rawValue)")
        let clips = words.dataset.clips(split)
        let rows = try options.integers("rows")
        if let row = rows.first(where: { $0 > clips.count }) {
          throw ScriptError("waveforms: there is no row \(row), \(split.rawValue) has \(clips.count)")
        }
        let rate = try call.encoder(options, of: words).prepare(rate: words.store.nativeRate())
        return try call.push(words.store.waveforms(rows.map { clips[$0 - 1] }, rate: rate), rate)
      },
      LuaFunction(
        "encode",
        "The features of waveforms of one second at the encoder's sample rate: (batch, time, channel)",
        [.tensor("waveforms", help: "(batch, samples)"), .encoder], returns: "tensor"
      ) { call in
        let words = try call.object(0, WordsHandle.self)
        let encoder = try call.encoder(named: 2, of: words)
        let rate = try encoder.prepare(rate: words.store.nativeRate())
        let waveforms = try call.floats(1)
        guard waveforms.rank == 2, waveforms.shape[1] == rate else {
          throw ScriptError(
            "encode: the waveforms have shape \(waveforms.shape), expected (batch, \(rate)): one second each")
        }
        return try call.push(encoder.encode(waveforms))
      },
      LuaFunction(
        "task", "What a model's build gets: { input = { time, channels }, classes }",
        [.encoder], returns: "table"
      ) { call in
        try call.require(.words)
        let words = try call.object(0, WordsHandle.self)
        let encoder = try call.encoder(named: 1, of: words)
        return try call.push(words.task(encoder))
      },
      LuaFunction(
        "batches",
        "Batches of a split, for `for batch in …`; every loop is a new pass, shuffled in another order",
        [
          .options(
            "options",
            [
              .split, .integer("size", default: 128, min: 1), .boolean("shuffle", default: false), .encoder,
              .integer("seed", optional: true),
              .function(
                "augment", optional: true,
                signature: "fun(waveforms: nj.tensor, rate: integer): nj.tensor",
                help: "f(waveforms, rate in Hz) → waveforms, which are encoded for every batch"),
            ])
        ], returns: "batches"
      ) { call in
        let words = try call.object(0, WordsHandle.self)
        let options = try call.options(1)
        let split = Split(rawValue: try options.string("split")) ?? .train
        try call.context.require(.clips(split), for: "batches of \(split.rawValue)")
        let seed = try options["seed"].integer.map { UInt64(bitPattern: Int64($0)) } ?? call.context.seed
        return try call.push(
          BatchStream(
            clipBatches(
              split, of: words.store, call.encoder(options, of: words), options, seed, in: call.state),
            isDefaultEncoder: options["encoder"].isNil && words.encoder == nil, context: call.context))
      },
    ],
    properties: [
      LuaProperty("size", "\"quick\", \"standard\" or \"paper\"", "string") { call in
        call.push(try call.object(0, WordsHandle.self).size)
      },
      LuaProperty("path", "The folder", "string") { call in
        call.push(try call.object(0, WordsHandle.self).dataset.path)
      },
      LuaProperty("source", "What the clips are: \"synthetic speech (quick, seed 1)\"", "string") { call in
        call.push(try call.object(0, WordsHandle.self).source)
      },
    ])
}

extension LuaClass {
  private static func clipBatches(
    _ split: Split, of store: FeatureStore, _ encoder: any ClipEncoder, _ options: LuaOptions, _ seed: UInt64,
    in state: LuaState
  ) throws -> ClipBatches {
    let augment = options["augment"].function.map { function in
      { [unowned state] (waveforms: Tensor, rate: Int) in
        guard let changed = try state.call(function, [waveforms, rate]).first?.object(Tensor.self) else {
          throw ScriptError("batches: augment returned no tensor")
        }
        return changed
      }
    }
    do {
      return try ClipBatches(
        split, of: store, encoder: encoder, size: options.integer("size"),
        shuffleSeed: options.boolean("shuffle") ? seed : nil, augmentation: augment)
    } catch let error as ProtocolError { throw ScriptError(error.message.prefixed("batches: ")) }
  }
}

extension WordsHandle {
  /// The origin of the clips, for tables and figures.
  var source: String { dataset.provenance?.summary ?? "recorded speech" }

  /// What a model's `build` gets.
  func task(_ encoder: any ClipEncoder) throws -> LuaTable {
    let shape = try store.rowShape(encoder)
    return NetworkTask(time: shape[0], channels: shape[1], classes: dataset.words.count).table
  }
}

extension LuaCall {
  /// The encoder that a plain argument names.
  fileprivate func encoder(named argument: Int, of words: WordsHandle) throws -> any ClipEncoder {
    if !has(argument), let own = words.encoder { return own }
    return try encoder(value(argument), default: "mfcc")
  }
}
