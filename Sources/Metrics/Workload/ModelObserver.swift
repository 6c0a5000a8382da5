import Networks
import Support
import Synchronization
import Tensors

/// Counts what a network does, batch by batch, in integers and for every sample by itself: synaptic operations, zeros
/// of activations, membranes that change. Activations are inspected as they pass, and not stored.
///
/// Counted are the operations that run, whoever wrote the module they run in: linear layers, convolutions, products of
/// matrices, and the gates of LSTM and GRU cells. A module that is called twice counts twice.
///
/// Source: Yik et al., "NeuroBench", arXiv 2304.04640.
public final class ModelObserver: LayerObserver {
  /// Where this differs from NeuroBench 2.3.0.
  public enum Rules: Sendable {
    /// Functions count as modules do (`x:relu()` as `nn.ReLU`); whether a product is a multiply-accumulate or an
    /// accumulate is decided for each sample, so that results do not depend on the batch size.
    case perSample
    /// As NeuroBench: activations are modules alone, and one sample's number other than −1, 0 and 1 makes
    /// multiply-accumulates of the whole call: of a time step, where the network has snnTorch's neurons, since
    /// NeuroBench calls such a network step by step.
    case neuroBench
  }

  /// What is counted.
  public enum Count: CaseIterable, Sendable {
    case synapses, activations, membranes
  }

  private struct FanOutKey: Hashable {
    let operation: String
    let numbers: [[Int]]
  }

  private struct Frame {
    let layer: Int
    let isActivation: Bool
    /// A cell that NeuroBench has special rules for: counted as one unit.
    let isCell: Bool
  }

  private struct State {
    var samples = 0
    var counts: [SampleCounts] = []
    var layers: [LayerCounts] = [LayerCounts(name: "model")]
    var stack = [Frame(layer: 0, isActivation: false, isCell: false)]
    /// Memory that holds weights, or values computed from weights alone, and its version then: memory that is
    /// written to later is not constant any more.
    var constants: [Int: Int] = [:]
    var uncounted: [Count: ErrorMessage] = [:]
    var fanOuts: [FanOutKey: [(input: Int, fanOut: FanOut)]] = [:]

    func isConstant(_ x: Tensor) -> Bool { constants[x.block] == x.version }
  }

  private let rules: Rules
  private let layerOfModule: [ObjectIdentifier: Int]
  private let weights: [Tensor]
  /// Whether NeuroBench would call the network once for each time step.
  private let isStepped: Bool
  private let state: Mutex<State>

  /// Counts by `rules` what `model` does; the network must outlive this, and is nil where only operations are counted.
  public init(_ model: (any Module)?, rules: Rules = .perSample) {
    self.rules = rules
    let parts = model?.descendants.filter { !$0.name.isEmpty } ?? []
    layerOfModule = Dictionary(
      parts.enumerated().map { (ObjectIdentifier($1.module), $0 + 1) },
      uniquingKeysWith: { first, _ in first })
    isStepped = rules == .neuroBench && parts.contains { $0.module is LeakyLayer }
    weights = model?.state.map { $0.tensor.detached() } ?? []
    var start = State()
    start.layers += parts.map { LayerCounts(name: $0.name) }
    state = Mutex(start)
  }

  /// Runs `body`, a pass of `samples` samples through the network; returns its result and the counts of each sample.
  ///
  /// A `hook` observes instead, and forwards everything to this observer.
  ///
  /// - Throws: the errors of `body`; nothing is counted then.
  public func counting<Result>(
    samples: Int, through hook: LayerHook? = nil, _ body: () throws -> Result
  ) throws -> (Result, [SampleCounts]) {
    let before = state.withLock { state in
      defer {
        state.samples = samples
        state.constants = Dictionary(
          weights.map { ($0.block, $0.version) }, uniquingKeysWith: { first, _ in first })
        // Weights created in every pass would accumulate.
        if state.fanOuts.count > 4096 { state.fanOuts = [:] }
        state.counts = Array(repeating: SampleCounts(), count: samples)
      }
      return state.layers
    }
    do {
      let result = try Observation.by(hook ?? self as any LayerObserver, body)
      return (result, state.withLock(\.counts))
    } catch {
      state.withLock { state in
        state.layers = before
        state.stack.removeSubrange(1...)
      }
      throw error
    }
  }

  /// The counts of every layer so far.
  public var layers: [LayerCounts] { state.withLock(\.layers) }

  /// Why this count is incomplete: an operation whose samples could not be separated. Nil when it is complete.
  public func uncounted(_ count: Count) -> ErrorMessage? { state.withLock { $0.uncounted[count] } }

  /// Why some count is incomplete; nil when all are complete.
  public var uncounted: ErrorMessage? { Count.allCases.lazy.compactMap(uncounted).first }

  public func enter(_ layer: any Module) {
    let isActivation =
      layer is ActivationLayer || layer is LIFLayer || layer is LeakyLayer || layer is RadLIFLayer
    let isCell = rules == .neuroBench && (layer is LSTMLayer || layer is GRULayer)
    state.withLock { state in
      let parent = state.stack[state.stack.count - 1]
      // A module that is not a named part is counted where it is called.
      state.stack.append(
        Frame(
          layer: layerOfModule[ObjectIdentifier(layer)] ?? parent.layer, isActivation: isActivation,
          isCell: isCell))
    }
  }

