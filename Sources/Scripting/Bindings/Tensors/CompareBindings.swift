import LuaHost
import Tensors

extension TensorBindings {
  static let compare: [LuaFunction] =
    Comparison.allCases.map { comparison in
      LuaFunction(
        comparison.rawValue, "\(comparison.rawValue) with a tensor or number, element by element",
        [.operand("other")],
        returns: "tensor"
      ) { call in
        let tensor = try call.tensor(0)
        if tensor.dtype == .int32, call.objectIfAny(1, Tensor.self) == nil,
          let whole = Int32(exactly: try call.number(1))
        {
          return try call.push(comparison(tensor, Tensor([whole], shape: [], on: tensor.device)))
        }
        return try call.push(comparison(tensor, call.operand(1)))
      }
    } + [
      LuaFunction(
        "allclose", "Whether all elements are within atol + rtol·|other| of another tensor's",
        [
          .tensor("other"),
          .options("options", [.number("rtol", default: 1e-5), .number("atol", default: 1e-8)]),
        ], returns: "boolean"
      ) { call in
        let options = try call.options(2)
        return try call.push(
          call.tensor(0).isClose(
            to: call.tensor(1), relative: options.number("rtol"), absolute: options.number("atol")))
      }
    ]
}
