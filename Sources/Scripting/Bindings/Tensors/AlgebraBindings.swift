import Tensors

extension TensorBindings {
  static let order: [LuaFunction] = []

  static let linearAlgebra: [LuaFunction] = [
    LuaFunction("matmul", "The product of matrices; leading dimensions are batches", [.tensor("other")],
      returns: "tensor"
    ) { call in try call.give(MatrixProduct()(call.floats(0), call.floats(1))) }
  ]
}
