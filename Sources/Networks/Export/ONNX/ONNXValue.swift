import Foundation
import ONNXSchema

/// A value of the graph under construction: its name, and what is known about its shape.
struct ONNXValue {
  /// The order of a sequence's axes.
  enum Layout {
    case batchTimeChannels, batchChannelsTime, timeBatchChannels

    private var axes: [Character] {
      switch self {
      case .batchTimeChannels: ["b", "t", "c"]
      case .batchChannelsTime: ["b", "c", "t"]
      case .timeBatchChannels: ["t", "b", "c"]
      }
    }

    var timeAxis: Int { axes.firstIndex(of: "t") ?? 0 }

    /// The permutation with which a Transpose makes another layout from this one.
    func permutation(to other: Layout) -> [Int] { other.axes.compactMap { axes.firstIndex(of: $0) } }
  }

  enum Form: Equatable {
    /// (batch, channels)
    case vector
    case sequence(Layout)
    /// Integers (batch, time).
    case indices
  }

  var name: String
  var form: Form
  /// Time steps for the given input; 0 for a vector.
  var time = 0
  /// The name of the time axis where its size is left open.
  var timeName = "time"
  var channels: Int

  var shape: String {
    switch form {
    case .vector: "(batch, \(channels))"
    case .sequence: "(batch, \(time), \(channels))"
    case .indices: "integers (batch, \(time))"
    }
  }
}

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

/// The size of an axis: known, or open with a name.
enum ONNXSize {
  case known(Int)
  case named(String)
}

extension Onnx_ValueInfoProto {
  /// A value's name, type and shape.
  init(named name: String, _ type: Onnx_TensorProto.DataType, _ sizes: [ONNXSize]) {
    self.init()
    self.name = name
    self.type.tensorType.elemType = Int32(type.rawValue)
    self.type.tensorType.shape.dim = sizes.map { size in
      var dimension = Onnx_TensorShapeProto.Dimension()
      switch size {
      case .known(let count): dimension.dimValue = Int64(count)
      case .named(let name): dimension.dimParam = name
      }
      return dimension
    }
  }
}

extension Onnx_TensorProto {
  /// A tensor of little-endian elements.
  init(named name: String? = nil, shape: [Int], _ type: DataType, bytes: Data) {
    self.init()
    if let name { self.name = name }
    dims = shape.map(Int64.init)
    dataType = Int32(type.rawValue)
    rawData = bytes
  }
}
