import Tensors

/// Observes the forward passes of layers without a part in the work, unlike a ``LayerObserver``: operations run as
/// they do unobserved.
public protocol LayerTracer: AnyObject, Sendable {
  /// A layer begins its forward pass.
  func enter(_ layer: any Module, on device: Device)
  /// A layer has ended its forward pass; `output` is nil when it failed, or has no output of its own.
  func leave(_ layer: any Module, _ output: Tensor?, on device: Device)
}

/// The tracer of the layers that run on this task.
public enum LayerTracing {
  @TaskLocal static var tracer: (any LayerTracer)?

  /// Whether layers are traced.
  public static var isOn: Bool { tracer != nil }

  /// Runs `body`, and reports the layers that it calls.
  ///
  /// - Throws: what `body` throws.
  public static func by<Result>(_ tracer: any LayerTracer, _ body: () throws -> Result) rethrows -> Result {
    try $tracer.withValue(tracer, operation: body)
  }

  /// Runs `body` without reporting its layers.
  ///
  /// - Throws: what `body` throws.
  public static func off<Result>(_ body: () throws -> Result) rethrows -> Result {
    try $tracer.withValue(nil, operation: body)
  }
}
