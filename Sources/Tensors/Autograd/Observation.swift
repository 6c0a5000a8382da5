/// Sees every operation that a network runs: what metrics count from.
///
/// Where parts of a batch run in parallel, it is called by several threads at once.
public protocol OperationObserver: AnyObject, Sendable {
  /// An operation that is not made of others ran, or one of a script's own.
  func observe(_ operation: any Operation, _ inputs: [Tensor], _ output: Tensor, at place: Observation.Place)

  /// Whether it has to see this operation at every one of many time steps; what says no may still be shown.
  func isInterested(in operation: any Operation, at place: Observation.Place) -> Bool

  /// Neurons took a time step.
  ///
  /// - Parameters:
  ///   - membranes: after the step, (batch, …).
  ///   - before: after the step before; nil for the first one.
  ///   - operations: what a neuron computes in a step.
  func observe(membranes: Tensor, before: Tensor?, operations: Int, at place: Observation.Place)
}

/// Who looks at the operations of this thread, and what they are a part of.
public struct Observation: Sendable {
  @TaskLocal static var task: Observation?

  /// Where in a network's pass an operation ran.
  public struct Place: Sendable {
    /// The samples of the batch it worked on; nil for all of them.
    public var samples: Range<Int>?
    /// What a step over time is a step of; nil outside of one.
    public var step: Recurrence.Kind?

    public init(samples: Range<Int>? = nil, step: Recurrence.Kind? = nil) {
      self.samples = samples
      self.step = step
    }
  }

  public let observer: any OperationObserver
  var place = Place()

  /// Whether anybody looks on.
  public static var isOn: Bool { task != nil }

  /// Who looks on now; nil for nobody.
  public static var observer: (any OperationObserver)? { task?.observer }

  /// Runs `body` while `observer` looks on.
  public static func by<Result>(_ observer: any OperationObserver, _ body: () throws -> Result) rethrows
    -> Result
  {
    try $task.withValue(Observation(observer: observer), operation: body)
  }

  /// Runs `body` while nobody looks on.
  public static func off<Result>(_ body: () throws -> Result) rethrows -> Result {
    guard task != nil else { return try body() }
    return try $task.withValue(nil, operation: body)
  }

  func at(_ place: Place) -> Observation {
    var copy = self
    copy.place = place
    return copy
  }
}

/// An operation made of others, which are looked at one by one.
public protocol ComposedOperation: Operation {
  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome
}

extension ComposedOperation {
  public func forward(_ inputs: [Tensor]) throws -> Outcome { try forward(inputs, observedBy: nil) }
  public var asComposed: (any ComposedOperation)? { self }
}

/// An operation that a script has written.
public protocol CustomOperation: Operation {}

extension Operation {
  /// The result, shown to whoever looks on now. Not a part of its callers, whose place on the stack counts: scripts can
  /// nest them as deep as Lua allows.
  @inline(never)
  func observedForward(_ inputs: [Tensor]) throws -> Outcome {
    try shownForward(inputs, to: Observation.task)
  }

  /// The result, shown to whoever looks on.
  func shownForward(_ inputs: [Tensor], to observation: Observation?) throws -> Outcome {
    guard let observation else { return try forward(inputs) }
    let outcome: Outcome
    if let composed = asComposed {
      outcome = try composed.forward(inputs, observedBy: observation)
      guard self is any CustomOperation else { return outcome }
    } else {
      // What it is made of is not to be counted again.
      outcome = try Observation.off { try forward(inputs) }
    }
    Observation.off { observation.observer.observe(self, inputs, outcome.output, at: observation.place) }
    return outcome
  }
}

extension Tensor {
  /// The number of the memory that the elements lie in, which no other memory ever has.
  public var block: Int { storage.number }

  /// Tells these elements, as they are now and in this order, from all others.
  public var identity: [Int] { [storage.number, version, offset] + shape + strides }
}
