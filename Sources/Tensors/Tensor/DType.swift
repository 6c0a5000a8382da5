/// The types of a tensor's elements.
public enum DType: String, Sendable, CaseIterable {
  case float32
  case int32
  case bool

  /// Bytes an element takes.
  var width: Int { self == .bool ? 1 : 4 }
}

/// A Swift type that is stored in tensors.
public protocol Scalar: Sendable {
  static var dtype: DType { get }
}

extension Float: Scalar { public static var dtype: DType { .float32 } }
extension Int32: Scalar { public static var dtype: DType { .int32 } }
extension Bool: Scalar { public static var dtype: DType { .bool } }
