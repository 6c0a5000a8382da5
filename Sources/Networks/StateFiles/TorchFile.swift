import Foundation
import Support
import Tensors

/// A file of `torch.save`: a zip archive with a pickle, `NAME/data.pkl`, and the elements of tensors,
/// `NAME/data/0` ….
///
/// The pickle is parsed, never run (``Pickle``): a class that no state needs is refused by its name. Sources:
/// PyTorch's `torch/serialization.py`, `torch/_utils.py` (`_rebuild_tensor_v2`).
struct TorchFile {
  private let archive: ZipArchive
  private let pickle: ZipArchive.Entry
  private let path: String
  private let device: Device
  /// The prefix of the archive's names, with a slash at its end.
  private let folder: Substring

  private var nodes: [PickleNode] = []
  /// Storages that were unpacked and checked, by their keys.
  private var contents: [String: ZipArchive.Content] = [:]
  /// Tensors that were created, by the indices of their nodes.
  private var tensors: [Int: StateValue] = [:]
  /// How many bytes the tables may still grow to; see ``charge(_:)``.
  private var allowance = 0

  private static let maxDepth = 32

  /// The archive's pickle; nil when it is not a PyTorch file.
  static func pickle(of archive: ZipArchive) -> ZipArchive.Entry? {
    archive.entries.first { entry in
      let parts = entry.name.split(separator: "/", omittingEmptySubsequences: false)
      return parts.last == "data.pkl" && parts.count <= 2
    }
  }

  init(_ archive: ZipArchive, _ pickle: ZipArchive.Entry, named path: String, on device: Device) {
    self.archive = archive
    self.pickle = pickle
    self.path = path
    self.device = device
    folder = pickle.name.dropLast("data.pkl".count)
  }

  /// The whole content, as `torch.load` would return it.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``, `TensorError` when the memory budget does not admit it,
  ///   `InterruptionError`.
  mutating func read() throws -> StateValue {
    guard archive[folder + "constants.pkl"] == nil else {
      throw bad(
        "it is a TorchScript program, not a state",
        hint: "in Python, torch.save(torch.jit.load(\"program.pt\").state_dict(), \"state.pt\")")
    }
    if let order = archive[folder + "byteorder"] {
      let content = try archive.content(of: order, on: device)
      guard content.bytes == Data("little".utf8) else {
        throw archive.bad(order, "only files with little-endian numbers can be read")
      }
    }
    let content = try archive.content(of: pickle, on: device)
    let charge = try MemoryCharge(
      content.bytes.count * Pickle.bytesPerByte, on: device, operation: "load", shape: [content.bytes.count])
    defer { withExtendedLifetime((content, charge)) {} }
    allowance = 4096 + 16 * content.bytes.count
    do {
      let (nodes, root) = try Pickle.read(content.bytes)
      self.nodes = nodes
      return try value(root, "", depth: 0)
    } catch let problem as Pickle.Problem {
      throw archive.bad(pickle, "at byte \(problem.offset), \(problem.reason)", hint: problem.hint)
    }
  }

  private func bad(_ reason: String, hint: String? = nil) -> NetworkError {
    .badFile(path: path, reason: reason, hint: hint)
  }

  /// Charges for one more value: tables that share their parts could expand to more than any memory holds.
  private mutating func charge(_ bytes: Int) throws {
    allowance -= 8 + bytes
    guard allowance >= 0 else {
      throw archive.bad(
        pickle, "its tables share so many parts that, expanded, they are far larger than the file")
    }
  }

  private mutating func value(_ index: Int, _ name: String, depth: Int) throws -> StateValue {
    guard depth <= Self.maxDepth else {
      throw archive.bad(
        pickle,
        "its tables are nested more than \(Self.maxDepth) deep, or in themselves, at \(name.printable(limit: 80))"
      )
    }
    try charge(0)
    switch nodes[index] {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .global(.elementType(let type)): return .text(type)
    case .text(let text):
      try charge(text.utf8.count)
      return .text(text)
    case .tuple(let parts), .list(let parts):
      var list: [StateValue] = []
      for (i, part) in parts.enumerated() {
        list.append(try value(part, dotted(name, String(i)), depth: depth + 1))
      }
      return .list(list)
    case .dictionary(let entries):
      var table: [(name: String, value: StateValue)] = []
      var positions: [String: Int] = [:]
      for entry in entries {
        let key = key(entry.key)
        try charge(key.utf8.count)
        let value = try value(entry.value, dotted(name, key), depth: depth + 1)
        // As in Python, the last value of a key replaces the others.
        if let position = positions[key] {
          table[position].value = value
        } else {
          positions[key] = table.count
          table.append((key, value))
        }
      }
      return .table(table)
    case .tensor(let layout):
      if let tensor = tensors[index] { return tensor }
      let value = StateValue.tensor(try tensor(layout, name), stored: layout.storage.type)
      tensors[index] = value
      return value
    case .global(let global):
      throw archive.bad(pickle, "it contains \(global.name) itself at \(name.printable(limit: 80))")
    case .storage:
      throw archive.bad(pickle, "it contains a storage without a shape at \(name.printable(limit: 80))")
    }
  }

  private func key(_ index: Int) -> String {
    switch nodes[index] {
    case .text(let text): text
    case .integer(let value): String(value)
    case let other: other.kind
    }
  }

  private mutating func tensor(_ layout: PickleNode.Layout, _ name: String) throws -> Tensor {
    try Interruption.check("reading \(path)")
    let storage = layout.storage
    guard let entry = archive[folder + "data/" + storage.key] else {
      throw bad(
        "tensor \(name.printable(limit: 80)): the archive has no entry "
          + (folder + "data/" + storage.key).printable(limit: 80)
      )
    }
    let content = try contents[storage.key] ?? archive.content(of: entry, on: device)
    contents[storage.key] = content
    let (size, overflow) = storage.count.multipliedReportingOverflow(by: storage.type.width)
    guard !overflow, size == content.bytes.count else {
      throw archive.bad(
        entry,
        "it has \(content.bytes.count) bytes, the pickle says \(storage.count) elements of \(storage.type.rawValue)"
      )
    }
    do {
      return try Tensor(
        stored: content.bytes, as: storage.type, shape: layout.shape, strides: layout.strides,
        offset: layout.offset,
        on: device)
    } catch {
      throw error.exitCode == .limit
        ? error as any Error
        : bad("tensor \(name.printable(limit: 80)): \(error.message.what)", hint: error.message.hint)
    }
  }
}
