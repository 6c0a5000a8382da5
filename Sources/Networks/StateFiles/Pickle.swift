import Foundation
import Support
import Tensors

/// Parses Python's pickles as data: protocols 0 to 5, every instruction. No code is ever run; an object of a class that
/// state files do not define is its class and its fields.
///
/// A pickle is a program for a machine with a stack and a memo. Every instruction adds at most three values, so a
/// pickle costs memory in proportion to its bytes (``charge(for:on:)``), whatever it contains. Source: Python's
/// `Lib/pickletools.py`.
struct Pickle {
  /// What is wrong with a pickle, and at which byte.
  struct Problem: Error {
    /// The offset of the instruction.
    let offset: Int
    let reason: String
  }

  /// The most memory that a byte of a pickle can cost: a value, and its entries in stack and memo.
  private static let bytesPerByte = 128

  /// Counts what parsing so many bytes may cost towards the budget.
  ///
  /// - Throws: `TensorError` when the memory budget does not admit it.
  static func charge(for bytes: Int, on device: Device) throws(TensorError) -> MemoryCharge {
    try MemoryCharge(bytes.times(bytesPerByte) ?? .max, on: device, operation: "load", shape: [bytes])
  }

  private var instructions: PickleInstructions
  /// All values created so far.
  var nodes: [PickleNode] = []
  private var stack: [Int] = []
  /// Sizes of the stack at the marks.
  private var marks: [Int] = []
  private var memo: [Int: Int] = [:]

  /// Parses the pickle at `position`: its values, and the index of the outermost one.
  ///
  /// - Throws: ``Problem``, `InterruptionError`.
  static func read(_ bytes: Data, at position: Int = 0) throws -> (nodes: [PickleNode], root: Int) {
    var pickle = Pickle(instructions: PickleInstructions(bytes, at: position))
    var watch = Interruption.Watch()
    while true {
      try watch.count(1000, "reading a pickle")
      let instruction = try pickle.instructions.next()
      if instruction.opcode == .stop { return (pickle.nodes, try pickle.pop()) }
      try pickle.run(instruction)
    }
  }

  private mutating func run(_ instruction: PickleInstructions.Instruction) throws(Problem) {
    switch instruction.opcode {
    case .version:
      guard instruction.number <= 5 else {
        throw problem("it has protocol \(instruction.number); protocols 0 to 5 can be read")
      }
    case .frame, .stop: break
    case .mark: marks.append(stack.count)
    case .pop: try popOrUnmark()
    case .popMark: _ = try popToMark()
    case .duplicate: stack.append(try top())
    case .none: push(.none)
    case .yes: push(.boolean(true))
    case .no: push(.boolean(false))
    case .uint8, .uint16: push(.integer(instruction.number))
    case .int32, .long8, .long32: push(instruction.integer)
    case .float: push(.number(instruction.float))
    case .integerLine, .longLine, .floatLine:
      guard let number = instruction.digits else { throw problem("it has a number without digits") }
      push(number)
    case .text8, .text32, .text64, .textLine, .string8, .string32: push(.text(instruction.text))
    case .stringLine: push(.text(String(instruction.text.dropFirst().dropLast())))
    case .bytes8, .bytes32, .bytes64, .byteArray64: push(.bytes(instruction.argument))
    case .emptyTuple: push(.tuple([]))
    case .emptyList: push(.list([]))
    case .emptySet: push(.set([]))
    case .emptyDictionary: push(.dictionary([]))
    case .tuple: push(.tuple(try popToMark()))
    case .tuple1: push(.tuple(try pop(1)))
    case .tuple2: push(.tuple(try pop(2)))
    case .tuple3: push(.tuple(try pop(3)))
    case .list: push(.list(try popToMark()))
    case .frozenSet: push(.set(try popToMark()))
    case .dictionary:
      let values = try popToMark()
      push(.dictionary([]))
      try set(values)
    case .append: try append(try pop(1))
    case .appends, .addItems: try append(try popToMark())
    case .setItem: try set(try pop(2))
    case .setItems: try set(try popToMark())
    case .memoize: memo[memo.count] = try top()
    case .put8, .put32: memo[instruction.number] = try top()
    case .get8, .get32: try recall(instruction.number)
    case .putLine: memo[try key(instruction)] = try top()
    case .getLine: try recall(try key(instruction))
    case .persistentLine: push(.outside("persistent id"))
    case .extension8, .extension16, .extension32: push(.outside("registered extension"))
    case .nextBuffer: push(.outside("buffer"))
    case .readOnlyBuffer: _ = try top()
    default: try make(instruction)
    }
  }

