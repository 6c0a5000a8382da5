import Foundation
import Support

/// Parses Python's pickles as far as state files need them: protocol 2, a few instructions, a few classes. No code is
/// ever run.
///
/// A pickle is a program for a machine with a stack and a memo. Every instruction adds at most one value, so a pickle
/// costs memory in proportion to its bytes (``bytesPerByte``), whatever it contains. Source: Python's
/// `Lib/pickletools.py`.
struct Pickle {
  /// What is wrong with a pickle, and at which byte.
  struct Problem: Error {
    /// The offset of the instruction.
    let offset: Int
    let reason: String
    let hint: String?
  }

  /// The most memory that a byte of a pickle can cost: a value, and its entries in stack and memo.
  static let bytesPerByte = 128

  private var reader: ByteReader
  /// The offset of the current instruction.
  private var offset = 0
  /// All values created so far.
  private(set) var nodes: [PickleNode] = []
  private var stack: [Int] = []
  /// Sizes of the stack at the marks.
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]

  private init(_ bytes: Data) { reader = ByteReader(bytes) }

  /// Parses a pickle: its values, and the index of the outermost one.
  ///
  /// - Throws: ``Problem``, `InterruptionError`.
  static func read(_ bytes: Data) throws -> (nodes: [PickleNode], root: Int) {
    var pickle = Pickle(bytes)
    var watch = Interruption.Watch()
    while true {
      try watch.count(1000, "reading a pickle")
      pickle.offset = pickle.reader.position
      let byte = try pickle.need(pickle.reader.byte())
      guard let opcode = PickleOpcode(rawValue: byte) else {
        throw pickle.problem(
          "it has the instruction \(PickleOpcode.name(of: byte)), which no state file needs")
      }
      if opcode == .stop { return (pickle.nodes, try pickle.pop()) }
      try pickle.run(opcode)
    }
  }

  private mutating func run(_ opcode: PickleOpcode) throws(Problem) {
    switch opcode {
    case .version:
      let version = try need(reader.byte())
      guard version == 2 else { throw problem("it has protocol \(version); state files have protocol 2") }
    case .mark: marks.append(stack.count)
    case .stop: break
    case .none: push(.none)
    case .yes: push(.boolean(true))
    case .no: push(.boolean(false))
    case .int8: push(.integer(Int(try need(reader.byte()))))
    case .int16: push(.integer(try need(reader.short())))
    case .int32: push(.integer(Int(try need(reader.number(Int32.self)))))
    case .long8: push(try long())
    case .floating:
      push(.number(Double(bitPattern: try need(reader.number(UInt64.self)).byteSwapped)))
    case .text: push(.text(try text(try need(reader.word()))))
    case .emptyTuple: push(.tuple([]))
    case .emptyList: push(.list([]))
    case .emptyDictionary: push(.dictionary([]))
    case .tuple: push(.tuple(try popToMark()))
    case .tuple1: push(.tuple(try pop(1)))
    case .tuple2: push(.tuple(try pop(2)))
    case .tuple3: push(.tuple(try pop(3)))
    case .append: try append(try pop(1))
    case .appends: try append(try popToMark())
    case .setItem: try set(try pop(2))
    case .setItems: try set(try popToMark())
    case .put8: memo[Int(try need(reader.byte()))] = try top()
    case .put32: memo[try need(reader.word())] = try top()
    case .get8: try recall(Int(try need(reader.byte())))
    case .get32: try recall(try need(reader.word()))
    case .global: push(.global(try global()))
    case .persistent: push(.storage(try storage(try pop())))
    case .reduce:
      let parts = try pop(2)
      try call(parts[0], parts[1])
    case .build: try build()
    }
  }

  // The stack.

  private mutating func push(_ node: PickleNode) {
    stack.append(nodes.count)
    nodes.append(node)
  }

  private func top() throws(Problem) -> Int {
    guard let top = stack.last, stack.count > marks.last ?? 0 else {
      throw problem("its stack is empty")
    }
    return top
  }

  private mutating func pop() throws(Problem) -> Int {
    let top = try top()
    stack.removeLast()
    return top
  }

  private mutating func pop(_ count: Int) throws(Problem) -> [Int] {
    guard stack.count - (marks.last ?? 0) >= count else {
      throw problem("fewer than \(count) values are on its stack")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(Problem) -> [Int] {
    guard let mark = marks.popLast() else { throw problem("a mark is missing") }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  private mutating func recall(_ key: Int) throws(Problem) {
    guard let node = memo[key] else { throw problem("it recalls memo \(key), which it never stored") }
    stack.append(node)
  }

  // Containers.

  private mutating func append(_ values: [Int]) throws(Problem) {
    let target = try top()
    guard case .list(var list) = nodes[target] else { throw problem("it appends to a \(nodes[target].kind)") }
    // The list is taken out first: a copy for every value would make parsing quadratic.
    nodes[target] = .none
    list += values
    nodes[target] = .list(list)
  }

  private mutating func set(_ values: [Int]) throws(Problem) {
    let target = try top()
    guard case .dictionary(var entries) = nodes[target] else {
      throw problem("it sets an item of a \(nodes[target].kind)")
    }
    guard values.count % 2 == 0 else { throw problem("it sets an item without a value") }
    for key in stride(from: 0, to: values.count, by: 2) {
      switch nodes[values[key]] {
      case .text, .integer: break
      case let other: throw problem("a dict has a \(other.kind) as a key; only str and int can be read")
      }
    }
    nodes[target] = .none
    for at in stride(from: 0, to: values.count, by: 2) { entries.append((values[at], values[at + 1])) }
    nodes[target] = .dictionary(entries)
  }

  // Literals.

  private func need<Value>(_ value: Value?) throws(Problem) -> Value {
    guard let value else { throw problem("it is cut short") }
    return value
  }

  private mutating func text(_ length: Int) throws(Problem) -> String {
    guard let bytes = reader.take(length) else {
      throw problem("a text claims \(length) bytes of the \(reader.remaining) that remain")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// An integer of up to 255 bytes; beyond 64 bits it is rounded to a float.
  private mutating func long() throws(Problem) -> PickleNode {
    let bytes = try need(reader.take(Int(try need(reader.byte()))))
    let isNegative = (bytes.last ?? 0) & 0x80 != 0
    if bytes.count <= 8 {
      let start: UInt64 = isNegative ? .max : 0
      return .integer(Int(truncatingIfNeeded: bytes.reversed().reduce(start) { $0 << 8 | UInt64($1) }))
    }
    let size = bytes.reversed().reduce(0.0) { $0 * 256 + Double($1) }
    return .number(isNegative ? size - Foundation.pow(256, Double(bytes.count)) : size)
  }

  private mutating func global() throws(Problem) -> PickleGlobal {
    let name = "\(try line()).\(try line())"
    guard let global = PickleGlobal(name) else {
      throw problem(
        "it names \(name.printable(limit: 120)), which does not belong in a state (nothing was run)",
        hint: "in Python, torch.save(model.state_dict(), \"state.pt\") saves the state alone")
    }
    return global
  }

  private mutating func line() throws(Problem) -> String {
    var bytes: [UInt8] = []
    while true {
      let byte = try need(reader.byte())
      if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
      guard bytes.count < 200 else { throw problem("the name of a class is longer than 200 bytes") }
      bytes.append(byte)
    }
  }

  /// The problem at the current instruction.
  func problem(_ reason: String, hint: String? = nil) -> Problem {
    Problem(offset: offset, reason: reason, hint: hint)
  }
}

// Instructions that combine values of the stack.
extension Pickle {
  private mutating func build() throws(Problem) {
    let parts = try pop(2)
    stack.append(parts[0])
    // Attributes of an OrderedDict: `_metadata` of a module's state, which only PyTorch needs.
    guard case (.dictionary, .dictionary) = (nodes[parts[0]], nodes[parts[1]]) else {
      throw problem("it sets up a \(nodes[parts[0]].kind) with a \(nodes[parts[1]].kind)")
    }
  }

  /// Pushes what calling a class or function would return; where that is an argument, the argument itself.
  private mutating func call(_ function: Int, _ arguments: Int) throws(Problem) {
    guard case .global(let global) = nodes[function], case .tuple(let arguments) = nodes[arguments] else {
      throw problem("it calls a \(nodes[function].kind) with a \(nodes[arguments].kind)")
    }
    let values = arguments.prefix(8).map { nodes[$0] }
    switch (global, values.first, values.count) {
    case (.orderedDictionary, nil, _), (.counter, nil, _): return push(.dictionary([]))
    case (.counter, .dictionary, 1), (.size, .tuple, 1), (.rebuildParameter, .tensor, _):
      return stack.append(arguments[0])
    case (.device, .text, 1): return stack.append(arguments[0])
    case (.device, .text(let name), 2):
      if case .integer(let number) = values[1] { return push(.text("\(name):\(number)")) }
    case (.rebuildTensor, .storage(let storage), 6...):
      // Storage, offset, shape, strides, requires_grad, backward hooks, and what newer versions add.
      if case .integer(let offset) = values[1], let shape = integers(values[2]),
        let strides = integers(values[3]),
        shape.count == strides.count
      {
        return push(.tensor(.init(storage: storage, offset: offset, shape: shape, strides: strides)))
      }
    default: break
    }
    throw problem("it calls \(global.name) with (\(values.map(\.kind).joined(separator: ", ")))")
  }

  /// The integers of a tuple; nil for anything else.
  private func integers(_ node: PickleNode) -> [Int]? {
    guard case .tuple(let parts) = node, parts.count <= 64 else { return nil }
    var numbers: [Int] = []
    for part in parts {
      guard case .integer(let number) = nodes[part] else { return nil }
      numbers.append(number)
    }
    return numbers
  }

  /// `("storage", class, entry, device, number of elements)`.
  private func storage(_ tuple: Int) throws(Problem) -> PickleNode.Storage {
    guard case .tuple(let parts) = nodes[tuple], parts.count == 5, case .text("storage") = nodes[parts[0]],
      case .global(.storage(let type)) = nodes[parts[1]], case .text(let key) = nodes[parts[2]],
      case .text = nodes[parts[3]], case .integer(let count) = nodes[parts[4]]
    else { throw problem("it refers to something outside the pickle that is not a storage") }
    return PickleNode.Storage(key: key, type: type, count: count)
  }
}