  public func leave(_ layer: any Module, _ input: Tensor, _ output: Tensor?) throws {
    if rules == .neuroBench, let output { try Observation.off { try countCell(layer, input, output) } }
    state.withLock { _ = $0.stack.popLast() }
  }

  private func countCell(_ layer: any Module, _ input: Tensor, _ output: Tensor) throws {
    let counts: [SampleCounts]
    switch layer {
    case let layer as LSTMLayer: counts = try NeuroBenchCells(layer.gates, input, output).counts(.lstm)
    case let layer as GRULayer: counts = try NeuroBenchCells(layer.gates, input, output).counts(.gru)
    default: return
    }
    add(0..<counts.count, isCall: true) { sum, row in sum += counts[row] }
  }

  public func observe(
    _ operation: any Operation, _ inputs: [Tensor], _ output: Tensor, at place: Observation.Place
  ) {
    let synaptic = operation.asSynaptic
    if place.step == nil || synaptic != nil {
      let isConstant = state.withLock { state in
        let isConstant = inputs.allSatisfy(state.isConstant)
        if isConstant { state.constants[output.block] = output.version }
        return isConstant
      }
      guard !isConstant else { return }
    }
    if let synaptic {
      if !isNeuronal(synaptic, place) { countSynapses(synaptic, inputs, place) }
    } else if isActivation(operation, output, place) {
      countZeros(of: output, by: operation, place)
    }
  }

  public func isInterested(in operation: any Operation, at place: Observation.Place) -> Bool {
    operation.asSynaptic.map { !isNeuronal($0, place) } ?? mayActivate(operation, place)
  }

  public func observe(
    membranes: Tensor, before: Tensor?, operations: Int, at place: Observation.Place
  ) {
    let samples = self.samples(place)
    guard let width = width(of: membranes, samples.count),
      // At the first step every membrane is set.
      let changed = try? before.map({ try membranes.differences(from: $0, samples: samples.count) })
        ?? Array(repeating: width, count: samples.count)
    else { return note(.membranes, "membranes of \(membranes.shape)", samples.count) }
    add(samples) { counts, row in
      counts.membraneUpdates += changed[row]
      counts.membranes += width
      counts.neuronOperations += changed[row] * operations
      counts.denseNeuronOperations += width * operations
    }
  }

  private func countSynapses(
    _ operation: any SynapticOperation, _ inputs: [Tensor], _ place: Observation.Place
  ) {
    if state.withLock({ $0.stack[$0.stack.count - 1].isCell }) { return }
    let samples = self.samples(place)
    var inputs = inputs
    do {
      if operation is MatrixProduct {
        inputs = try MatrixProduct.operands(inputs[0], inputs[1], hasWeightsLeft: isConstant(inputs[0]))
      }
      let fanOuts = try fanOuts(operation, inputs)
      guard !fanOuts.isEmpty else { return }
      guard let first = inputs[0].shape.first, first > 0, samples.count > 0, first % samples.count == 0 else {
        let shapes = inputs.prefix(2).map { "\($0.shape)" }.joined(separator: " and ")
        return note(.synapses, "\(operation.name) of \(shapes)", samples.count)
      }
      for (number, fanOut) in fanOuts {
        for (call, input) in try calls(of: operation, inputs[number], place).enumerated() {
          let pairs = try fanOut.counts(of: input, samples: samples.count)
          let isBinary = rules == .neuroBench ? pairs.allSatisfy(\.isBinary) : nil
          add(samples, isCall: call == 0 && number == fanOuts[0].input) { counts, row in
            if isBinary ?? pairs[row].isBinary {
              counts.acs += pairs[row].effective
            } else {
              counts.macs += pairs[row].effective
            }
            counts.dense += pairs[row].dense
          }
        }
      }
    } catch {
      state.withLock { state in
        state.uncounted[.synapses] = state.uncounted[.synapses] ?? ErrorMessage("\(operation.name): \(error)")
      }
    }
  }

  /// The inputs of the calls in which NeuroBench runs an operation on `input`, (samples, …): one, or one for each time
  /// step of (samples, time, …).
  private func calls(
    of operation: any SynapticOperation, _ input: Tensor, _ place: Observation.Place
  ) throws -> [Tensor] {
    guard isStepped, place.step == nil, input.rank > 2, operation is Linear || operation is MatrixProduct
    else {
      return [input]
    }
    return try Observation.off { try (0..<input.shape[1]).map { try input.select(1, $0) } }
  }

