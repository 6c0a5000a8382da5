import LuaHost
import Tensors

extension TensorBindings {
  static let shape: [LuaFunction] = [
    LuaFunction(
      "reshape", "The same elements in another shape; one length may be -1", [.sizes("shape")],
      returns: "tensor"
    ) { call in try call.push(call.tensor(0).reshaped(call.integers(from: 1))) },
    LuaFunction("view", "Like reshape, but never a copy", [.sizes("shape").also("size")], returns: "tensor") {
      call in
      let tensor = try call.tensor(0)
      guard tensor.isContiguous else {
        throw ScriptError("view: the tensor of shape \(tensor.shape) is not contiguous; use reshape")
      }
      do { return try call.push(tensor.reshaped(call.integers(from: 1))) } catch let error as TensorError {
        throw error.forScripts(of: "view")
      }
    },
    LuaFunction(
      "permute", "The dimensions in another order", [.sizes("order").also("dims")], returns: "tensor"
    ) { call in
      let order = try call.integers(from: 1).map {
        try LuaCall.zeroBased($0, "\(call.functionName): dimensions")
      }
      return try call.push(Permute(order)(call.tensor(0)))
    },
    LuaFunction(
      "transpose", "Two dimensions swapped", [.dimension("dim0"), .dimension("dim1")], returns: "tensor"
    ) { call in
      try call.push(call.tensor(0).transposed(call.dimension(1), call.dimension(2)))
    },
    LuaFunction("unsqueeze", "A dimension of length 1 inserted", [.dimension()], returns: "tensor") { call in
      try call.push(call.tensor(0).unsqueezed(call.dimension(1)))
    },
    LuaFunction(
      "squeeze", "Without one dimension of length 1, or all of them", [.dimension(optional: true)],
      returns: "tensor"
    ) { call in try call.push(call.tensor(0).squeezed(call.has(1) ? call.dimension(1) : nil)) },
    LuaFunction(
      "expand", "Dimensions of length 1 expanded, as a view; -1 keeps a length",
      [.sizes("shape").also("size sizes")],
      returns: "tensor"
    ) { call in try call.push(Expand(call.integers(from: 1))(call.tensor(0))) },
    LuaFunction(
      "flatten", "Dimensions first to last as one",
      [.dimension("start_dim", default: 1), .dimension("end_dim", default: -1)], returns: "tensor"
    ) { call in try call.push(call.tensor(0).flattened(call.dimension(1), call.dimension(2))) },
    LuaFunction(
      "contiguous", "The elements in row-major order; a copy only where they are not", returns: "tensor"
    ) {
      call in
      try call.push(call.tensor(0).contiguous())
    },
    LuaFunction("clone", "A copy with memory of its own", returns: "tensor") { call in
      try call.push(call.tensor(0).cloned())
    },
    LuaFunction("detach", "The same elements, detached from the graph", returns: "tensor") { call in
      try call.push(call.tensor(0).stoppingGradient())
    },
    LuaFunction(
      "to", "The elements in another type", [.choice("dtype", DType.allCases.map(\.rawValue))],
      returns: "tensor"
    ) { call in
      try call.push(call.tensor(0).converted(to: DType(rawValue: call.string(1)) ?? .float32))
    },
    LuaFunction("flip", "The elements of a dimension in reverse", [.dimension()], returns: "tensor") { call in
      try call.push(Flip(call.dimension(1))(call.tensor(0)))
    },
    LuaFunction(
      "pad", "Padded with a number before and after along a dimension",
      [.dimension(), .integer("before", min: 0), .integer("after", min: 0), .number("value", default: 0)],
      returns: "tensor"
    ) { call in
      try call.push(
        Pad(call.dimension(1), before: call.integer(2), after: call.integer(3), value: call.number(4))(
          call.tensor(0)))
    },
  ]

  static let index: [LuaFunction] = [
    LuaFunction(
      "slice", "A view of elements first to last of a dimension, both included",
      [
        .dimension(), .integer("first", default: 1), .integer("last", default: -1),
        .integer("step", default: 1, min: 1),
      ],
      returns: "tensor"
    ) { call in
      let tensor = try call.tensor(0)
      let dimension = try call.dimension(1)
      let axis = dimension < 0 ? dimension + tensor.rank : dimension
      guard tensor.shape.indices.contains(axis) else {
        throw TensorError.noSuchDimension(operation: "slice", dimension: dimension, shape: tensor.shape)
      }
      let range = try LuaCall.range(
        first: call.integer(2), last: call.integer(3), step: call.integer(4), tensor.shape[axis])
      return try call.push(TensorIndex(Array(repeating: .all, count: axis) + [range])(tensor))
    },
    LuaFunction(
      "narrow",
      "A view of length elements of a dimension from start on; a negative start counts from the end",
      [.dimension(), .integer("start"), .integer("length", min: 0)], returns: "tensor"
    ) { call in
      try call.push(
        call.tensor(0).narrow(
          call.dimension(1), from: LuaCall.zeroBased(call.integer(2), "indices"), count: call.integer(3)))
    },
    LuaFunction(
      "select", "The slice at an index of a dimension, which is dropped", [.dimension(), .integer("index")],
      returns: "tensor"
    ) { call in
      try call.push(
        call.tensor(0).select(call.dimension(1), LuaCall.zeroBased(call.integer(2), "indices")))
    },
    LuaFunction(
      "index_select", "Slices of a dimension by a list of indices", [.dimension(), .tensor("index")],
      returns: "tensor"
    ) { call in try call.push(IndexSelect(call.dimension(1))(call.tensor(0), call.indices(2))) },
    LuaFunction(
      "gather", "out[i][j] = x[i][index[i][j]] along a dimension", [.dimension(), .tensor("index")],
      returns: "tensor"
    ) { call in try call.push(Gather(call.dimension(1))(call.tensor(0), call.indices(2))) },
    LuaFunction(
      "scatter_add", "A copy with src[i][j] added at [i][index[i][j]]",
      [.dimension(), .tensor("index"), .tensor("src")], returns: "tensor"
    ) { call in try call.push(ScatterAdd(call.dimension(1))(call.tensor(0), call.indices(2), call.tensor(3)))
    },
  ]
}
