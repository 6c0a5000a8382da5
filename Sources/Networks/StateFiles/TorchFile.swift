import Foundation
import Support
import Tensors

/// A file of `torch.save`: a zip archive with a pickle, `NAME/data.pkl`, and the elements of tensors,
/// `NAME/data/0` …; or the layout before PyTorch 1.6 (``LegacyTorchFile``).
///
/// The pickle is parsed, never run (``Pickle``). What cannot be used is a value that says so. Sources: PyTorch's
/// `torch/serialization.py`, `torch/_utils.py` (`_rebuild_tensor_v2`), `torch/nn/modules/module.py` (`state_dict`).
struct TorchFile {
  private let path: String
  private let device: Device
  private let isWanted: (String) -> Bool
  private var storages: TorchStorages
  let nodes: [PickleNode]
  private let root: Int
  private let charge: MemoryCharge

  /// Storages that were unpacked and checked, by their keys.
  private var contents: [String: ZipArchive.Content] = [:]
  /// Tensors that were created, by the indices of their nodes.
  private var tensors: [Int: StateValue] = [:]
  /// Containers on the way from the root to the current value, by their nodes.
  private var open: Set<Int> = []
  /// Objects that were converted, by their nodes, and under which name.
  private var objects: [Int: String] = [:]
  /// How many bytes the tables may still grow to; see ``charge(_:)``.
  private var allowance: Int

  private static let maxDepth = 64

  /// The archive's pickle; nil when it is not a PyTorch file.
  static func pickle(of archive: ZipArchive) -> ZipArchive.Entry? {
    archive.entries.first { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.last == "data.pkl" && parts.count <= 2
    }
  }

  /// Parses the pickle of an archive.
  ///
  /// - Parameter isWanted: whether a tensor of this name is read.
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``, `TensorError` when the memory budget does not admit it,
  ///   `InterruptionError`.
  init(
    _ archive: ZipArchive, _ pickle: ZipArchive.Entry, named path: String, on device: Device,
    where isWanted: @escaping (String) -> Bool
  ) throws {
    let folder = pickle.name.dropLast("data.pkl".count)
    guard archive[folder + "constants.pkl"] == nil else {
      throw NetworkError.badFile(
        path: path, reason: "it is a TorchScript program, not a state",
        hint: "in Python, torch.save(torch.jit.load(\"program.pt\").state_dict(), \"state.pt\")")
    }
    if let order = archive[folder + "byteorder"] {
      let content = try archive.content(of: order, on: device)
      guard content.bytes == Data("little".utf8) else {
        throw archive.bad(order, "only files with little-endian numbers can be read")
      }
    }
    let content = try archive.content(of: pickle, on: device)
    do {
      try self.init(
        content.bytes, 0..<content.bytes.count, .archive(archive, folder: folder), named: path, on: device,
        where: isWanted)
    } catch let problem as Pickle.Problem {
      throw archive.bad(pickle, "at byte \(problem.offset), \(problem.reason)")
    }
  }

  /// Parses the pickle of a file from before PyTorch 1.6.
  ///
  /// - Throws: as ``init(_:_:named:on:where:)``.
  init(legacy file: Data, named path: String, on device: Device, where isWanted: @escaping (String) -> Bool)
    throws
  {
    do {
      let parts = try LegacyTorchFile(file)
      try self.init(file, parts.pickle, .ranges(file, [:]), named: path, on: device, where: isWanted)
      storages = .ranges(file, try parts.ranges(widths, on: device))
    } catch let problem as Pickle.Problem {
      throw NetworkError.badFile(path: path, reason: "at byte \(problem.offset), \(problem.reason)")
    }
  }

  private init(
    _ bytes: Data, _ pickle: Range<Int>, _ storages: TorchStorages, named path: String, on device: Device,
    where isWanted: @escaping (String) -> Bool
  ) throws {
    self.path = path
    self.device = device
    self.isWanted = isWanted
    self.storages = storages
    charge = try Pickle.charge(for: pickle.count, on: device)
    allowance = 4096 + 16 * pickle.count
    (nodes, root) = try Pickle.read(bytes, at: pickle.lowerBound)
  }

  /// The whole content, as `torch.load` would return it.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)`` when nothing in it can be used, `TensorError` when the
  ///   memory budget does not admit it, `InterruptionError`.
  mutating func read() throws -> StateValue {
    defer { withExtendedLifetime(charge) {} }
    return try value(root, "", depth: 0)
  }

  /// Charges for one more value: tables that share their parts could expand to more than any memory holds.
  private mutating func charge(_ bytes: Int) throws {
    allowance -= 8 + bytes
    guard allowance >= 0 else {
      throw NetworkError.badFile(
        path: path, reason: "its tables share so many parts that, expanded, they are far larger than the file"
      )
    }
  }

  private mutating func value(_ index: Int, _ name: String, depth: Int) throws -> StateValue {
    try charge(0)
    switch nodes[index] {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .known(.elementType(let type)): return .text("torch.\(type.rawValue)")
    case .text(let text):
      try charge(text.utf8.count)
      return .text(text)
    case .bytes(let bytes):
      try charge(bytes.count)
      guard let text = String(data: bytes, encoding: .utf8) else {
        return unusable("bytes", "they are not text in UTF-8")
      }
      return .text(text)
    case .known, .foreign:
      let type = typeName(index)
      return unusable("class", "it is the class \(type) itself")
    case .outside(let kind): return unusable(kind, "it refers to something outside the pickle")
    case .storage: return unusable("storage", "it is a storage without a shape")
    case .tensor(let layout): return try tensor(index, layout, name)
    case .tuple, .list, .set, .dictionary, .object: break
    }
    guard depth < Self.maxDepth, open.insert(index).inserted else {
      return unusable(
        nodes[index].kind, "tables are nested more than \(Self.maxDepth) deep, or in themselves")
    }
    defer { open.remove(index) }
    return try container(index, name, depth: depth + 1)
  }

