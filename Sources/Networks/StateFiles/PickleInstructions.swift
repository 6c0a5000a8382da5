import Foundation
import Support

/// The instructions of a pickle, one after another.
struct PickleInstructions {
  /// An instruction and the bytes of its argument, without those of its length.
  struct Instruction {
    let opcode: PickleOpcode
    let argument: Data
  }

  private var reader: ByteReader
  /// The offset of the current instruction.
  private(set) var offset = 0

  /// - Parameter position: the offset of the pickle in `bytes`.
  init(_ bytes: Data, at position: Int = 0) { reader = ByteReader(bytes, at: position) }

  /// The offset behind the current instruction.
  var end: Int { reader.position }

  /// The offset behind the pickle that begins at `position`, without a value being made.
  ///
  /// - Throws: ``Pickle/Problem``, `InterruptionError`.
  static func end(of bytes: Data, from position: Int = 0) throws -> Int {
    var instructions = PickleInstructions(bytes, at: position)
    var watch = Interruption.Watch()
    while try instructions.next().opcode != .stop { try watch.count(100, "reading a pickle") }
    return instructions.end
  }

  /// The next instruction.
  mutating func next() throws(Pickle.Problem) -> Instruction {
    offset = reader.position
    let byte = try need(reader.byte())
    guard let opcode = PickleOpcode(rawValue: byte) else {
      throw problem("it has the instruction 0x\(String(byte, radix: 16)), which no pickle has")
    }
    switch opcode.argument {
    case .nothing: return Instruction(opcode: opcode, argument: Data())
    case .fixed(let count): return Instruction(opcode: opcode, argument: try need(reader.take(count)))
    case .lines(let count): return Instruction(opcode: opcode, argument: try need(reader.lines(count)))
    case .counted(let width):
      let length = try need(width == 1 ? reader.byte().map(Int.init) : width == 4 ? reader.word() : reader.long())
      guard let bytes = reader.take(length) else {
        throw problem("a text claims \(length) bytes of the \(reader.remaining) that remain")
      }
      return Instruction(opcode: opcode, argument: bytes)
    }
  }

  /// The problem at the current instruction.
  func problem(_ reason: String) -> Pickle.Problem { Pickle.Problem(offset: offset, reason: reason) }

  private func need<Value>(_ value: Value?) throws(Pickle.Problem) -> Value {
    guard let value else { throw problem("it is cut short") }
    return value
  }
}

extension PickleInstructions.Instruction {
  /// The argument as text; bytes that are not UTF-8 are replaced.
  var text: String { String(decoding: argument, as: UTF8.self) }

  /// The argument as an unsigned number of up to 8 bytes, little-endian, at most `Int.max`.
  var number: Int {
    Int(clamping: argument.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// The argument as an integer of its length, in two's complement; beyond 64 bits it is rounded to a float.
  var integer: PickleNode {
    let isNegative = (argument.last ?? 0) & 0x80 != 0
    if argument.count <= 8 {
      let start: UInt64 = isNegative ? .max : 0
      return .integer(Int(truncatingIfNeeded: argument.reversed().reduce(start) { $0 << 8 | UInt64($1) }))
    }
    let size = argument.reversed().reduce(0.0) { $0 * 256 + Double($1) }
    return .number(isNegative ? size - Foundation.pow(256, Double(argument.count)) : size)
  }

  /// The argument as a float, big-endian.
  var float: Double {
    Double(bitPattern: argument.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// The argument as a number in digits: `12`, `12L`, `0.5`; `01` and `00` are Python's truth values.
  var digits: PickleNode? {
    var text = text
    if text == "01" || text == "00" { return .boolean(text == "01") }
    if text.hasSuffix("L") { text.removeLast() }
    if let integer = Int(text) { return .integer(integer) }
    return Double(text).map { .number($0) }
  }
}
