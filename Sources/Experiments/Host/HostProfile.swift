import Foundation
import LuaHost
import Networks
import Scripting
import Support
import Tensors

/// What `--profile` says.
public enum ProfileOutput: Sendable, Equatable {
  /// A receipt is printed.
  case receipt
  /// A receipt is printed, and a trace is written to a file.
  case trace(path: String)
}

/// The profile of everything that one Lua state runs, or several, one after another.
public final class HostProfile {
  private let calls: CallProfile
  private let layers = LayerProfile()
  private let output: ProfileOutput

  /// A profile of work on a device, which starts now.
  public init(_ output: ProfileOutput, on device: Device) {
    self.output = output
    calls = CallProfile {
      let usage = device.pool.usage
      return NativeUse(
        operations: device.operations, bytes: device.pool.allocatedBytes, live: usage.live, peak: usage.peak)
    }
  }

  /// Profiles what a state runs from now on.
  public func attach(to state: LuaState) { state.startProfile(calls) }

  /// Runs `body`, and measures it.
  ///
  /// - Throws: what `body` throws.
  public func measuring<Result>(_ body: () throws -> Result) rethrows -> Result {
    try LayerTracing.by(layers, body)
  }

  /// Prints the receipt to standard error, and writes the trace, if anything ran; `titles` are the plugins' names by
  /// their files.
  ///
  /// - Throws: `FileError`.
  public func report(_ console: Console, titles: [Name: String] = [:]) throws {
    // Nothing ran where the command ended before.
    guard !calls.costs.isEmpty else { return }
    let receipt = CostReceipt(calls, layers, titles: titles).text
    try? FileHandle.standardError.write(contentsOf: Data("\n\(receipt)".utf8))
    guard case .trace(let path) = output else { return }
    try ChromeTrace(calls, layers, version: NightjarModule.version).write(to: path)
    console.say("trace written to \(path), for chrome://tracing or ui.perfetto.dev")
  }
}
