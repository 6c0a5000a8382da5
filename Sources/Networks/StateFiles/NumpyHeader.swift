import Tensors

/// The header of an npy file, a Python dict: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NumpyHeader {
  let descriptor: String
  let isFortran: Bool
  let shape: [Int]

  /// Longer headers are refused; NumPy's own are below it.
  static let longest = 1 << 16

  /// Element types by NumPy's codes.
  static let types: [String: StoredType] = [
    "<f2": .float16, "<f4": .float32, "<f8": .float64, "|b1": .bool, "|i1": .int8, "|u1": .uint8,
    "<i2": .int16,
    "<u2": .uint16, "<i4": .int32, "<u4": .uint32, "<i8": .int64, "<u8": .uint64,
  ]

  /// Reads the text; nil when it has other fields, or other values, than arrays of numbers need.
  init?(_ text: String) {
    var scanner = Scanner(text)
    var descriptor = String?.none
    var isFortran = Bool?.none
    var shape = [Int]?.none
    guard scanner.take("{") else { return nil }
    while !scanner.take("}") {
      guard let name = scanner.quoted(), scanner.take(":") else { return nil }
      switch name {
      case "descr" where descriptor == nil: descriptor = scanner.quoted()
      case "fortran_order" where isFortran == nil: isFortran = scanner.boolean()
      case "shape" where shape == nil: shape = scanner.numbers()
      default: return nil
      }
      if !scanner.take(",") {
        guard scanner.take("}") else { return nil }
        break
      }
    }
    guard scanner.isAtEnd, let descriptor, let isFortran, let shape else { return nil }
    self.descriptor = descriptor
    self.isFortran = isFortran
    self.shape = shape
  }

  /// The file's header for an array in row-major order, with what stands before it.
  static func bytes(of tensor: Tensor) -> [UInt8] {
    let code =
      switch tensor.dtype {
      case .float32: "<f4"
      case .int32: "<i4"
      case .bool: "|b1"
      }
    let shape = tensor.shape.map { "\($0)," }.joined(separator: " ")
    var text = "{'descr': '\(code)', 'fortran_order': False, 'shape': (\(shape)), }"
    // The elements begin at a multiple of 64.
    let start = NumpyFile.magic.count + 4
    text += String(repeating: " ", count: 63 - (start + text.utf8.count) % 64) + "\n"
    let length = UInt16(clamping: text.utf8.count)
    return NumpyFile.magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + [UInt8](text.utf8)
  }

  /// The few kinds of Python literals that headers have.
  private struct Scanner {
    private let text: [UInt8]
    private var at = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    var isAtEnd: Bool { text[at...].allSatisfy { $0 == 0x20 || $0 == 0x0A } }

    private mutating func skipSpace() { while at < text.count, text[at] == 0x20 { at += 1 } }

    mutating func take(_ word: String) -> Bool {
      skipSpace()
      guard text[at...].starts(with: word.utf8) else { return false }
      at += word.utf8.count
      return true
    }

    mutating func quoted() -> String? {
      guard let quote = take("'") ? "'" : take("\"") ? "\"" : nil, let sign = quote.utf8.first,
        let end = text[at...].firstIndex(of: sign)
      else { return nil }
      defer { at = end + 1 }
      return String(decoding: text[at..<end], as: UTF8.self)
    }

    mutating func boolean() -> Bool? { take("True") ? true : take("False") ? false : nil }

    /// `()`, `(2,)`, `(2, 3)`; a Python 2 file has `2L`.
    mutating func numbers() -> [Int]? {
      guard take("(") else { return nil }
      var numbers: [Int] = []
      while !take(")") {
        skipSpace()
        let digits = text[at...].prefix { (0x30...0x39).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 64 else {
          return nil
        }
        at += digits.count
        _ = take("L")
        numbers.append(number)
        if !take(",") {
          guard take(")") else { return nil }
          break
        }
      }
      return numbers
    }
  }
}
