import Support
import Tensors

/// What hosts that are opened one after another share, so that a reload computes only what has changed: the device, and
/// what stages keep in memory.
public struct HostMemory {
  public let device: Device
  public let stages = StageMemory()

  /// An empty memory for hosts with these options.
  public init(_ options: HostOptions) {
    device = Device(memory: options.memory, threads: options.threads)
  }
}