  /// An operation's fan-outs; those of weights are cached as long as these do not change.
  private func fanOuts(
    _ operation: any SynapticOperation, _ inputs: [Tensor]
  ) throws -> [(input: Int, fanOut: FanOut)] {
    let weight = inputs[1]
    guard isConstant(weight) else { return try operation.fanOuts(inputs) }
    let key = FanOutKey(
      operation: operation.name,
      numbers: [weight.identity, operation.attributes, Array(inputs[0].shape.dropFirst())])
    if let cached = state.withLock({ $0.fanOuts[key] }) { return cached }
    let fanOuts = try operation.fanOuts(inputs)
    state.withLock { $0.fanOuts[key] = fanOuts }
    return fanOuts
  }

  /// Whether it is a product of two tensors outside of a cell's step, which is a part of the neurons, not of the
  /// synapses.
  private func isNeuronal(_ operation: any Operation, _ place: Observation.Place) -> Bool {
    if case .cell = place.step { return false }
    let kind = type(of: operation)
    return kind == BinaryElementwise.self || kind == Interpolation.self
  }

  private func countZeros(of output: Tensor, by operation: any Operation, _ place: Observation.Place) {
    let samples = self.samples(place)
    guard let width = width(of: output, samples.count),
      let others = try? output.nonZeroCounts(samples: samples.count)
    else { return note(.activations, "\(operation.name) of \(output.shape)", samples.count) }
    add(samples) { counts, row in
      counts.zeros += width - others[row]
      counts.activations += width
    }
  }

  private func isActivation(
    _ operation: any Operation, _ output: Tensor, _ place: Observation.Place
  ) -> Bool {
    if rules == .neuroBench, !state.withLock({ $0.stack[$0.stack.count - 1].isActivation }) { return false }
    // A script's own function is treated as a neuron when its outputs are all 0 or 1.
    return mayActivate(operation, place) && (!(operation is any CustomOperation) || output.isAllSpikes)
  }

  private func mayActivate(_ operation: any Operation, _ place: Observation.Place) -> Bool {
    guard let elementwise = operation as? Elementwise else { return operation is any CustomOperation }
    // Within a step, a sigmoid is a gate.
    return elementwise.formula.isActivation && !(place.step != nil && elementwise.formula is Sigmoid)
  }

  private func isConstant(_ x: Tensor) -> Bool { state.withLock { $0.isConstant(x) } }

  private func samples(_ place: Observation.Place) -> Range<Int> {
    place.samples ?? 0..<state.withLock(\.samples)
  }

  /// How many elements each sample has; nil where they cannot be separated.
  private func width(of x: Tensor, _ samples: Int) -> Int? {
    samples > 0 && x.count % samples == 0 ? x.count / samples : nil
  }

  private func add(
    _ samples: Range<Int>, isCall: Bool = false, _ change: (inout SampleCounts, _ row: Int) -> Void
  ) {
    state.withLock { state in
      var sum = SampleCounts()
      for (row, sample) in samples.enumerated() {
        var counts = SampleCounts()
        change(&counts, row)
        state.counts[sample] += counts
        sum += counts
      }
      let layer = state.stack[state.stack.count - 1].layer
      state.layers[layer].counts += sum
      if isCall { state.layers[layer].calls += 1 }
    }
  }

  private func note(_ count: Count, _ what: String, _ samples: Int) {
    state.withLock { state in
      guard state.uncounted[count] == nil else { return }
      let layer = state.layers[state.stack[state.stack.count - 1].layer].name
      state.uncounted[count] = ErrorMessage(
        "in layer \(layer), \(what) cannot be separated into the batch's \(samples) samples",
        hint: "keep the batch the first dimension")
    }
  }
}

extension Tensor {
  /// Whether it is of float32 and every element is 0 or 1.
  fileprivate var isAllSpikes: Bool {
    guard dtype == .float32, count > 0, let values = try? floatValues else { return false }
    return values.allSatisfy { $0 == 0 || $0 == 1 }
  }
}

extension MatrixProduct {
  /// The operands of a product of matrices with the input on the left, without batches of one, and expanded where it is
  /// multiplied by one matrix for each of many batches.
  static func operands(_ first: Tensor, _ second: Tensor, hasWeightsLeft: Bool) throws -> [Tensor] {
    guard first.rank > 1, second.rank > 1 else { return [first, second] }
    func plain(_ x: Tensor) throws -> Tensor {
      guard x.rank > 2, x.shape.dropLast(2).allSatisfy({ $0 == 1 }) else { return x }
      return try x.reshaped(Array(x.shape.suffix(2)))
    }
    var a = try plain(first)
    var b = try plain(second)
    if hasWeightsLeft || (a.rank == 2 && b.rank > 2) {
      // Weights from the left: a·b = (bᵀ·aᵀ)ᵀ.
      let weights = a
      a = try b.transposed(-2, -1)
      b = try weights.transposed(-2, -1)
    }
    if b.rank > 2 {
      // The product has been made, so the lengths fit: equal, or 1 and repeated.
      let missing = b.rank - a.rank
      let own = Array(repeating: 1, count: max(0, missing)) + a.shape.dropLast(2)
      let other = Array(repeating: 1, count: max(0, -missing)) + b.shape.dropLast(2)
      let batch = zip(own, other).map { $0 == 1 ? $1 : $0 }
      a = try a.expanded(to: batch + a.shape.suffix(2))
    }
    return [a, b]
  }
}
