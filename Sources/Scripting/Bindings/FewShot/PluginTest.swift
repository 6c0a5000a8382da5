import Datasets
import FewShot
import LuaHost
import Support
import Tensors

/// A test plugin, run after every session beside the standard test.
final class PluginTest: SessionObserver {
  private let invocation: PluginInvocation
  private let state: LuaState
  private let context: LuaTable
  private let perturbed: PerturbedEmbeddings
  private let dataset: WordDataset
  /// `score` or `run`, whichever the plugin has.
  private let function: String
  private var pending: [TestedBatch] = []
  private var numbers: [String: [Double]] = [:]

  /// A test that shares `perturbed`, the embeddings of transformed clips, with all tests of a run.
  init(
    _ invocation: PluginInvocation, context: LuaTable, perturbed: PerturbedEmbeddings,
    of dataset: WordDataset, in state: LuaState
  ) {
    self.invocation = invocation
    function = invocation.instance.has("score") ? "score" : "run"
    self.context = context
    self.perturbed = perturbed
    self.dataset = dataset
    self.state = state
  }

  var name: String { invocation.plugin.title }

  func observe(_ tested: TestedBatch) { pending.append(tested) }

  func endSession(_ session: Int) throws {
    let batches = pending
    pending = []
    guard let score = batches.first?.score else { return }
    let unread = SingleThreadIterator(batches)
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
        guard let batch = unread.next() else { return try call.push(LuaValue.nil) }
        return try call.push(batch.table(of: dataset))
      })
    var context = context
    context.fields += [
      ("session", .integer(session)), ("embed_transformed", .function(try embedTransformed())),
    ]
    if function == "score" {
      let means = try averaged(batches) { batch in
        try invocation.act { try $0.call(function, model, batch.table(of: dataset), context) }.first ?? .nil
      }
      return try record(means, session: session)
    }
    let value = try invocation.act { try $0.call(function, model, iterator, context) }.first ?? .nil
    try record(named(value), session: session)
    guard unread.count == batches.count else {
      throw invocation.violation(
        "run returned after \(unread.count) of the \(batches.count) batches of session \(session); a test counts "
          + "every sample", hint: "for batch in batches do … end, without a break", in: function)
    }
  }

  /// `context.embed_transformed(batch, name, transform)`.
  private func embedTransformed() throws -> LuaReference {
    // The same name in another test, or in the same test with other options, is another transformation.
    let own = invocation.plugin.keyParts(options: invocation.instance.options).joined(separator: ", ")
    let embed = SingleThreadFunction<ClipsToTransform, Tensor> { [perturbed] clips in
      do {
        return try perturbed.embeddings(
          "\(clips.name) of \(own)", clips.split, clips.rows, transform: clips.transform)
      } catch let error as EmbeddingError {
        throw ScriptError(error.message.prefixed("embed_transformed: "), cause: error)
      }
    }
    return try state.function(
      LuaFunction(
        "embed_transformed",
        "The embeddings of a batch's clips after transform(waveforms, rate) changed their sound, (clips, samples); "
          + "computed once in a run for each name",
        [.table("batch"), .string("name"), .function("transform")], returns: "tensor"
      ) { call in
        let batch = try call.value(1).table
        let transform = try call.function(3)
        guard let rows = batch?["rows"].integers, let split = Split(rawValue: batch?["split"].string ?? "")
        else { throw ScriptError("embed_transformed: expected a batch of the test, with its split and rows") }
        return try call.push(
          embed.call(
            ClipsToTransform(name: call.string(2), split: split, rows: rows.map { $0 - 1 }) {
              waveforms, rate in
              let results = try call.state.call(transform, [waveforms, rate])
              guard let transformed = results.only?.object(Tensor.self) else {
                throw ScriptError(
                  "embed_transformed: the function returned \(results.typeNames), "
                    + "expected the waveforms"
                )
              }
              return transformed
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
          throw invocation.violation(
            "score returned \(got)\(name.isEmpty ? "" : " as '\(name)'") for \(batch.labels.count) samples, "
              + "expected a tensor with one number a sample, or a table of such tensors by name",
            hint: field.returnHint, in: function)
        }
        let key = name.isEmpty ? invocation.plugin.name : "\(invocation.plugin.name).\(name)"
        guard samples == 0 || sums[key] != nil else {
          throw invocation.violation("score returned '\(name)' only in some batches", in: function)
        }
        sums[key, default: 0] += try numbers.numbers.reduce(0, +)
      }
      guard !fields.isEmpty, fields.count == sums.count else {
        throw invocation.violation("score returned other names than for the batch before", in: function)
      }
      samples += batch.labels.count
    }
    return sums.mapValues { $0 / Double(samples) }
  }

  /// The numbers that `run` returned, by their full names.
  private func named(_ value: LuaValue) throws -> [String: Double] {
    let results = value.table?.fields ?? []
    let numbers = results.compactMap { field in
      field.value.number.map { ("\(invocation.plugin.name).\(field.name)", $0) }
    }
    guard !results.isEmpty, numbers.count == results.count else {
      throw invocation.violation(
        "run returned \(value.kindWithoutNumbers), expected a table of named numbers such as { accuracy = 0.5 }",
        hint: value.returnHint, in: function)
    }
    return try Dictionary(numbers) { _, _ in
      throw invocation.violation(
        "run returned two names that differ only in how their characters are composed", in: function)
    }
  }

  /// Adds the numbers of a session to those of the sessions before.
  private func record(_ results: [String: Double], session: Int) throws {
    guard session == 0 || Set(results.keys) == Set(numbers.keys) else {
      let other = Set(results.keys).symmetricDifference(numbers.keys).sorted()
      throw invocation.violation(
        "\(function) returned other names in session \(session) than before: \(other.joined(separator: ", "))",
        hint: "return the same numbers in every session", in: function)
    }
    for (name, number) in results { numbers[name, default: []].append(number) }
  }

  func finish() throws -> [String: [Double]] {
    guard !numbers.isEmpty else {
      throw invocation.violation("\(function) was never called: there was nothing to test", in: function)
    }
    return numbers
  }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    invocation.violation(message.what, hint: message.hint, in: function)
  }
}

extension TestedBatch {
  /// As tests see it: with the words, languages and rows of its clips.
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

/// Clips that a test wants to be embedded, and how they are transformed.
private struct ClipsToTransform {
  let name: String
  let split: Split
  let rows: [Int]
  let transform: (Tensor, Int) throws -> Tensor
}

/// A list that is read once, front to back.
///
/// `@unchecked`: host functions of a state are only called by the thread that runs it, which is the one that made this.
private final class SingleThreadIterator<Element>: @unchecked Sendable {
  private let elements: [Element]
  /// The number of elements read.
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
