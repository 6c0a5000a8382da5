import Foundation
import Support
import Tensors

/// NumPy's arrays: one in an npy file, several by name in an npz archive.
///
/// Reads versions 1 to 3 of the format. Source: NumPy's `numpy/lib/_format_impl.py`.
enum NumpyFile {
  /// The first bytes of npy files.
  static let magic = [0x93] + [UInt8]("NUMPY".utf8)

  /// The extension of the arrays in npz archives.
  static let ending = ".npy"

  /// Reads an npz archive: a table of its arrays, whose names lose their `.npy`.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``, `TensorError` when the memory budget does not admit it,
  ///   `InterruptionError`.
  static func read(
    _ archive: ZipArchive, named path: String, on device: Device, where isWanted: (String) -> Bool
  ) throws -> StateValue {
    guard archive.entries.isEmpty || archive.entries.contains(where: { $0.name.hasSuffix(ending) }) else {
      let names = archive.entries.prefix(5).map { $0.name.printable(limit: 40) }.joined(separator: ", ")
      throw NetworkError.badFile(
        path: path,
        reason: "it is a zip archive, but neither PyTorch's (data.pkl) nor npz (….npy); it contains \(names)")
    }
    var table: [(name: String, value: StateValue)] = []
    for entry in archive.entries where !entry.name.hasSuffix("/") {
      try Interruption.check("reading \(path)")
      let isArray = entry.name.hasSuffix(ending)
      let name = isArray ? String(entry.name.dropLast(ending.count)) : entry.name
      table.append((name, isWanted(name) ? try value(entry, isArray, archive, device) : .skipped))
    }
    return .table(table)
  }

  /// One entry of an archive as a tensor.
  private static func value(
    _ entry: ZipArchive.Entry, _ isArray: Bool, _ archive: ZipArchive, _ device: Device
  ) throws -> StateValue {
    guard isArray else { return .unusable(.init(type: "file", reason: "it is not an array (.npy)")) }
    do {
      let content = try archive.unpack(entry, on: device)
      defer { withExtendedLifetime(content) {} }
      let array = try read(content.bytes, on: device)
      return .tensor(array.tensor, stored: array.stored)
    } catch let problem as Problem {
      return .unusable(.init(type: problem.type, reason: problem.message))
    } catch let problem as ZipArchive.Problem {
      return .unusable(.init(type: "damaged entry", reason: ErrorMessage(problem.reason)))
    }
  }

  /// Why an array cannot be read, and its type as far as it is known.
  struct Problem: Error {
    let type: String
    let message: ErrorMessage
  }

  /// Reads an array.
  ///
  /// - Throws: ``Problem``, `TensorError` when the memory budget does not admit it.
  static func read(_ file: Data, on device: Device) throws -> (tensor: Tensor, stored: StoredType) {
    var type = "damaged array"
    func bad(_ message: ErrorMessage) -> Problem { Problem(type: type, message: message) }
    guard file.starts(with: magic) else { throw bad("it does not begin with the signature of npy files") }
    var reader = ByteReader(file, at: magic.count)
    guard let major = reader.byte(), reader.byte() != nil else { throw bad("it is cut short") }
    guard (1...3).contains(major) else {
      throw bad("it has version \(major) of npy; versions 1 to 3 can be read")
    }
    guard let length = major == 1 ? reader.short() : reader.word() else { throw bad("it is cut short") }
    guard length <= NumpyHeader.maxLength, let text = reader.take(length) else {
      throw bad("its header claims \(length) bytes of the \(reader.remaining) that remain")
    }
    guard let header = NumpyHeader(String(decoding: text, as: UTF8.self)) else {
      throw bad("its header is damaged, or that of a structured array: \(clean(text))")
    }
    type = header.descriptor.printable(limit: 40)
    guard let elements = NumpyHeader.types[header.descriptor] else {
      throw bad(unreadable(header.descriptor))
    }
    let body = reader.take(reader.remaining) ?? Data()
    do {
      let tensor = try Tensor(
        stored: body, as: elements, shape: header.shape, isColumnMajor: header.isFortran, on: device)
      return (tensor, elements)
    } catch {
      throw error.exitCode == .limit ? error as any Error : bad(error.message)
    }
  }

