import LuaHost
import Tensors

extension LuaParameter {
  /// A shape, then perhaps `{ dtype = … }`: `f{2, 3}`, `f(2, 3)`, `f({2, 3}, {dtype = "int32"})`; read it with
  /// `call.shapeAndType(from:)`.
  static let shapeAndType = LuaParameter(
    "shape", .union([.integer, .options([typed]), .list(.integer)]),
    help: "lengths, or a list of them; then { dtype = } if need be", rest: true)

  /// The field that names the type of elements.
  static let typed = LuaParameter.choice(
    "dtype", DType.allCases.map(\.rawValue), default: "float32", help: "the type of the elements")

  /// Options with the type of elements alone.
  static let typeOptions = LuaParameter.options("options", [typed])
}

extension LuaCall {
  /// What ``LuaParameter/shapeAndType`` took.
  func shapeAndType(from first: Int) throws -> (shape: [Int], dtype: DType) {
    var shape: [Int] = []
    var dtype: DType = .float32
    for argument in first..<(count + 1) {
      guard let table = try value(argument).table else {
        shape.append(try integer(argument))
        continue
      }
      if table.fields.isEmpty, argument == first {
        shape = try integers(argument)
      } else {
        guard argument == count, table.list.isEmpty else {
          throw badShape(argument, "lengths, or one list of them")
        }
        for field in table.fields where field.name != "dtype" {
          throw badShape(argument, "dtype, not '\(field.name)'")
        }
        let name = table["dtype"].string ?? ""
        guard let named = DType(rawValue: name) else {
          let hint = name.nearest(in: DType.allCases.map(\.rawValue)).map { "; did you mean '\($0)'?" } ?? ""
          throw badShape(argument, "a dtype, got '\(name)'\(hint)")
        }
        dtype = named
      }
    }
    return (shape, dtype)
  }

  private func badShape(_ argument: Int, _ expected: String) -> ScriptError {
    ScriptError("\(functionName): argument \(argument): expected \(expected)")
  }
}
