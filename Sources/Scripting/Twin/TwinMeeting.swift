import Dispatch
import Support
import Synchronization
import Tensors

/// A tensor that one of two runs has computed, or the other values that one of its functions has returned.
public struct TwinStep: Sendable {
  /// What is compared.
  public enum Content: Sendable {
    case tensor(Tensor)
    case values(ReturnedValues)
  }

  /// The operation or layer; empty for a tensor that a function returns. Of other values, the function.
  public let operation: String
  /// Where: `plugins/learners/mine.lua:14`.
  public let location: String
  public let content: Content
  /// Whether it is a result of the run, which no other way of calculating leaves out.
  public let isResult: Bool

  public init(operation: String, location: String, content: Content, isResult: Bool = false) {
    self.operation = operation
    self.location = location
    self.content = content
    self.isResult = isResult
  }

  public init(operation: String, location: String, tensor: Tensor) {
    self.init(operation: operation, location: location, content: .tensor(tensor))
  }

  /// Whether both are the same kind of step: the same operation with a result of the same shape and type.
  func isLike(_ other: TwinStep) -> Bool {
    guard operation == other.operation else { return false }
    switch (content, other.content) {
    case (.tensor(let a), .tensor(let b)): return a.shape == b.shape && a.dtype == b.dtype
    case (.values, .values): return true
    default: return false
    }
  }

  fileprivate var byteCount: Int { if case .tensor(let tensor) = content { tensor.byteCount } else { 0 } }
}

/// Two runs of which each waits for the other: their tensors are compared in the order they are computed.
///
/// Steps that only one of them takes, as where one calculates in another way, are passed over; the next steps that are
/// alike are compared.
public final class TwinMeeting: Sendable {
  /// What came out.
  public struct Verdict: Sendable {
    /// The first steps that differ; nil for none.
    public var difference: (a: TwinStep, b: TwinStep, distance: TensorDistance)?
    /// The first values other than tensors that functions returned and that differ; nil for none.
    public var valueDifference: (a: TwinStep, b: TwinStep, field: ReturnedValues.Difference)?
    /// The steps from which on the runs have nothing in common; nil for none.
    public var parting: (a: TwinStep?, b: TwinStep?)?
    /// The steps that were compared, and those that only one of the runs has taken.
    public var compared = 0
    public var unmatched = [0, 0]
    /// Of the latter, those that are results of the run.
    public var unmatchedResults: [[TwinStep]] = [[], []]

    /// Whether the two came to the same results.
    public var isEqual: Bool {
      difference == nil && valueDifference == nil && parting == nil
        && unmatchedResults.allSatisfy(\.isEmpty) && (compared > 0 || unmatched == [0, 0])
    }

    /// Nothing was compared yet.
    public init() {}
  }

  private struct State {
    var queues: [[TwinStep]] = [[], []]
    var ended = [false, false]
    var verdict = Verdict()
    /// Whether a run takes no steps for a while.
    var isStalled = [false, false]
    var isOver = false
    var failure: (any Error)?

    func waitsFor(_ side: Int) -> Bool { !ended[side] && !isStalled[side] && !isOver }

    /// Passes over the first steps of a run, which have no counterpart.
    mutating func pass(_ count: Int, of side: Int) {
      verdict.unmatched[side] += count
      verdict.unmatchedResults[side] += queues[side].prefix(count).filter(\.isResult)
      queues[side].removeFirst(count)
    }
  }

