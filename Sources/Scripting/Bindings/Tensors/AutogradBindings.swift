import LuaHost
import Tensors

extension TensorBindings {
  static let autograd: [LuaFunction] = [
    LuaFunction(
      "requires_grad_", "Makes the tensor gather its gradient, or stop", [.boolean("wanted", default: true)],
      returns: "the tensor itself"
    ) { call in
      let wanted = try call.boolean(1)
      try call.update(0) { (tensor: inout Tensor) in try tensor.requireGradient(wanted) }
      return call.push(argument: 0)
    },
    LuaFunction(
      "backward", "Adds the gradients of everything this number was made from to their grad",
      [.tensor("gradient", optional: true)]
    ) { call in
      try call.tensor(0).backward(call.objectIfAny(1, Tensor.self))
      return .nothing
    },
  ]

  /// `nj.no_grad`, `nj.grad`, `nj.func` and `nj.fuse`.
  static let autogradFunctions: [LuaFunction] = [
    scripted,
    fuse,
    LuaFunction(
      "no_grad", "Calls a function without recording anything; gives its results", [.function("f")],
      returns: "what f gives"
    ) { call in
      let function = try call.function(1)
      let results = try Recording.off { try call.state.callForReferences(function) }
      return try call.push(all: results.map(\.luaValue))
    },
    LuaFunction(
      "grad", "The gradients of a single number with respect to tensors, without touching their grad",
      [.tensor("loss"), .list("tensors", of: .object("tensor"))], returns: "list of tensors"
    ) { call in
      let found = try call.tensor(1).gradients(of: call.objects(2, Tensor.self))
      return try call.push(found.map { $0.luaValue })
    },
  ]
}
