import Foundation
import Tensors

/// A tensor as text: its values, long dimensions shortened, and its shape.
enum TensorText {
  /// Elements shown at each end of a long dimension.
  private static let edge = 3
  /// The longest dimension shown whole.
  private static let longest = 8

  static func describe(_ tensor: Tensor) throws -> String {
    let shape = tensor.shape.map(String.init).joined(separator: ", ")
    let head = "tensor {\(shape)} \(tensor.dtype.rawValue)"
    guard tensor.count > 0 else { return head }
    let plain = tensor.detached()
    return tensor.rank == 0
      ? "\(number(try plain.item(), tensor.dtype)) (\(head))" : try "\(rows(plain, 0))\n\(head)"
  }

  private static func rows(_ tensor: Tensor, _ indent: Int) throws -> String {
    let length = tensor.shape[0]
    let isShort = length > longest
    let shown = isShort ? Array(0..<edge) + Array(length - edge..<length) : Array(0..<length)
    var parts = try shown.map { index in
      let part = try tensor.select(0, index)
      return tensor.rank == 1 ? number(try part.item(), tensor.dtype) : try rows(part, indent + 1)
    }
    if isShort { parts.insert("…", at: edge) }
    let gap = tensor.rank == 1 ? ", " : ",\n" + String(repeating: " ", count: indent + 1)
    return "{" + parts.joined(separator: gap) + "}"
  }

  private static func number(_ value: Double, _ dtype: DType) -> String {
    switch dtype {
    case .bool: value != 0 ? "true" : "false"
    case .int32: String(Int(value))
    case .float32:
      value == 0 || (abs(value) >= 1e-3 && abs(value) < 1e5)
        ? String(format: "%.4f", value) : String(format: "%.4g", value)
    }
  }
}
