import Foundation
import Support

// Names of keys and classes, and widths of storages.
extension TorchFile {
  /// A key of a table as text: numbers in digits, tuples as Python writes them.
  func key(_ index: Int) -> String { key(index, depth: 0) }

  private func key(_ index: Int, depth: Int) -> String {
    switch nodes[index] {
    case .text(let text): return text
    case .integer(let value): return String(value)
    case .number(let value): return String(value)
    case .boolean(let value): return value ? "True" : "False"
    case .bytes(let bytes): return String(decoding: bytes.prefix(80), as: UTF8.self)
    case .tuple(let parts) where depth < 4 && parts.count <= 16:
      let texts = parts.map { String(key($0, depth: depth + 1).prefix(80)) }
      return "(" + texts.joined(separator: ", ") + (parts.count == 1 ? ",)" : ")")
    case .known, .foreign, .object: return typeName(index)
    case let other: return other.kind
    }
  }

  /// The name of a class, or of the class of an object.
  func typeName(_ index: Int) -> String {
    switch nodes[index] {
    case .known(let global): return global.name
    case .foreign(let module, let name):
      return "\(word(module)).\(word(name))"
    case .object(let object):
      if case .object = nodes[object.maker] { return "an object" }
      // `copyreg._reconstructor` and its like are called with the class.
      if case .foreign(_, let name) = nodes[object.maker], ["_reconstructor", "__newobj__"].contains(word(name)),
        case .tuple(let arguments) = nodes[object.arguments], let type = arguments.first
      {
        if case .foreign = nodes[type] { return typeName(type) }
      }
      return typeName(object.maker)
    case let other: return other.kind
    }
  }

  private func word(_ index: Int) -> String {
    guard case .text(let text) = nodes[index] else { return nodes[index].kind }
    return text.printable(limit: 80)
  }

  /// The bytes of an element by the keys of storages; those of unknown types are left out.
  var widths: [String: Int] {
    var widths: [String: Int] = [:]
    for case .storage(let storage) in nodes {
      switch storage.elements {
      case .stored(let type): widths[storage.key] = type.width
      case .untyped: widths[storage.key] = 1
      case .foreign(let node):
        let name = typeName(node).split(separator: ".").last ?? ""
        widths[storage.key] = Self.foreignWidths[String(name)]
      }
    }
    return widths
  }

  /// Bytes of an element of the storages whose elements cannot be read.
  private static let foreignWidths = [
    "ComplexFloatStorage": 8, "ComplexDoubleStorage": 16, "QInt8Storage": 1, "QUInt8Storage": 1, "QInt32Storage": 4,
    "QUInt4x2Storage": 1, "QUInt2x4Storage": 1,
  ]
}

/// The parts of a `torch.nn.Module` in a pickle: an object whose attributes have `_parameters` and `_modules`.
struct TorchModule {
  /// Its state as `state_dict()` names it, the parts of a part being that part's own.
  private(set) var state: [(key: Int, value: Int)] = []
  /// All other attributes.
  private(set) var attributes: [(key: Int, value: Int)] = []

  /// Nil for an object of another kind.
  init?(_ object: PickleNode.Object, _ nodes: [PickleNode]) {
    guard let index = object.state, case .dictionary(let entries) = nodes[index] else { return nil }
    var groups: [String: [(key: Int, value: Int)]] = [:]
    var leftOut: Set<String> = []
    for entry in entries {
      guard case .text(let name) = nodes[entry.key] else { continue }
      switch (name, nodes[entry.value]) {
      case ("_parameters", .dictionary(let parts)), ("_buffers", .dictionary(let parts)),
        ("_modules", .dictionary(let parts)):
        groups[name] = parts
      case ("_non_persistent_buffers_set", .set(let names)):
        for case .text(let name) in names.map({ nodes[$0] }) { leftOut.insert(name) }
      // Hooks and switches of PyTorch itself.
      case (_, _) where name.hasPrefix("_"): break
      default: attributes.append(entry)
      }
    }
    guard let parameters = groups["_parameters"], let parts = groups["_modules"] else { return nil }
    let buffers = (groups["_buffers"] ?? []).filter { entry in
      if case .text(let name) = nodes[entry.key] { !leftOut.contains(name) } else { true }
    }
    state = parameters + buffers + parts
  }
}
