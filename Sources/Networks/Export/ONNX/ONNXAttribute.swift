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
      proto.name = name
      proto.type = .int
      proto.i = Int64(value)
    case .integers(let name, let values):
      proto.name = name
      proto.type = .ints
      proto.ints = values.map(Int64.init)
    case .number(let name, let value):
      proto.name = name
      proto.type = .float
      proto.f = value
    case .tensor(let name, let tensor):
      proto.name = name
      proto.type = .tensor
      proto.t = tensor
    case .graph(let name, let graph):
      proto.name = name
      proto.type = .graph
      proto.g = graph
    }
    return proto
  }
}
