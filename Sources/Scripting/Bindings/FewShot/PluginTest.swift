import Datasets
import FewShot
import LuaHost
import Support
import Tensors

/// A test plugin beside the standard test function, once a session.
final class PluginTest: SessionObserver {
  private let actor: PluginInvocation
  private let state: LuaState
  private let context: LuaTable
  private let clips: PerturbedEmbeddings
  private let dataset: WordDataset
  /// `score` or `run`, whichever the plugin has.
  private let function: String
  private var pending: [TestedBatch] = []
  private var numbers: [String: [Double]] = [:]

  /// - Parameters:
  ///   - clips: embeddings of altered clips, kept for all tests of a run.
  init(
    _ actor: PluginInvocation, context: LuaTable, clips: PerturbedEmbeddings, of dataset: WordDataset,
    in state: LuaState
  ) {
    self.actor = actor
    function = actor.instance.has("score") ? "score" : "run"
    self.context = context
    self.clips = clips
    self.dataset = dataset
    self.state = state
  }

  var name: String { actor.plugin.title }

  func observe(_ tested: TestedBatch) { pending.append(tested) }

  func endSession(_ session: Int) throws {
    let batches = pending
    pending = []
    guard let score = batches.first?.score else { return }
    let read = SingleThreadIterator(batches)
    let dataset = dataset
    // Both are called on this thread, before the session's test is over.
    let scoring = SingleThreadFunction { try score($0) }
    let model = try state.function(
      LuaFunction(
        "model", "Scores of embeddings; −∞ for classes not seen yet", [.tensor("features")], returns: "tensor"
      ) {
        try $0.push(scoring.call($0.tensor(1)))
      })
    let iterator = try state.function(
      LuaFunction("batches", "The next batch, nil at the end", [.rest("ignored")], returns: "table") { call in
        guard let batch = read.next() else { return try call.push(LuaValue.nil) }
        return try call.push(batch.table(of: dataset))
      })
    var context = context
    context.fields += [
      ("session", .integer(session)), ("embed_transformed", .function(try embedTransformed())),
    ]
    if function == "score" {
      let means = try averaged(batches) { batch in
        try actor.act { try $0.call(function, model, batch.table(of: dataset), context) }.first ?? .nil
      }
      return try record(means, session: session)
    }
    let value = try actor.act { try $0.call(function, model, iterator, context) }.first ?? .nil
    try record(named(value), session: session)
    guard read.count == batches.count else {
      throw actor.violation(
        "run gave numbers after \(read.count) of the \(batches.count) batches of session \(session); a test counts "
          + "every sample", hint: "for batch in batches do … end, to its end", in: function)
    }
  }

  /// `context.embed_transformed(batch, name, transform)`.
  private func embedTransformed() throws -> LuaReference {
    // Another test's name, or the same test with other options, is another sound.
    let own = actor.plugin.keyParts(options: actor.instance.options).joined(separator: ", ")
    let clips = SingleThreadFunction<ClipsToTransform, Tensor> { [clips] heard in
      try clips.embeddings("\(heard.name) of \(own)", heard.split, heard.rows, alter: heard.alter)
    }
    return try state.function(
      LuaFunction(
        "embed_transformed",
        "The embeddings of a batch's clips after alter(waveforms, rate) changed their sound, (clips, samples); "
          + "made once in a run for each name",
        [.table("batch"), .string("name"), .function("alter")], returns: "tensor"
      ) { call in
        let batch = try call.value(1).table
        let alter = try call.function(3)
        guard let rows = batch?["rows"].integers, let split = Split(rawValue: batch?["split"].string ?? "")
        else { throw ScriptError("embed_transformed: expected a batch of batches, with its split and rows") }
        return try call.push(
          clips.call(
            ClipsToTransform(name: call.string(2), split: split, rows: rows.map { $0 - 1 }) {
              waveforms, rate in
              let results = try call.state.call(alter, [waveforms, rate])
              guard let altered = results.first?.object(Tensor.self) else {
                throw ScriptError(
                  "embed_transformed: the function gave \(results.first?.typeName ?? "nothing"), expected the altered waveforms"
                )
              }
              return altered
            }))
      })
  }

