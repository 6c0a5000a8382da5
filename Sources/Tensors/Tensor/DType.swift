/// The types of a tensor's elements.
public enum DType: String, Sendable, CaseIterable {
  case float32
  case int32
  case bool

  /// Bytes of an element.
  var width: Int { self == .bool ? 1 : 4 }
}

/// A Swift type of tensor elements.
public protocol Scalar: Sendable {
  static var dtype: DType { get }
}

extension Float: Scalar { public static var dtype: DType { .float32 } }
extension Int32: Scalar { public static var dtype: DType { .int32 } }
extension Bool: Scalar { public static var dtype: DType { .bool } }
