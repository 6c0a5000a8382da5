import LuaHost
import Networks
import Tensors

/// A Lua table in a field of a module written in Lua: the modules and learned tensors in it are parts of that module.
///
/// A list's parts are numbered from 0, as in PyTorch's ModuleList; named ones keep their names.
final class TableOfModules: Module {
  let children: [(name: String, module: any Module)]
  let parameters: [(name: String, tensor: Tensor)]
  var isTraining = true
  let description: String

  /// Nil when there is neither a module nor a learned tensor in the table.
  init?(_ entries: [(key: String, entry: LuaStack.Entry)]) {
    var children: [(name: String, module: any Module)] = []
    var parameters: [(name: String, tensor: Tensor)] = []
    for (key, entry) in entries {
      let name = Int(key).map { String($0 - 1) } ?? key
      switch entry {
      case .table(let inner):
        if let part = TableOfModules(inner) { children.append((name, part)) }
      case .object(let object):
        if let handle = object.as(ModuleHandle.self) { children.append((name, handle.module)) }
        if let tensor = object.as(Tensor.self), tensor.isParameter {
          parameters.append((name, tensor))
        }
      }
    }
    guard !children.isEmpty || !parameters.isEmpty else { return nil }
    self.children = children
    self.parameters = parameters
    description = "table of \(children.count + parameters.count) parts"
  }

  func forward(_ input: Tensor) throws -> Tensor {
    throw ScriptError("a table of modules computes nothing by itself; call its parts")
  }
}
