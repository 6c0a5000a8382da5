import LuaHost
import Networks
import Support

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
}
