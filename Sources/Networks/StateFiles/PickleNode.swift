import Foundation
import Tensors

/// A value of a pickle. Parts are indices of other values, so that one that contains itself, or a chain of millions, is
/// only data.
enum PickleNode {
  case none
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  case bytes(Data)
  case tuple([Int])
  case list([Int])
  case set([Int])
  case dictionary([(key: Int, value: Int)])
  /// A class or function that has a meaning in state files.
  case known(PickleGlobal)
  /// Any other class or function: the texts of its module and of its name.
  case foreign(module: Int, name: Int)
  indirect case object(Object)
  indirect case storage(Storage)
  indirect case tensor(Layout)
  /// Something that a pickle refers to but does not contain, by its kind.
  case outside(String)

  /// An instance of a class, or the result of a function, that state files do not define. Nothing was run to make it.
  struct Object {
    /// The class or function.
    let maker: Int
    /// What it was called with, a tuple.
    let arguments: Int
    /// What it was set up with: its attributes, for most classes.
    var state: Int?
    /// What was appended to it, for a class that is a list or a set.
    var items: [Int] = []
    /// What was set in it, for a class that is a dict.
    var entries: [(key: Int, value: Int)] = []
  }

  /// The type of a tensor's elements.
  enum Elements {
    case stored(StoredType)
    /// A type that cannot be read: a class of storages, or an element type.
    case foreign(Int)
    /// The bytes of a storage without a type of its own.
    case untyped
  }

  /// The elements of tensors, in an entry of their own.
  struct Storage {
    let key: String
    let elements: Elements
    let count: Int
  }

  /// A tensor's layout in a storage.
  struct Layout {
    let storage: Storage
    let elements: Elements
    let offset: Int
    let shape: [Int]
    let strides: [Int]
  }

  /// Python's name of the type, for messages.
  var kind: String {
    switch self {
    case .none: "None"
    case .boolean: "bool"
    case .integer: "int"
    case .number: "float"
    case .text: "str"
    case .bytes: "bytes"
    case .tuple: "tuple"
    case .list: "list"
    case .set: "set"
    case .dictionary: "dict"
    case .known, .foreign: "class"
    case .object: "object"
    case .storage: "storage"
    case .tensor: "tensor"
    case .outside(let kind): kind
    }
  }
}

/// The classes and functions with a meaning in state files. None of them is ever run: each stands for a form of data.
enum PickleGlobal: Hashable {
  /// A dict, filled by what follows.
  case dictionary
  /// `collections.Counter`, in which PyTorch's schedulers store milestones.
  case counter
  case set
  /// Bytes as protocol 2 has them: text, and how it is encoded.
  case encodedBytes
  case size
  case device
  case rebuildTensor
  /// A tensor of a class of its own: a function, a class, arguments of the function, attributes.
  case rebuildTyped
  /// What stands first among the arguments, as with `torch.nn.Parameter`.
  case rebuildParameter
  case storage(StoredType)
  case untypedStorage
  case elementType(StoredType)

  private static let known: [String: PickleGlobal] = {
    var known: [String: PickleGlobal] = [
      "collections.OrderedDict": .dictionary, "collections.defaultdict": .dictionary,
      "collections.Counter": .counter, "_codecs.encode": .encodedBytes, "torch.Size": .size,
      "torch.device": .device, "torch._utils._rebuild_tensor": .rebuildTensor,
      "torch._utils._rebuild_tensor_v2": .rebuildTensor, "torch._utils._rebuild_tensor_v3": .rebuildTensor,
      "torch._tensor._rebuild_from_type_v2": .rebuildTyped, "torch._utils._rebuild_parameter": .rebuildParameter,
      "torch._utils._rebuild_parameter_with_state": .rebuildParameter,
      "torch.UntypedStorage": .untypedStorage, "torch.storage.UntypedStorage": .untypedStorage,
      "torch.storage._UntypedStorage": .untypedStorage,
    ]
    for module in ["builtins", "__builtin__"] {
      for name in ["set", "frozenset"] { known["\(module).\(name)"] = .set }
    }
    let storages: [String: StoredType] = [
      "Float": .float32, "Double": .float64, "Half": .float16, "BFloat16": .bfloat16, "Long": .int64,
      "Int": .int32, "Short": .int16, "Char": .int8, "Byte": .uint8, "Bool": .bool,
    ]
    for (name, type) in storages {
      for module in ["torch", "torch.cuda"] { known["\(module).\(name)Storage"] = .storage(type) }
    }
    for type in StoredType.allCases { known["torch.\(type.rawValue)"] = .elementType(type) }
    return known
  }()

  /// The longest of the known names, in bytes.
  static let maxLength = known.keys.reduce(0) { max($0, $1.utf8.count) }

  /// What `module.name` stands for; nil for a name without a meaning here.
  init?(_ name: String) {
    guard let global = Self.known[name] else { return nil }
    self = global
  }

  /// A name of it in Python, for messages.
  var name: String { Self.known.filter { $0.value == self }.keys.min() ?? "a class" }
}