  private mutating func container(_ index: Int, _ name: String, depth: Int) throws -> StateValue {
    switch nodes[index] {
    case .tuple(let parts), .list(let parts), .set(let parts): return .list(try list(parts, name, depth))
    case .dictionary(let entries): return .table(try table(entries, name, depth))
    case .object(let object):
      if let module = TorchModule(object, nodes) {
        return try self.module(module, typeName(index), name, depth)
      }
      // A graph of objects may have more ways through it than any file has bytes.
      if let first = objects.updateValue(name, forKey: index) {
        return unusable(typeName(index), "it is the object at \(first.printable(limit: 80)) once more")
      }
      return .object(type: typeName(index), fields: try fields(of: object, name, depth))
    default: return .none
    }
  }

  private mutating func list(_ parts: [Int], _ name: String, _ depth: Int) throws -> [StateValue] {
    var list: [StateValue] = []
    for (i, part) in parts.enumerated() {
      list.append(try value(part, dotted(name, String(i)), depth: depth))
    }
    return list
  }

  private mutating func table(
    _ entries: [(key: Int, value: Int)], _ name: String, _ depth: Int
  ) throws -> [(name: String, value: StateValue)] {
    var table: [(name: String, value: StateValue)] = []
    var positions: [[UInt8]: Int] = [:]
    for entry in entries {
      let key = key(entry.key)
      try charge(key.utf8.count)
      let value = try value(entry.value, dotted(name, key), depth: depth)
      // As in Python, the last value of a key replaces the others.
      if let position = positions[key.nameBytes] {
        table[position].value = value
      } else {
        positions[key.nameBytes] = table.count
        table.append((key, value))
      }
    }
    return table
  }

  /// The state of a module, as `state_dict()` returns it, and its other attributes.
  private mutating func module(
    _ module: TorchModule, _ type: String, _ name: String, _ depth: Int
  ) throws -> StateValue {
    .module(
      type: type, state: try table(module.state, name, depth),
      attributes: try table(module.attributes, name, depth))
  }

  /// The attributes of an object, then what it was called with and what was put into it.
  private mutating func fields(
    of object: PickleNode.Object, _ name: String, _ depth: Int
  ) throws -> [(name: String, value: StateValue)] {
    var fields: [(name: String, value: StateValue)] = []
    switch object.state.map({ nodes[$0] }) {
    case nil: break
    case .dictionary(let entries)?: fields = try table(entries, name, depth)
    default:
      if let state = object.state {
        fields.append(("state", try value(state, dotted(name, "state"), depth: depth)))
      }
    }
    fields += try table(object.entries, name, depth)
    var parts = object.items
    if case .tuple(let arguments) = nodes[object.arguments] { parts = arguments + parts }
    for (i, value) in try list(parts, name, depth).enumerated() { fields.append((String(i), value)) }
    return fields
  }

  private func unusable(_ type: String, _ reason: ErrorMessage) -> StateValue {
    .unusable(.init(type: type, reason: reason))
  }

  private mutating func tensor(_ index: Int, _ layout: PickleNode.Layout, _ name: String) throws -> StateValue
  {
    guard case .stored(let type) = layout.elements else {
      let type = if case .foreign(let node) = layout.elements { typeName(node) } else { "bytes" }
      return unusable("tensor of \(type)", ErrorMessage("its elements are of \(type), which cannot be read"))
    }
    guard isWanted(name) else { return .skipped }
    if let tensor = tensors[index] { return tensor }
    try Interruption.check("reading \(path)")
    do {
      let value = StateValue.tensor(try tensor(layout, type), stored: type)
      tensors[index] = value
      return value
    } catch let error as any NightjarError where error.exitCode == .data || error.exitCode == .script {
      return unusable("tensor of \(type.rawValue)", error.badFileReason)
    }
  }

  private mutating func tensor(_ layout: PickleNode.Layout, _ type: StoredType) throws -> Tensor {
    let storage = layout.storage
    let content =
      try contents[storage.key]
      ?? storages.content(of: storage.key, on: device) { .badFile(path: path, reason: $0) }
    contents[storage.key] = content
    let width = if case .untyped = storage.elements { 1 } else { type.width }
    guard storage.count.times(width) == content.bytes.count else {
      throw NetworkError.badFile(
        path: path,
        reason:
          "its storage \(storage.key.printable(limit: 80)) has \(content.bytes.count) bytes, the pickle says "
          + "\(storage.count) elements of \(type.rawValue)")
    }
    return try Tensor(
      stored: content.bytes, as: type, shape: layout.shape, strides: layout.strides, offset: layout.offset,
      on: device)
  }
}

extension NightjarError {
  /// The reason of a file's error without the file's name, which the error about its entry has already.
  var badFileReason: ErrorMessage {
    if case .badFile(_, let reason, let hint)? = self as? NetworkError {
      ErrorMessage(reason, hint: hint)
    } else {
      message
    }
  }
}
