import LuaHost
import Networks
import Tensors

/// `nj.load` and `nj.save`: state files.
enum StateFileBindings {
  static let functions: [LuaFunction] = [
    LuaFunction(
      "load",
      "The tensors of a safetensors, npz or PyTorch file (.pt, .pth, .ckpt) by name, tables within tables as "
        + "torch.load gives them; a lone tensor, as in an npy file, as itself", [.string("path")],
      returns: "table or tensor"
    ) { call in
      let context = try call.context
      let place = try context.readable(call.string(1))
      return try call.push(
        place.read { try StateFile.read($0, named: place.path, on: context.device).luaValue })
    },
    LuaFunction(
      "save", "Writes named tensors as a safetensors file, or as npz when the path ends so",
      [.string("path"), .table("tensors")]
    ) { call in
      try call.write(to: call.string(1)) { path in
        try StateFile.encode(named(call.value(2), "save"), for: path)
      }
      return .nothing
    },
  ]

  /// The tensors of a table by name, in the order of the names.
  static func named(_ value: LuaValue, _ function: String) throws -> [(name: String, tensor: Tensor)] {
    let table = value.table ?? LuaTable()
    guard table.list.isEmpty else {
      throw ScriptError("\(function): expected tensors by name, got a list", hint: "give each a name")
    }
    guard !table.fields.isEmpty else { throw ScriptError("\(function): the table has no tensors") }
    return try table.fields.map { field in
      guard let tensor = field.value.object(Tensor.self) else {
        throw ScriptError("\(function): '\(field.name)': expected tensor, got \(field.value.typeName)")
      }
      guard field.name != "__metadata__" else {
        throw ScriptError("\(function): the name '__metadata__' is the file format's own")
      }
      return (field.name, tensor)
    }
  }
}

extension StateValue: LuaPushable {
  public var luaValue: LuaValue {
    switch self {
    case .none: .nil
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let text): .string(text)
    case .tensor(let tensor, _): tensor.luaValue
    case .list(let parts): .table(LuaTable(list: parts.map(\.elementValue)))
    case .table(let fields): .table(LuaTable(fields: fields.map { ($0.name, $0.value.luaValue) }))
    }
  }

  /// As an element of a list, where nil would leave a hole.
  private var elementValue: LuaValue {
    if case .none = self { .object(LuaObject(JSONNull.shared)) } else { luaValue }
  }
}
