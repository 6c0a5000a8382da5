import Dispatch
import Synchronization
import Tensors

/// The time and memory of the forward passes of all layers that it traces.
public final class LayerProfile: LayerTracer {
  /// What the calls of a layer have cost.
  public struct Cost: Sendable {
    /// The names of the layer and of those it is a part of, as in state files; `network` is the whole.
    public let name: String
    public let description: String
    public let parameters: Int
    public var calls = 0
    /// With the layers in it, and without.
    public var nanoseconds = 0
    public var ownNanoseconds = 0
    /// Tensor operations, and bytes allocated for their results, with those of the layers in it.
    public var operations = 0
    public var bytes = 0
    /// The most bytes of tensors that existed at once while it ran.
    public var peak = 0
  }

  /// One call of a layer, for a trace.
  public struct Span: Sendable {
    public let name: String
    /// Nanoseconds of the system's clock.
    public let start: Int
    public let duration: Int
  }

  private struct Frame {
    let key: String
    let path: String
    /// The names of its parts.
    let parts: [ObjectIdentifier: String]
    let start: Int
    let operations: Int
    let allocated: Int
    let peak: Int
    var partNanoseconds = 0
  }

  private struct State {
    var stack: [Frame] = []
    var keys: [String] = []
    var costs: [String: Cost] = [:]
    var spans: [Span] = []
  }

  /// Calls that are shorter are counted, but are not part of a trace.
  private static let minSpan = 20_000
  private static let maxSpans = 200_000

  private let state = Mutex(State())

  /// A profile of no layer yet.
  public init() {}

  /// The costs of the layers, in the order of their first calls.
  public var costs: [Cost] { state.withLock { state in state.keys.compactMap { state.costs[$0] } } }

  /// The longer calls.
  public var spans: [Span] { state.withLock(\.spans) }

  public func enter(_ layer: any Module, on device: Device) {
    let id = ObjectIdentifier(layer)
    let description = layer.description
    let parameters = layer.parameterCount
    let parts = Dictionary(
      layer.children.map { (ObjectIdentifier($0.module), $0.name) }, uniquingKeysWith: { first, _ in first })
    state.withLock { state in
      let outer = state.stack.last
      let own = outer.map { $0.parts[id] ?? description } ?? ""
      let path = dotted(outer?.path ?? "", own)
      // Two networks in one run may have layers of one name.
      let key = "\(path) \(description)"
      if state.costs[key] == nil {
        state.keys.append(key)
        state.costs[key] = Cost(
          name: path.isEmpty ? "network" : path, description: description, parameters: parameters)
      }
      state.stack.append(
        Frame(
          key: key, path: path, parts: parts, start: Self.now(), operations: device.operations,
          allocated: device.pool.allocatedBytes, peak: device.pool.usage.peak))
    }
  }

  public func leave(_ layer: any Module, _ output: Tensor?, on device: Device) {
    let end = Self.now()
    let usage = device.pool.usage
    let allocated = device.pool.allocatedBytes
    let operations = device.operations
    state.withLock { state in
      guard let frame = state.stack.popLast() else { return }
      let elapsed = end - frame.start
      if !state.stack.isEmpty { state.stack[state.stack.count - 1].partNanoseconds += elapsed }
      if elapsed >= Self.minSpan, state.spans.count < Self.maxSpans {
        let name = frame.path.isEmpty ? "network" : frame.path
        state.spans.append(Span(name: name, start: frame.start, duration: elapsed))
      }
      guard var cost = state.costs[frame.key] else { return }
      cost.calls += 1
      cost.nanoseconds += elapsed
      cost.ownNanoseconds += elapsed - frame.partNanoseconds
      cost.operations += operations - frame.operations
      cost.bytes += allocated - frame.allocated
      cost.peak = max(cost.peak, usage.peak > frame.peak ? usage.peak : usage.live)
      state.costs[frame.key] = cost
    }
  }

  private static func now() -> Int { Int(DispatchTime.now().uptimeNanoseconds) }
}
