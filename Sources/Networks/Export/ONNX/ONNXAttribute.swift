import ONNXSchema

/// An attribute of a node.
enum ONNXAttribute {
  case integer(String, Int)
  case integers(String, [Int])
  case number(String, Float)
  case tensor(String, Onnx_TensorProto)
  case graph(String, Onnx_GraphProto)

  var proto: Onnx_AttributeProto {
    var proto = Onnx_AttributeProto()
    switch self {
    case .integer(let name, let value):
      (proto.name, proto.type, proto.i) = (name, .int, Int64(value))
    case .integers(let name, let values):
      (proto.name, proto.type, proto.ints) = (name, .ints, values.map(Int64.init))
    case .number(let name, let value):
      (proto.name, proto.type, proto.f) = (name, .float, value)
    case .tensor(let name, let tensor):
      (proto.name, proto.type, proto.t) = (name, .tensor, tensor)
    case .graph(let name, let graph):
      (proto.name, proto.type, proto.g) = (name, .graph, graph)
    }
    return proto
  }
}