  /// How many steps, and bytes, one run may be ahead of the other: as far as a counterpart is looked for.
  private static let maxAhead = 256
  private static let maxBytes = 256 << 20
  /// How long one run waits for a step of the other.
  private static let patience = DispatchTimeInterval.seconds(2)
  private let tolerance: Double
  private let state = Mutex(State())
  private let arrivals = [DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)]

  /// A meeting of two runs that have computed nothing yet.
  public init(tolerance: Double) { self.tolerance = tolerance }

  /// Whether a difference was found, so that both runs can end.
  public var isOver: Bool { state.withLock(\.isOver) }

  /// The verdict, once both have ended.
  ///
  /// - Throws: `TensorError` when memory was exhausted.
  public func verdict() throws -> Verdict {
    let (verdict, failure) = state.withLock { ($0.verdict, $0.failure) }
    if let failure { throw failure }
    return verdict
  }

  /// One of the runs, 0 or 1, has taken a step; waits while it is far ahead of the other, unless that one waits for
  /// something itself, such as a stage that this one computes.
  public func arrive(_ side: Int, _ step: TwinStep) {
    state.withLock { state in
      state.queues[side].append(step)
      state.isStalled[side] = false
      advance(&state)
    }
    arrivals[1 - side].signal()
    let deadline = DispatchTime.now() + Self.patience
    while state.withLock({ isFull($0, side) && $0.waitsFor(1 - side) }) {
      if Interruption.isRequested { return }
      _ = arrivals[side].wait(timeout: .now() + .milliseconds(50))
      if DispatchTime.now() > deadline { state.withLock { $0.isStalled[1 - side] = true } }
    }
    state.withLock { state in
      let isAlone = state.ended[1 - side] && state.queues[1 - side].isEmpty
      while !state.queues[side].isEmpty, isAlone || isFull(state, side), !state.isOver {
        state.pass(1, of: side)
      }
    }
  }

  /// One of the runs has ended.
  public func end(_ side: Int) {
    state.withLock { state in
      state.ended[side] = true
      advance(&state)
      guard state.ended == [true, true], !state.isOver else { return }
      for side in 0..<2 { state.pass(state.queues[side].count, of: side) }
    }
    arrivals[1 - side].signal()
  }

  private func isFull(_ state: State, _ side: Int) -> Bool {
    let queue = state.queues[side]
    return queue.count >= Self.maxAhead || queue.reduce(0) { $0 + $1.byteCount } > Self.maxBytes
  }

  /// Compares what has a counterpart.
  private func advance(_ state: inout State) {
    do {
      while !state.isOver, let a = state.queues[0].first, let b = state.queues[1].first {
        if a.isLike(b) {
          state.queues[0].removeFirst()
          state.queues[1].removeFirst()
          state.verdict.compared += 1
          try compare(a, b, in: &state)
          continue
        }
        let isComplete = (0...1).allSatisfy { state.ended[$0] || isFull(state, $0) }
        // Not after each of the steps that have none yet.
        let isDue = isComplete || (state.queues[0].count + state.queues[1].count) % 8 == 0
        if isDue, let skip = try counterpart(state.queues) {
          state.pass(skip.0, of: 0)
          state.pass(skip.1, of: 1)
        } else if isComplete {
          state.verdict.parting = (a, b)
          state.isOver = true
        } else {
          return
        }
      }
    } catch {
      state.failure = error
      state.isOver = true
    }
    guard !state.isOver else { return }
    for side in 0...1 where state.ended[0] && state.ended[1] {
      state.pass(state.queues[side].count, of: side)
    }
  }

  /// Compares two steps that are alike.
  private func compare(_ a: TwinStep, _ b: TwinStep, in state: inout State) throws {
    switch (a.content, b.content) {
    case (.tensor(let tensor), .tensor(let other)):
      guard let distance = try TensorDistance(tensor, other, tolerance: tolerance) else { return }
      state.verdict.difference = (a, b, distance)
    case (.values(let values), .values(let others)):
      guard let field = values.difference(from: others, tolerance: tolerance) else { return }
      state.verdict.valueDifference = (a, b, field)
    default: return
    }
    state.isOver = true
  }

  /// How many steps of each have to be passed over to reach two that agree; the fewest. Results of plugins' functions
  /// need only be alike: they are what is compared.
  private func counterpart(_ queues: [[TwinStep]]) throws -> (Int, Int)? {
    let most = queues[0].count + queues[1].count - 2
    guard most > 0 else { return nil }
    for sum in 1...most {
      for first in max(0, sum - queues[1].count + 1)...min(sum, queues[0].count - 1) {
        let a = queues[0][first]
        let b = queues[1][sum - first]
        guard a.isLike(b) else { continue }
        guard case .tensor(let tensor) = a.content, case .tensor(let other) = b.content, !a.operation.isEmpty
        else { return (first, sum - first) }
        if try TensorDistance(tensor, other, tolerance: tolerance) == nil { return (first, sum - first) }
      }
    }
    return nil
  }
}
