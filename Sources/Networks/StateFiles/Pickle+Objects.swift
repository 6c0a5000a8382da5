import Foundation

// Instructions that name classes, call them, and refer to storages.
extension Pickle {
  /// Pushes the class or function that two lines name.
  mutating func pushGlobal(_ instruction: PickleInstructions.Instruction) {
    let lines = instruction.argument.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
    let module = nodes.count
    for line in lines { nodes.append(.text(String(decoding: line, as: UTF8.self))) }
    push(global(module, nodes.count - 1))
  }

  /// The class or function of this module and name, which are texts.
  func global(_ module: Int, _ name: Int) -> PickleNode {
    if case .text(let path) = nodes[module], case .text(let word) = nodes[name],
      path.utf8.count + word.utf8.count < PickleGlobal.maxLength,
      let global = PickleGlobal("\(path).\(word)")
    {
      return .known(global)
    }
    return .foreign(module: module, name: name)
  }

  /// Sets up an object with its state. What PyTorch sets on dicts and tensors besides their content, such as
  /// `_metadata` of a module's state, is of no use here.
  mutating func build() throws(Problem) {
    let parts = try pop(2)
    push(value: parts[0])
    switch nodes[parts[0]] {
    case .object(var object):
      object.state = parts[1]
      nodes[parts[0]] = .object(object)
    case .dictionary, .set, .tensor, .foreign, .known, .outside: break
    case let other: throw problem("it sets up a \(other.kind) with a \(nodes[parts[1]].kind)")
    }
  }

  /// Pushes what calling a class or function would return: what it stands for where that is known, else an object of
  /// that class with the arguments.
  mutating func call(_ function: Int, _ arguments: Int) throws(Problem) {
    switch nodes[function] {
    case .known, .foreign, .object, .outside: break
    case let other: throw problem("it calls a \(other.kind) with a \(nodes[arguments].kind)")
    }
    guard case .tuple(let values) = nodes[arguments] else {
      throw problem("it calls a \(nodes[function].kind) with a \(nodes[arguments].kind)")
    }
    if case .known(let global) = nodes[function], push(global, values) { return }
    push(.object(.init(maker: function, arguments: arguments)))
  }

  /// Pushes what a known class or function makes of these values; false when they are not what it takes.
  private mutating func push(_ global: PickleGlobal, _ values: [Int]) -> Bool {
    let first = values.first.map { nodes[$0] }
    switch (global, first, values.count) {
    case (.dictionary, _, _) where first?.isContainer != true, (.counter, nil, _): push(.dictionary([]))
    case (.set, nil, _): push(.set([]))
    case (.set, .list(let items), 1), (.set, .tuple(let items), 1): push(.set(items))
    case (.dictionary, .list(let items), 1):
      guard let entries = pairs(items) else { return false }
      push(.dictionary(entries))
    case (.dictionary, .dictionary, 1), (.counter, .dictionary, 1), (.size, .tuple, 1),
      (.encodedBytes, .text, _),
      (.rebuildParameter, .tensor, _), (.device, .text, 1):
      push(value: values[0])
    case (.device, .text(let name), 2):
      guard case .integer(let number) = nodes[values[1]] else { return false }
      push(.text("\(name):\(number)"))
    case (.rebuildTensor, .storage(let storage), 4...):
      guard let layout = layout(storage, values) else { return false }
      push(.tensor(layout))
    case (.rebuildTyped, .known(let function), 3...):
      guard function != .rebuildTyped, case .tuple(let inner) = nodes[values[2]] else { return false }
      return push(function, inner)
    default: return false
    }
    return true
  }

  /// Lists or tuples of a key and a value each, as Python 2 has the content of an OrderedDict.
  private func pairs(_ items: [Int]) -> [(key: Int, value: Int)]? {
    var entries: [(key: Int, value: Int)] = []
    for item in items {
      switch nodes[item] {
      case .list(let pair) where pair.count == 2, .tuple(let pair) where pair.count == 2:
        entries.append((pair[0], pair[1]))
      default: return nil
      }
    }
    return entries
  }

  /// Storage, offset, shape, strides, requires_grad, backward hooks, and what newer versions add: the type of the
  /// elements, where the storage has none.
  private func layout(_ storage: PickleNode.Storage, _ values: [Int]) -> PickleNode.Layout? {
    guard case .integer(let offset) = nodes[values[1]], let shape = integers(nodes[values[2]]),
      let strides = integers(nodes[values[3]]), shape.count == strides.count
    else { return nil }
    var elements = storage.elements
    if case .untyped = elements, values.count > 6 {
      if case .known(.elementType(let type)) = nodes[values[6]] {
        elements = .stored(type)
      } else {
        elements = .foreign(values[6])
      }
    }
    return .init(storage: storage, elements: elements, offset: offset, shape: shape, strides: strides)
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

  /// Pushes what a persistent id refers to: `("storage", class, key, device, number of elements)`, or in files before
  /// PyTorch 1.6 `("module", class, …)`, a class with its source.
  mutating func pushPersistent(_ id: Int) throws(Problem) {
    guard case .tuple(let parts) = nodes[id], parts.count >= 2, case .text(let kind) = nodes[parts[0]] else {
      return push(.outside("persistent id"))
    }
    if kind == "module" { return push(value: parts[1]) }
    guard kind == "storage", parts.count >= 5, case .text(let key) = nodes[parts[2]],
      case .integer(let count) = nodes[parts[4]]
    else { return push(.outside("persistent id")) }
    let elements: PickleNode.Elements =
      switch nodes[parts[1]] {
      case .known(.storage(let type)): .stored(type)
      case .known(.untypedStorage): .untyped
      default: .foreign(parts[1])
      }
    push(.storage(.init(key: key, elements: elements, count: count)))
  }
}

extension PickleNode {
  /// Whether it has parts that could be the content of a dict.
  fileprivate var isContainer: Bool {
    switch self {
    case .dictionary, .list, .tuple, .set, .object: true
    default: false
    }
  }
}
