/// The instructions of pickles, protocols 0 to 5, by their byte.
///
/// Source: Python's `Lib/pickletools.py`.
enum PickleOpcode: UInt8 {
  case mark = 0x28  // (
  case emptyTuple = 0x29  // )
  case stop = 0x2E  // .
  case pop = 0x30  // 0
  case popMark = 0x31  // 1
  case duplicate = 0x32  // 2
  case bytes32 = 0x42  // B
  case bytes8 = 0x43  // C
  case floatLine = 0x46  // F
  case float = 0x47  // G
  case integerLine = 0x49  // I
  case int32 = 0x4A  // J
  case uint8 = 0x4B  // K
  case longLine = 0x4C  // L
  case uint16 = 0x4D  // M
  case none = 0x4E  // N
  case persistentLine = 0x50  // P
  case persistent = 0x51  // Q
  case reduce = 0x52  // R
  case stringLine = 0x53  // S
  case string32 = 0x54  // T
  case string8 = 0x55  // U
  case textLine = 0x56  // V
  case text32 = 0x58  // X
  case emptyList = 0x5D  // ]
  case append = 0x61  // a
  case build = 0x62  // b
  case global = 0x63  // c
  case dictionary = 0x64  // d
  case appends = 0x65  // e
  case getLine = 0x67  // g
  case get8 = 0x68  // h
  case instance = 0x69  // i
  case get32 = 0x6A  // j
  case list = 0x6C  // l
  case object = 0x6F  // o
  case putLine = 0x70  // p
  case put8 = 0x71  // q
  case put32 = 0x72  // r
  case setItem = 0x73  // s
  case tuple = 0x74  // t
  case setItems = 0x75  // u
  case emptyDictionary = 0x7D  // }
  case version = 0x80
  case newObject = 0x81
  case extension8 = 0x82
  case extension16 = 0x83
  case extension32 = 0x84
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case yes = 0x88
  case no = 0x89
  case long8 = 0x8A
  case long32 = 0x8B
  case text8 = 0x8C
  case text64 = 0x8D
  case bytes64 = 0x8E
  case emptySet = 0x8F
  case addItems = 0x90
  case frozenSet = 0x91
  case newObjectWithKeywords = 0x92
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95
  case byteArray64 = 0x96
  case nextBuffer = 0x97
  case readOnlyBuffer = 0x98

  /// What follows the byte of an instruction.
  enum Argument: Equatable {
    case nothing
    /// So many bytes.
    case fixed(Int)
    /// A length of so many bytes, and as many bytes as it says.
    case counted(Int)
    /// So many lines of text.
    case lines(Int)
  }

  var argument: Argument {
    switch self {
    case .uint8, .get8, .put8, .version, .extension8: .fixed(1)
    case .uint16, .extension16: .fixed(2)
    case .int32, .get32, .put32, .extension32: .fixed(4)
    case .float, .frame: .fixed(8)
    case .bytes8, .string8, .text8, .long8: .counted(1)
    case .bytes32, .string32, .text32, .long32: .counted(4)
    case .text64, .bytes64, .byteArray64: .counted(8)
    case .floatLine, .integerLine, .longLine, .persistentLine, .stringLine, .textLine, .getLine, .putLine:
      .lines(1)
    case .global, .instance: .lines(2)
    default: .nothing
    }
  }
}