  /// The means over all samples of what `score` returns for each batch: one number a sample, or several by name.
  private func averaged(
    _ batches: [TestedBatch], _ score: (TestedBatch) throws -> LuaValue
  ) throws -> [String: Double] {
    var sums: [String: Double] = [:]
    var samples = 0
    for batch in batches {
      let value = try score(batch)
      let fields = value.table?.fields ?? [("", value)]
      for (name, field) in fields {
        guard let numbers = field.object(Tensor.self), numbers.shape == [batch.labels.count] else {
          let got = field.object(Tensor.self).map { "a tensor of shape \($0.shape)" } ?? "a \(field.typeName)"
          throw actor.violation(
            "score returned \(got)\(name.isEmpty ? "" : " as '\(name)'") for \(batch.labels.count) samples, "
              + "expected a tensor with one number a sample, or a table of such tensors by name",
            in: function)
        }
        let key = name.isEmpty ? actor.plugin.name : "\(actor.plugin.name).\(name)"
        guard samples == 0 || sums[key] != nil else {
          throw actor.violation("score returned '\(name)' only in some batches", in: function)
        }
        sums[key, default: 0] += try numbers.numbers.reduce(0, +)
      }
      guard !fields.isEmpty, fields.count == sums.count else {
        throw actor.violation("score returned other names than for the batch before", in: function)
      }
      samples += batch.labels.count
    }
    return sums.mapValues { $0 / Double(samples) }
  }

  /// The numbers that `run` returned, by their full names.
  private func named(_ value: LuaValue) throws -> [String: Double] {
    let results = value.table?.fields ?? []
    let numbers = results.compactMap { field in
      field.value.number.map { ("\(actor.plugin.name).\(field.name)", $0) }
    }
    guard !results.isEmpty, numbers.count == results.count else {
      throw actor.violation(
        "run gave \(value.wordsWithoutNumbers), expected a table of named numbers such as { accuracy = 0.5 }",
        in: function)
    }
    return Dictionary(uniqueKeysWithValues: numbers)
  }

  /// Adds the numbers of a session to those of the sessions before.
  private func record(_ results: [String: Double], session: Int) throws {
    guard session == 0 || Set(results.keys) == Set(numbers.keys) else {
      let other = Set(results.keys).symmetricDifference(numbers.keys).sorted()
      throw actor.violation(
        "\(function) gave other names in session \(session) than before: \(other.joined(separator: ", "))",
        hint: "give the same numbers in every session", in: function)
    }
    for (name, number) in results { numbers[name, default: []].append(number) }
  }

  func finish() throws -> [String: [Double]] {
    guard !numbers.isEmpty else {
      throw actor.violation("\(function) never ran: there was nothing to test", in: function)
    }
    return numbers
  }

  func violation(_ what: String) -> any NightjarError { actor.violation(what, in: function) }
}

extension TestedBatch {
  /// As tests see it: with what its clips are.
  fileprivate func table(of dataset: WordDataset) throws -> LuaTable {
    var table = try table()
    let clips = dataset.clips(split)
    table.fields += [
      ("words", rows.map { clips[$0].word }.luaValue),
      ("languages", rows.map { clips[$0].language }.luaValue),
      ("split", .string(split.rawValue)), ("rows", rows.map { $0 + 1 }.luaValue),
    ]
    return table
  }
}

/// What a test asks to hear.
private struct ClipsToTransform {
  let name: String
  let split: Split
  let rows: [Int]
  let alter: (Tensor, Int) throws -> Tensor
}

/// A list that is read once.
///
/// `@unchecked`: host functions of a state are only called by the thread that runs it, which is the one that made this.
private final class SingleThreadIterator<Element>: @unchecked Sendable {
  private let elements: [Element]
  /// How many were read.
  private(set) var count = 0

  init(_ elements: [Element]) { self.elements = elements }

  func next() -> Element? {
    guard count < elements.count else { return nil }
    defer { count += 1 }
    return elements[count]
  }
}

/// A closure that stays on the thread that runs the state, where host functions must be sendable.
///
/// `@unchecked`: as above.
private struct SingleThreadFunction<Argument, Result>: @unchecked Sendable {
  private let body: (Argument) throws -> Result
  init(_ body: @escaping (Argument) throws -> Result) { self.body = body }
  func call(_ argument: Argument) throws -> Result { try body(argument) }
}