  /// The instructions that name classes and make objects.
  private mutating func make(_ instruction: PickleInstructions.Instruction) throws(Problem) {
    switch instruction.opcode {
    case .global: pushGlobal(instruction)
    case .stackGlobal:
      let parts = try pop(2)
      push(global(parts[0], parts[1]))
    case .persistent: try pushPersistent(try pop())
    case .reduce, .newObject:
      let parts = try pop(2)
      try call(parts[0], parts[1])
    case .newObjectWithKeywords:
      let parts = try pop(3)
      try call(parts[0], parts[1])
    case .instance:
      let arguments = try popToMark()
      pushGlobal(instruction)
      let maker = try pop()
      push(.tuple(arguments))
      try call(maker, try pop())
    case .object:
      let parts = try popToMark()
      guard let maker = parts.first else { throw problem("it makes an object without a class") }
      push(.tuple(Array(parts.dropFirst())))
      try call(maker, try pop())
    case .build: try build()
    default: break
    }
  }

  // The stack.

  mutating func push(_ node: PickleNode) {
    stack.append(nodes.count)
    nodes.append(node)
  }

  /// Pushes a value that exists.
  mutating func push(value index: Int) { stack.append(index) }

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

  mutating func pop(_ count: Int) throws(Problem) -> [Int] {
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

  /// Drops the last value, or a mark that nothing follows.
  private mutating func popOrUnmark() throws(Problem) {
    if let mark = marks.last, mark == stack.count { marks.removeLast() } else { _ = try pop() }
  }

  private mutating func recall(_ key: Int) throws(Problem) {
    guard let node = memo[key] else { throw problem("it recalls memo \(key), which it never stored") }
    stack.append(node)
  }

  private func key(_ instruction: PickleInstructions.Instruction) throws(Problem) -> Int {
    guard case .integer(let key)? = instruction.digits else {
      throw problem("it has a number without digits")
    }
    return key
  }

  // Containers.

  private mutating func append(_ values: [Int]) throws(Problem) {
    let target = try top()
    if var list = takeList(target) {
      list += values
      nodes[target] = .list(list)
    } else if var set = takeSet(target) {
      set += values
      nodes[target] = .set(set)
    } else if var object = takeObject(target) {
      object.items += values
      nodes[target] = .object(object)
    } else {
      throw problem("it appends to a \(nodes[target].kind)")
    }
  }

  private mutating func set(_ values: [Int]) throws(Problem) {
    let target = try top()
    guard values.count % 2 == 0 else { throw problem("it sets an item without a value") }
    let pairs = stride(from: 0, to: values.count, by: 2).map { (key: values[$0], value: values[$0 + 1]) }
    if var entries = takeEntries(target) {
      entries += pairs
      nodes[target] = .dictionary(entries)
    } else if var object = takeObject(target) {
      object.entries += pairs
      nodes[target] = .object(object)
    } else {
      throw problem("it sets an item of a \(nodes[target].kind)")
    }
  }

  // What is taken out of the nodes is owned by nobody else: a copy for every value would make parsing quadratic.

  private mutating func takeList(_ index: Int) -> [Int]? {
    guard case .list(let list) = nodes[index] else { return nil }
    nodes[index] = .none
    return list
  }

  private mutating func takeSet(_ index: Int) -> [Int]? {
    guard case .set(let set) = nodes[index] else { return nil }
    nodes[index] = .none
    return set
  }

  private mutating func takeEntries(_ index: Int) -> [(key: Int, value: Int)]? {
    guard case .dictionary(let entries) = nodes[index] else { return nil }
    nodes[index] = .none
    return entries
  }

  private mutating func takeObject(_ index: Int) -> PickleNode.Object? {
    guard case .object(let object) = nodes[index] else { return nil }
    nodes[index] = .none
    return object
  }

  /// The problem at the current instruction.
  func problem(_ reason: String) -> Problem { instructions.problem(reason) }
}
