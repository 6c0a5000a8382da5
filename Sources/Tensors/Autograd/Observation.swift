/// Receives every operation that a network runs; metrics count from it.
///
/// Called by several threads at once where parts of a batch run in parallel.
public protocol OperationObserver: AnyObject, Sendable {
  /// Called after an operation that is not composed of others, or a custom one, has run.
  func observe(_ operation: any Operation, _ inputs: [Tensor], _ output: Tensor, at place: Observation.Place)

  /// Whether this operation has to be reported at every time step. Others may still be reported.
  func isInterested(in operation: any Operation, at place: Observation.Place) -> Bool

  /// Called after neurons have taken a time step.
  ///
  /// - Parameters:
  ///   - membranes: the membrane potentials after the step, `[batch, …]`.
  ///   - before: the potentials before the step; nil at the first one.
  ///   - operations: the additions and multiplications of one neuron in a step.
  ///   - place: which samples of the batch the rows are, and the recurrence that the step belongs to.
  func observe(membranes: Tensor, before: Tensor?, operations: Int, at place: Observation.Place)
}

/// The observer of the operations of this task, and the part of a pass they belong to.
public struct Observation: Sendable {
  @TaskLocal static var task: Observation?

  /// Where in a network's pass an operation ran.
  public struct Place: Sendable {
    /// The samples of the batch, from 0; nil for all of them.
    public var samples: Range<Int>?
    /// The kind of recurrence whose step it is; nil outside one.
    public var step: Recurrence.Kind?

    public init(samples: Range<Int>? = nil, step: Recurrence.Kind? = nil) {
      self.samples = samples
      self.step = step
    }
  }

  public let observer: any OperationObserver
  var place = Place()

  /// Whether operations are observed.
  public static var isOn: Bool { task != nil }

  /// The current observer; nil for none.
  public static var observer: (any OperationObserver)? { task?.observer }

  /// Runs `body` and reports its operations to `observer`.
  ///
  /// - Throws: what `body` throws.
  public static func by<Result>(_ observer: any OperationObserver, _ body: () throws -> Result) rethrows
    -> Result
  {
    try $task.withValue(Observation(observer: observer), operation: body)
  }

  /// Runs `body` unobserved.
  ///
  /// - Throws: what `body` throws.
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

/// An operation composed of others, which are observed one by one.
public protocol ComposedOperation: Operation {
  /// The result, with every operation it consists of reported to `observation`.
  ///
  /// - Throws: as ``Operation/forward(_:)``.
  func forward(_ inputs: [Tensor], observedBy observation: Observation?) throws -> Outcome
}

extension ComposedOperation {
  public func forward(_ inputs: [Tensor]) throws -> Outcome { try forward(inputs, observedBy: nil) }
  public var asComposed: (any ComposedOperation)? { self }
}

/// An operation defined by the user, with a gradient of its own.
public protocol CustomOperation: Operation {}

extension Operation {
  /// The result, reported to the current observer. Not inlined: it would enlarge the stack frames of its callers, which
  /// can be nested very deeply.
  ///
  /// - Throws: as ``Operation/forward(_:)``.
  @inline(never)
  func observedForward(_ inputs: [Tensor]) throws -> Outcome {
    try forward(inputs, reportingTo: Observation.task)
  }

  /// The result, reported to an observer.
  ///
  /// - Throws: as ``Operation/forward(_:)``.
  func forward(_ inputs: [Tensor], reportingTo observation: Observation?) throws -> Outcome {
    guard let observation else { return try interruptibleForward(inputs) }
    let outcome: Outcome
    if let composed = asComposed {
      outcome = try composed.forward(inputs, observedBy: observation)
      guard self is any CustomOperation else { return outcome }
    } else {
      // The operations it consists of are not counted a second time.
      outcome = try Observation.off { try interruptibleForward(inputs) }
    }
    Observation.off { observation.observer.observe(self, inputs, outcome.output, at: observation.place) }
    return outcome
  }
}

extension Tensor {
  /// The number of the block of memory that holds the elements; no other block ever has it.
  public var block: Int { storage.number }

  /// A key that is equal only for the same elements, unchanged, in the same order.
  public var identity: [Int] { [storage.number, version, offset] + shape + strides }
}
