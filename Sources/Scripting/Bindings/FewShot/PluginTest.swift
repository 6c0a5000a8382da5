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
  private var pending: [TestedBatch] = []
  private var numbers: [String: [Double]] = [:]

  /// - Parameters:
  ///   - clips: embeddings of altered clips, kept for all tests of a run.
  init(
    _ actor: PluginInvocation, context: LuaTable, clips: PerturbedEmbeddings, of dataset: WordDataset,
    in state: LuaState
  ) {
    self.actor = actor
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
    let value = try actor.act { try $0.call("run", model, iterator, context) }.first ?? .nil
    try keep(value, session: session)
    guard read.count == batches.count else {
      throw actor.violation(
        "run gave numbers after \(read.count) of the \(batches.count) batches of session \(session); a test counts "
          + "every sample", hint: "for batch in batches do … end, to its end", in: "run")
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

  private func keep(_ value: LuaValue, session: Int) throws {
    let results = value.table?.fields ?? []
    guard !results.isEmpty, results.allSatisfy({ $0.value.number != nil }) else {
      throw actor.violation(
        "run gave \(value.wordsWithoutNumbers), expected a table of named numbers such as { accuracy = 0.5 }",
        in: "run")
    }
    let names = Set(results.map { "\(actor.plugin.name).\($0.name)" })
    guard session == 0 || names == Set(numbers.keys) else {
      let other = names.symmetricDifference(numbers.keys).sorted()
      throw actor.violation(
        "run gave other names in session \(session) than before: \(other.joined(separator: ", "))",
        hint: "give the same numbers in every session", in: "run")
    }
    for (key, value) in results {
      numbers["\(actor.plugin.name).\(key)", default: []].append(value.number ?? 0)
    }
  }

  func finish() throws -> [String: [Double]] {
    guard !numbers.isEmpty else {
      throw actor.violation("run never ran: there was nothing to test", in: "run")
    }
    return numbers
  }

  func violation(_ message: ErrorMessage) -> any NightjarError {
    actor.violation(message.what, hint: message.hint, in: "run")
  }
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
