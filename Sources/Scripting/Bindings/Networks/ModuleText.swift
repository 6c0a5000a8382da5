import Networks
import Tensors

/// Modules as text.
enum ModuleText {
  /// The module and its parts, indented, as PyTorch prints them.
  static func tree(_ module: any Module) -> String { lines(module, "").joined(separator: "\n") }

  private static func lines(_ module: any Module, _ indent: String) -> [String] {
    guard !module.children.isEmpty else { return [module.description] }
    let inner = indent + "  "
    return [module.description + " {"]
      + module.children.flatMap { child in
        var part = lines(child.module, inner)
        part[0] = "\(inner)\(child.name): \(part[0])"
        return part
      } + [indent + "}"]
  }

  /// A line for every part with parameters, and totals.
  static func summary(_ module: any Module) -> String {
    let parts = module.descendants.filter { $0.module.children.isEmpty }
    let width = parts.map { $0.name.count }.max() ?? 0
    let rows = parts.map { part -> String in
      let count = part.module.parameters.reduce(0) { $0 + $1.tensor.count }
      let name = part.name + String(repeating: " ", count: width - part.name.count)
      return "\(name)  \(part.module.description)" + (count > 0 ? "  \(count) parameters" : "")
    }
    let bytes = module.state.reduce(0) { $0 + $1.tensor.count * 4 }
    return (rows + ["total: \(module.parameterCount) parameters, \(ByteCount(bytes)) with buffers"])
      .joined(separator: "\n")
  }
}
