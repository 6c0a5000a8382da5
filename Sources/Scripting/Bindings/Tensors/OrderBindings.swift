import LuaHost

extension TensorBindings {
  static let order: [LuaFunction] = [
    LuaFunction(
      "topk", "The k largest (or smallest) along a dimension, and where they are",
      [.integer("k", min: 0), .dimension(default: -1), .boolean("largest", default: true)],
      returns: "tensor, tensor"
    ) { call in
      let best = try call.tensor(0).topk(call.integer(1), call.dimension(2), largest: call.boolean(3))
      return try call.push(best.values, best.indices.shiftedIndices(by: 1))
    },
    LuaFunction(
      "sort", "Sorted along a dimension, and where each element was",
      [.dimension(default: -1), .boolean("descending", default: false)], returns: "tensor, tensor"
    ) { call in
      let sorted = try call.tensor(0).sorted(call.dimension(1), descending: call.boolean(2))
      return try call.push(sorted.values, sorted.indices.shiftedIndices(by: 1))
    },
    LuaFunction(
      "quantile",
      "The quantile q (0 to 1) along a dimension or of everything, between the two nearest by a line",
      [.number("q"), .dimension(optional: true), .keepdim], returns: "tensor"
    ) { call in
      try call.push(
        call.floats(0).quantile(
          call.number(1), call.has(2) ? call.dimension(2) : nil, keepsDimension: call.boolean(3)))
    },
    LuaFunction(
      "unique", "The different elements, sorted; where each element is among them; how often each occurs",
      returns: "tensor, tensor, tensor"
    ) { call in
      let found = try call.tensor(0).unique()
      return try call.push(found.values, found.inverse.shiftedIndices(by: 1), found.counts)
    },
    LuaFunction("cumsum", "Sums up to each element of a dimension", [.dimension()], returns: "tensor") {
      call in
      try call.push(call.floats(0).cumulativeSum(call.dimension(1)))
    },
    LuaFunction(
      "prod", "The product along a dimension, or of everything", [.dimension(optional: true), .keepdim],
      returns: "tensor"
    ) { call in
      try call.push(
        call.floats(0).product(call.has(1) ? call.dimension(1) : nil, keepsDimension: call.boolean(2)))
    },
    LuaFunction(
      "norm", "(Σ|x|ᵖ)^(1/p) over dimensions or everything",
      [.dimensions, .keepdim, .number("p", default: 2)], returns: "tensor"
    ) { call in
      try call.push(
        call.floats(0).norm(Float(call.number(3)), over: call.dimensions(1), keepsDimensions: call.boolean(2))
      )
    },
    LuaFunction(
      "normalize",
      "Divided by the Euclidean norm along a dimension, at least 1e-12, as F.normalize; the last dimension by default",
      [.dimension(default: -1)], returns: "tensor"
    ) { call in try call.push(call.floats(0).normalized(along: call.dimension(1))) },
    LuaFunction("any", "Whether any element is other than 0", [.dimensions, .keepdim], returns: "tensor") {
      call in
      try call.push(call.tensor(0).any(over: call.dimensions(1), keepsDimensions: call.boolean(2)))
    },
    LuaFunction("all", "Whether all elements are other than 0", [.dimensions, .keepdim], returns: "tensor") {
      call in
      try call.push(call.tensor(0).all(over: call.dimensions(1), keepsDimensions: call.boolean(2)))
    },
    LuaFunction(
      "count_nonzero", "How many elements are other than 0", [.dimensions, .keepdim], returns: "tensor"
    ) {
      call in
      try call.push(call.tensor(0).countNonzero(over: call.dimensions(1), keepsDimensions: call.boolean(2)))
    },
    LuaFunction(
      "masked_select", "The elements where a mask holds, as a list", [.tensor("mask")], returns: "tensor"
    ) {
      call in try call.push(call.tensor(0).masked(by: call.tensor(1)))
    },
    LuaFunction("nonzero", "The indices of elements other than 0: (elements, dimensions)", returns: "tensor")
    { call in
      try call.push(call.tensor(0).nonzero().shiftedIndices(by: 1))
    },
    LuaFunction(
      "chunk", "At most n pieces along a dimension", [.integer("n", min: 1), .dimension(default: 1)],
      returns: "list of tensors"
    ) { call in try call.push(call.tensor(0).chunk(call.integer(1), call.dimension(2))) },
    LuaFunction(
      "split", "Pieces of a size along a dimension", [.integer("size", min: 1), .dimension(default: 1)],
      returns: "list of tensors"
    ) { call in try call.push(call.tensor(0).split(call.integer(1), call.dimension(2))) },
  ]
}
