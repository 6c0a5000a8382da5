import Foundation
import LuaHost
import Networks
import Support
import Tensors

/// Reports the tensors of one of two runs: what its Lua code gets from the host and returns to it, and what layers
/// compute.
public final class TwinRecorder: ResultObserver, LayerTracer, Sendable {
  private let meeting: TwinMeeting
  private let side: Int

  /// A recorder of run number 0 or 1.
  public init(_ meeting: TwinMeeting, side: Int) {
    self.meeting = meeting
    self.side = side
  }

  public func observe(_ objects: [LuaObject], of function: String, file: String, line: Int) {
    for object in objects {
      guard let tensor = object.as(Tensor.self) else { continue }
      note(tensor, function.isEmpty ? "" : CostReceipt.shown(function), "\(Self.shortened(file)):\(line)")
    }
  }

  public func enter(_ layer: any Module, on device: Device) {}

  public func leave(_ layer: any Module, _ output: Tensor?, on device: Device) {
    // A layer that is written in Lua is the operations that it consists of.
    guard let output, !(layer is LuaWrittenModule) else { return }
    let description = layer.description.printableLine(limit: 60)
    note(output, description.prefix { $0 != "(" && $0 != " " }.description, description)
  }

  private func note(_ tensor: Tensor, _ operation: String, _ location: String) {
    // What a recorded function computes while it is recorded has no values.
    guard !Recording.isOfFunction else { return }
    // A copy: the run may change the tensor in place.
    guard let copy = try? Recording.off({ try tensor.detached().contiguous().cloned() }) else { return }
    meeting.arrive(side, TwinStep(operation: operation, location: location, tensor: copy))
  }

  private static func shortened(_ file: String) -> String {
    let folder = FileManager.default.currentDirectoryPath + "/"
    return file.hasPrefix(folder) ? String(file.dropFirst(folder.count)) : file
  }
}
