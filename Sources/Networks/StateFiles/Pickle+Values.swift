import Tensors

/// A value of a pickle. Parts are indices of other values, so that one that contains itself, or a chain of millions, is
/// only data.
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

  /// A tensor's layout in a storage.
  struct Layout {
    let storage: Storage
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
    case .tuple: "tuple"
    case .list: "list"
    case .dictionary: "dict"
    case .global: "class"
    case .storage: "storage"
    case .tensor: "tensor"
    }
  }
}

/// The classes and functions that a state file may name. None of them is ever run: each stands for a form of data.
enum PickleGlobal: Equatable {
  case orderedDictionary
  /// `collections.Counter`, in which PyTorch's schedulers store milestones.
  case counter
  case size
  case device
  case rebuildTensor
  case rebuildParameter
  case storage(StoredType)
  /// An element type, which becomes its name.
  case elementType(String)

  private static let known: [String: PickleGlobal] = {
    var known: [String: PickleGlobal] = [
      "collections.OrderedDict": .orderedDictionary, "collections.Counter": .counter, "torch.Size": .size,
      "torch.device": .device, "torch._utils._rebuild_tensor_v2": .rebuildTensor,
      "torch._utils._rebuild_parameter": .rebuildParameter,
    ]
    let storages: [String: StoredType] = [
      "Float": .float32, "Double": .float64, "Half": .float16, "BFloat16": .bfloat16, "Long": .int64,
      "Int": .int32,
      "Short": .int16, "Char": .int8, "Byte": .uint8, "Bool": .bool,
    ]
    for (name, type) in storages {
      known["torch.\(name)Storage"] = .storage(type)
      known["torch.\(type.rawValue)"] = .elementType("torch.\(type.rawValue)")
    }
    return known
  }()

  /// What `module.name` stands for; nil for a name that state files do not need.
  init?(_ name: String) {
    guard let global = Self.known[name] else { return nil }
    self = global
  }

  /// Its name in Python.
  var name: String { Self.known.first { $0.value == self }?.key ?? "a class" }
}

/// The instructions of a pickle that state files need, by their byte. All others are refused by name.
///
/// Source: Python's `Lib/pickletools.py`.
enum PickleOpcode: UInt8 {
  case mark = 0x28  // (
  case emptyTuple = 0x29  // )
  case stop = 0x2E  // .
  case floating = 0x47  // G
  case int32 = 0x4A  // J
  case int8 = 0x4B  // K
  case int16 = 0x4D  // M
  case none = 0x4E  // N
  case persistent = 0x51  // Q
  case reduce = 0x52  // R
  case text = 0x58  // X
  case append = 0x61  // a
  case build = 0x62  // b
  case global = 0x63  // c
  case appends = 0x65  // e
  case get8 = 0x68  // h
  case get32 = 0x6A  // j
  case emptyList = 0x5D  // ]
  case put8 = 0x71  // q
  case put32 = 0x72  // r
  case setItem = 0x73  // s
  case tuple = 0x74  // t
  case setItems = 0x75  // u
  case emptyDictionary = 0x7D  // }
  case version = 0x80
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case yes = 0x88
  case no = 0x89
  case long8 = 0x8A

  /// The names of the others, for messages.
  private static let refused: [UInt8: String] = [
    0x30: "POP", 0x31: "POP_MARK", 0x32: "DUP", 0x46: "FLOAT", 0x49: "INT", 0x4C: "LONG", 0x50: "PERSID",
    0x53: "STRING", 0x54: "BINSTRING", 0x55: "SHORT_BINSTRING", 0x56: "UNICODE", 0x42: "BINBYTES",
    0x43: "SHORT_BINBYTES", 0x64: "DICT", 0x67: "GET", 0x69: "INST", 0x6C: "LIST", 0x6F: "OBJ", 0x70: "PUT",
    0x81: "NEWOBJ", 0x82: "EXT1", 0x83: "EXT2", 0x84: "EXT4", 0x8B: "LONG4", 0x8C: "SHORT_BINUNICODE",
    0x8D: "BINUNICODE8", 0x8E: "BINBYTES8", 0x8F: "EMPTY_SET", 0x90: "ADDITEMS", 0x91: "FROZENSET",
    0x92: "NEWOBJ_EX", 0x93: "STACK_GLOBAL", 0x94: "MEMOIZE", 0x95: "FRAME", 0x96: "BYTEARRAY8",
    0x97: "NEXT_BUFFER", 0x98: "READONLY_BUFFER",
  ]

  /// The name of an instruction that state files do not need.
  static func name(of byte: UInt8) -> String { refused[byte] ?? "0x" + String(byte, radix: 16) }
}
