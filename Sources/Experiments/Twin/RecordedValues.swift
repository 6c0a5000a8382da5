import Foundation
import LuaHost
import Networks
import Scripting
import Support
import Tensors

/// The tensors that a script returns, beside those of a state file: recorded by another run, or by PyTorch.
public struct RecordedValues {
  private let host: ScriptHost
  private let tolerance: Double

  /// A comparison within a tolerance (`TensorDistance`).
  public init(_ host: ScriptHost, tolerance: Double) {
    self.host = host
    self.tolerance = tolerance
  }

  /// Runs a script, which returns a table of tensors by name, and compares those that the file has.
  ///
  /// - Returns: the verdict, in which a step's operation is the name of a tensor.
  /// - Throws: `ScriptError` for a script that returns no table of tensors; ``TwinError`` for names that are not in
  ///   both; the errors of reading the file.
  public func run(script: String, file: String) throws -> TwinMeeting.Verdict {
    let results = try host.run(file: script)
    let own =
      results.first?.table?.fields.compactMap { field in
        field.value.object(Tensor.self).map { (field.name, $0) }
      } ?? []
    guard !own.isEmpty else {
      throw ScriptError(
        "the script returns no tensors by name, which could be compared with those of \(file)",
        hint: "end it with `return { loss = loss, hidden = h }`", at: [.script(path: script, line: 1)])
    }
    let read = try StateFile.read(file, on: host.device)
    let recorded = Dictionary(read.tensors.map { (Name($0.name), $0.tensor) }) { first, _ in first }
    var verdict = TwinMeeting.Verdict()
    for (name, tensor) in own {
      guard let other = recorded[name] else {
        verdict.unmatched[0] += 1
        continue
      }
      let steps = (
        TwinStep(operation: name, location: script, tensor: tensor),
        TwinStep(operation: name, location: file, tensor: other)
      )
      guard tensor.shape == other.shape, tensor.dtype == other.dtype else {
        verdict.parting = steps
        return verdict
      }
      verdict.compared += 1
      if let distance = try TensorDistance(tensor, other, tolerance: tolerance) {
        verdict.difference = (steps.0, steps.1, distance)
        return verdict
      }
    }
    verdict.unmatched[1] = recorded.count - verdict.compared
    guard verdict.compared > 0 else {
      throw ScriptError(
        "no tensor that the script returns is in \(file): it has "
          + recorded.keys.map(\.text).sorted().prefix(8).joined(separator: ", "),
        hint: "use the names of the file", at: [.script(path: script, line: 1)])
    }
    return verdict
  }
}
