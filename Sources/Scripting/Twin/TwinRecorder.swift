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

  /// The file whose own results are those of the run; nil for a plugin, whose functions have results.
  private let script: String?

  /// A recorder of run number 0 or 1, of a script or of a plugin.
  public init(_ meeting: TwinMeeting, side: Int, script: String? = nil) {
    self.meeting = meeting
    self.side = side
    self.script = script
  }

  public func observe(_ objects: [LuaObject], of function: String, file: String, line: Int) {
    for object in objects {
      guard let tensor = object.as(Tensor.self) else { continue }
      note(tensor, CostReceipt.shown(function), "\(Self.shortened(file)):\(line)")
    }
  }

  public func observe(returned values: [LuaValue?], file: String, line: Int) {
    guard !Recording.isOfFunction else { return }
    // What a file of functions returns, such as a module, is no result.
    let name = file == script && line == 1 ? "script" : Self.function(file, line)
    let isResult = name == "script" || name.map(Self.contract.contains) == true
    let location = "\(Self.shortened(file)):\(line)"
    for value in values {
      guard let tensor = value?.object(Tensor.self) else { continue }
      note(tensor, "", location, isResult: isResult)
    }
    guard let name, let others = ReturnedValues(values) else { return }
    meeting.arrive(
      side, TwinStep(operation: name, location: location, content: .values(others), isResult: isResult))
  }

  /// The functions that the host calls in plugins.
  private static let contract = Set(PluginKind.allCases.flatMap { $0.functions.map(\.name) })

  /// The name that a function has in the line that defines it; nil for one without a name.
  private static func function(_ file: String, _ line: Int) -> String? {
    guard let text = try? LuaSource(file).text else { return nil }
    let lines = text.split(separator: "\n", maxSplits: line, omittingEmptySubsequences: false)
    guard line <= lines.count,
      let match = lines[line - 1].firstMatch(
        of: /function\s+(?:\w+[.:])*(\w+)\s*\(|(\w+)\s*=\s*function/)
    else { return nil }
    return (match.1 ?? match.2).map(String.init)
  }

  public func enter(_ layer: any Module, on device: Device) {}

  public func leave(_ layer: any Module, _ output: Tensor?, on device: Device) {
    // A layer that is written in Lua is the operations that it consists of.
    guard let output, !(layer is LuaWrittenModule) else { return }
    let description = layer.description.printableLine(limit: 60)
    note(output, description.prefix { $0 != "(" && $0 != " " }.description, description)
  }

  private func note(_ tensor: Tensor, _ operation: String, _ location: String, isResult: Bool = false) {
    // What a recorded function computes while it is recorded has no values.
    guard !Recording.isOfFunction else { return }
    // A copy: the run may change the tensor in place.
    guard let copy = try? Recording.off({ try tensor.detached().contiguous().cloned() }) else { return }
    meeting.arrive(
      side, TwinStep(operation: operation, location: location, content: .tensor(copy), isResult: isResult))
  }

  private static func shortened(_ file: String) -> String {
    let folder = FileManager.default.currentDirectoryPath + "/"
    return file.hasPrefix(folder) ? String(file.dropFirst(folder.count)) : file
  }
}

/// What a Lua function returned, apart from tensors: numbers, strings and truth values, also in tables, by their paths.
public struct ReturnedValues: Sendable, Equatable {
  /// A value that is compared.
  public enum Scalar: Sendable, Equatable {
    case number(Double)
    case text(String)
    /// Of any other value, such as a tensor in a table, only its type.
    case typeName(String)
  }

  /// The scalars by their paths: `a`, `list[2].b`; empty for the only result itself.
  let fields: [String: Scalar]

  /// The results of a function, tensors among them left out; nil where nothing remains. A result that is no data, such
  /// as a coroutine, is nil.
  public init?(_ results: [LuaValue?]) {
    var fields: [String: Scalar] = [:]
    for (index, result) in results.enumerated() {
      if case .object = result { continue }
      Self.add(result ?? .string("no data"), results.count == 1 ? "" : "result \(index + 1)", to: &fields)
    }
    guard !fields.isEmpty else { return nil }
    self.fields = fields
  }

  private static func add(_ value: LuaValue, _ path: String, to fields: inout [String: Scalar]) {
    if let table = value.table {
      // Also of an empty table, which is something else than none.
      fields[path] = .typeName("table")
      for (index, element) in table.list.enumerated() { add(element, "\(path)[\(index + 1)]", to: &fields) }
      for field in table.fields {
        add(field.value, path.isEmpty ? field.name : "\(path).\(field.name)", to: &fields)
      }
    } else if let number = value.number {
      fields[path] = .number(number)
    } else if case .string(let text) = value {
      fields[path] = .text(text.luaQuoted(limit: 200))
    } else if let truth = value.boolean {
      fields[path] = .text("\(truth)")
    } else {
      fields[path] = .typeName(value.typeName)
    }
  }

  /// The first field, in the order of the paths, that differs from the other's; nil where they agree.
  ///
  /// Two numbers agree where |a − b| ≤ tolerance · max(|a|, |b|), and where both are NaN.
  public func difference(from other: ReturnedValues, tolerance: Double) -> Difference? {
    let paths = Set(fields.keys).union(other.fields.keys).sorted()
    let different = paths.filter { !Self.agree(fields[$0], other.fields[$0], tolerance) }
    guard let path = different.first else { return nil }
    return Difference(
      path: path, first: Self.text(fields[path]), second: Self.text(other.fields[path]),
      different: different.count)
  }

  private static func agree(_ a: Scalar?, _ b: Scalar?, _ tolerance: Double) -> Bool {
    guard case .number(let a) = a, case .number(let b) = b else { return a == b }
    return a == b || (a.isNaN && b.isNaN) || abs(a - b) <= tolerance * max(abs(a), abs(b))
  }

  private static func text(_ scalar: Scalar?) -> String {
    switch scalar {
    case .number(let value): LuaValue.number(value).literal
    case .text(let text): text
    case .typeName(let name): name
    case nil: "nil"
    }
  }

  /// A field that differs.
  public struct Difference: Sendable, Equatable {
    /// Empty for the only result of a function.
    public let path: String
    /// The two values as text.
    public let first: String
    public let second: String
    /// How many fields differ.
    public let different: Int

    /// `field a.b: 3 and 4; 2 fields differ`.
    public var description: String {
      let field = path.isEmpty ? "" : path.hasPrefix("result") ? "\(path): " : "field \(path): "
      return "\(field)\(first) and \(second)" + (different > 1 ? "; \(different) fields differ" : "")
    }
  }
}
