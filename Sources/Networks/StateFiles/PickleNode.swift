import Tensors

/// A value of a pickle. Parts are numbers of other values, so that one that contains itself, or a chain of millions,
/// is only data.
enum PickleNode {
  case none
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case tuple([Int])
  case list([Int])
  case dictionary([(key: Int, value: Int)])
  case global(PickleGlobal)
  indirect case storage(Storage)
  indirect case tensor(Layout)

  /// The elements of an entry of the archive.
  struct Storage {
    let key: String
    let type: StoredType
    let count: Int
  }

  /// A tensor's place in a storage.
  struct Layout {
    let storage: Storage
    let offset: Int
    let shape: [Int]
    let strides: [Int]
  }

  /// For messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .boolean: "bool"
    case .integer: "int"
    case .number: "float"
    case .text: "str"
    case .tuple: "tuple"
    case .list: "list"
    case .dictionary: "dict"
    case .global: "class"
    case .storage: "storage"
    case .tensor: "tensor"
    }
  }
}
