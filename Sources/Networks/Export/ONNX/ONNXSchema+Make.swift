import Foundation
import ONNXSchema

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
