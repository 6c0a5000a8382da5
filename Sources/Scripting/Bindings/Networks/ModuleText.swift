import Figures
import LuaHost
import Metrics
import Networks
import Support
import Tensors

/// Modules as text.
enum ModuleText {
  /// The module and its parts, indented, as PyTorch prints them.
  ///
  /// - Throws: when it would be longer than ``maxLines``, or the module contains itself.
  static func tree(_ module: any Module) throws -> String {
    try module.requireShallow()
    var lines: [String] = []
    try write(module, named: "", depth: 0, to: &lines)
    return lines.joined(separator: "\n")
  }

  /// The text grows exponentially with depth where a module is a part more than once.
  private static let maxLines = 100_000

  private static func write(
    _ module: any Module, named name: String, depth: Int, to lines: inout [String]
  ) throws {
    guard depth <= Nesting.maxDepth else { throw NetworkError.tooDeep(module: module.description) }
    guard lines.count < maxLines else {
      throw ScriptError(
        "the text of a module ends at \(maxLines) lines", hint: "module:summary(), or a part's text")
    }
    let indent = String(repeating: "  ", count: depth)
    let children = module.children
    lines.append(indent + name + module.description + (children.isEmpty ? "" : " {"))
    guard !children.isEmpty else { return }
    for child in children { try write(child.module, named: child.name + ": ", depth: depth + 1, to: &lines) }
    lines.append(indent + "}")
  }

  /// A line for every part with parameters, and totals.
  static func summary(_ module: any Module) -> String {
    let parts = module.descendants.filter { $0.module.children.isEmpty }
    let width = parts.map { $0.name.count }.max() ?? 0
    let rows = parts.map { part -> String in
      let count = part.module.parameters.reduce(0) { $0 + $1.tensor.count }
      let name = part.name + String(repeating: " ", count: width - part.name.count)
      return "\(name)  \(part.module.description)" + (count > 0 ? "  \("parameter".counted(count))" : "")
    }
    let bytes = module.state.reduce(0) { $0 + $1.tensor.count * 4 }
    return (rows + ["total: \("parameter".counted(module.parameterCount)), \(ByteCount(bytes)) with buffers"])
      .joined(separator: "\n")
  }

  /// A table of the parts that compute something: what each computes for an input, its parameters, and its operations
  /// for a sample, pairs of an input and a weight.
  ///
  /// - Throws: the errors of the network.
  static func summary(_ module: any Module, of input: Tensor) throws -> String {
    let samples = input.shape.first ?? 1
    let counter = ModelObserver(module)
    var calls: [String: (shape: [Int], count: Int)] = [:]
    let hook = LayerHook(module, counter: counter) { call in
      calls[call.name] = (call.output.shape, (calls[call.name]?.count ?? 0) + 1)
    }
    let output = try module.evaluating {
      try counter.counting(samples: samples, through: hook) { try module(input) }.0
    }
    let counts = Dictionary(
      counter.layers.map { ($0.name, $0.counts.dense) }, uniquingKeysWith: { first, _ in first })
    func count(_ operations: Int) -> ResultTable.Cell {
      .text(operations > 0 && samples > 0 ? "\(operations / samples)" : "")
    }
    let rows = module.descendants.compactMap { part -> [ResultTable.Cell]? in
      let isRoot = part.name.isEmpty
      let operations = counts[isRoot ? "model" : part.name] ?? 0
      let parameters = part.module.parameters.reduce(0) { $0 + $1.tensor.count }
      // A container computes what its parts compute.
      guard part.module.children.isEmpty || operations > 0 || parameters > 0 else { return nil }
      let call = isRoot ? (output.shape, 1) : calls[part.name]
      let shape = call.map { "\($0.shape)" + ($0.count > 1 ? " ×\($0.count)" : "") }
      return [
        .text(isRoot ? "model" : part.name), .text(part.module.description.printableLine(limit: 60)),
        .text(shape ?? "not called"), .text(parameters > 0 ? "\(parameters)" : ""), count(operations),
      ]
    }
    let bytes = module.state.reduce(0) { $0 + $1.tensor.count * 4 }
    let total = counter.layers.reduce(0) { $0 + $1.counts.dense }
    let names = ["output", "parameters", "operations"]
    let table = ResultTable(
      columns: [.init("part"), .init("module")] + names.map { .init($0, isRight: true) }, rows: rows)
    let sum = samples > 0 ? total / samples : total
    return table.text
      + "total for input \(input.shape): \("parameter".counted(module.parameterCount)), "
      + "\("operation".counted(sum)) a sample, \(ByteCount(bytes)) with buffers"
      + (counter.uncounted(.synapses).map { "; operations are incomplete: \($0)" } ?? "")
  }
}