  private static func clean(_ text: Data) -> String {
    String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).printable(
      limit: 120)
  }

  /// Why elements of this type cannot be read.
  private static func unreadable(_ descriptor: String) -> ErrorMessage {
    let type = "'\(descriptor.printable(limit: 40))'"
    switch descriptor.first {
    case ">":
      return ErrorMessage(
        "its elements, \(type), are big-endian",
        hint: "in Python, a.astype(a.dtype.newbyteorder(\"<\"))")
    case "|" where descriptor.dropFirst().first == "O":
      return ErrorMessage(
        "its elements are Python objects, which cannot be read without running code",
        hint: "in Python, a.astype(float)")
    default: return "its elements, \(type), are not numbers of a known type"
    }
  }
}

extension NumpyFile {
  /// The bytes of an npz file: an archive of named arrays, not compressed, as `numpy.savez` writes it.
  ///
  /// - Throws: ``NetworkError/badArgument(operation:reason:hint:)`` for more than a plain zip archive holds, 4 GiB.
  static func encode(_ tensors: [(name: String, tensor: Tensor)]) throws -> Data {
    var file = Data()
    var list = Data()
    for (name, tensor) in tensors {
      let title = [UInt8]((name + ending).utf8)
      let header = Data(NumpyHeader.bytes(of: tensor))
      let elements = try tensor.bytes
      let content = header + elements
      guard title.count <= 0xFFFF, tensors.count < 0xFFFF,
        file.count + content.count + list.count < 0xF000_0000
      else {
        throw NetworkError.badArgument(
          operation: "save",
          reason: "an npz archive holds at most 65534 arrays, 4 GiB, and names of 64 KiB",
          hint: "name it ….safetensors"
        )
      }
      let offset = file.count
      // Version 2.0; bit 11: names are UTF-8; stored; no time of day, so that equal tensors make equal files.
      var common: [UInt8] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]
      common += little(Int(Deflate.checksum(content))) + little(content.count) + little(content.count)
      common += little(title.count, 2) + [0, 0]
      file.append(contentsOf: ZipArchive.magic + common + title)
      file.append(content)
      list.append(contentsOf: little(0x0201_4B50) + [20, 0] + common + [UInt8](repeating: 0, count: 10))
      list.append(contentsOf: little(offset) + title)
    }
    let count = little(tensors.count, 2)
    return file + list
      + (little(0x0605_4B50) + [0, 0, 0, 0] + count + count + little(list.count) + little(file.count) + [
        0, 0,
      ])
  }

  private static func little(_ number: Int, _ width: Int = 4) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}

/// The header of an npy file, a Python dict: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NumpyHeader {
  let descriptor: String
  let isFortran: Bool
  let shape: [Int]

  /// Longer headers are refused; NumPy's own are shorter.
  static let maxLength = 1 << 16

  /// Element types by NumPy's codes.
  static let types: [String: StoredType] = [
    "<f2": .float16, "<f4": .float32, "<f8": .float64, "|b1": .bool, "|i1": .int8, "|u1": .uint8,
    "<i2": .int16,
    "<u2": .uint16, "<i4": .int32, "<u4": .uint32, "<i8": .int64, "<u8": .uint64,
  ]

  /// Parses the text; nil when it has other fields or values than those of an array of numbers.
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

  /// The header of an array in row-major order, with signature, version and length before it.
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

  /// Reads the few kinds of Python literals that headers have.
  private struct Scanner {
    private let text: [UInt8]
    private var position = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    var isAtEnd: Bool { text[position...].allSatisfy { $0 == 0x20 || $0 == 0x0A } }

    private mutating func skipSpace() {
      while position < text.count, text[position] == 0x20 { position += 1 }
    }

    mutating func take(_ word: String) -> Bool {
      skipSpace()
      guard text[position...].starts(with: word.utf8) else { return false }
      position += word.utf8.count
      return true
    }

    mutating func quoted() -> String? {
      guard let quote = take("'") ? "'" : take("\"") ? "\"" : nil, let mark = quote.utf8.first,
        let end = text[position...].firstIndex(of: mark)
      else { return nil }
      defer { position = end + 1 }
      return String(decoding: text[position..<end], as: UTF8.self)
    }

    mutating func boolean() -> Bool? { take("True") ? true : take("False") ? false : nil }

    /// `()`, `(2,)`, `(2, 3)`; a Python 2 file has `2L`.
    mutating func numbers() -> [Int]? {
      guard take("(") else { return nil }
      var numbers: [Int] = []
      while !take(")") {
        skipSpace()
        let digits = text[position...].prefix { (0x30...0x39).contains($0) }
        guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 64 else {
          return nil
        }
        position += digits.count
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
