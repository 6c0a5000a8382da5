import Foundation
import Support
import Tensors

/// A file of `torch.save`: a zip archive with a pickle, `NAME/data.pkl`, and the elements of tensors,
/// `NAME/data/0` ….
///
/// The pickle is only looked at (``Pickle``): a class that no state needs is refused by its name. Source:
/// PyTorch's `torch/serialization.py`, `torch/_utils.py` (`_rebuild_tensor_v2`).
struct TorchFile {
  private let archive: ZipArchive
  private let pickle: ZipArchive.Entry
  private let path: String
  private let device: Device
  /// What the archive's names begin with.
  private let folder: Substring

  private var nodes: [PickleNode] = []
  /// Storages that were unpacked and checked.
  private var contents: [String: ZipArchive.Content] = [:]
  /// Tensors that were made, by their values' numbers.
  private var tensors: [Int: StateValue] = [:]
  /// How much more may be written out; see ``spend(_:_:)``.
  private var allowance = 0

  private static let maxDepth = 32

  /// The archive's pickle; nil when it is no file of PyTorch's.
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

  /// All of it, as `torch.load` would give it.
  mutating func read() throws -> StateValue {
    guard archive[folder + "constants.pkl"] == nil else {
      throw bad(
        "it is a TorchScript program, not a state",
        hint: "in Python, torch.save(torch.jit.load(\"program.pt\").state_dict(), \"state.pt\")")
    }
    if let order = archive[folder + "byteorder"] {
      let content = try archive.content(of: order, on: device)
      guard content.bytes == Data("little".utf8) else {
        throw archive.bad(order, "only files with little-endian numbers are read")
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
      throw archive.bad(pickle, "at byte \(problem.place), \(problem.reason)", hint: problem.hint)
    }
  }

  private func bad(_ reason: String, hint: String? = nil) -> NetworkError {
    .badFile(path: path, reason: reason, hint: hint)
  }

  /// Tables that share their parts could, written out, be larger than any memory.
  private mutating func spend(_ bytes: Int, _ name: String) throws {
    allowance -= 8 + bytes
    guard allowance >= 0 else {
      throw archive.bad(
        pickle, "its tables share so many parts that, written out, they are far larger than the file")
    }
  }

  private mutating func value(_ number: Int, _ name: String, depth: Int) throws -> StateValue {
    guard depth <= Self.maxDepth else {
      throw archive.bad(
        pickle,
        "its tables lie more than \(Self.maxDepth) deep, or within themselves, at \(name.printable(limit: 80))"
      )
    }
    try spend(0, name)
    func below(_ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }
    switch nodes[number] {
    case .none: return .none
    case .boolean(let value): return .boolean(value)
    case .integer(let value): return .integer(value)
    case .number(let value): return .number(value)
    case .global(.elementType(let type)): return .text(type)
    case .text(let text):
      try spend(text.utf8.count, name)
      return .text(text)
    case .tuple(let parts), .list(let parts):
      var list: [StateValue] = []
      for (i, part) in parts.enumerated() {
        list.append(try value(part, below(String(i + 1)), depth: depth + 1))
      }
      return .list(list)
    case .dictionary(let entries):
      var table: [(name: String, value: StateValue)] = []
      var places: [String: Int] = [:]
      for entry in entries {
        let key = key(entry.key)
        try spend(key.utf8.count, name)
        let value = try value(entry.value, below(key), depth: depth + 1)
        // As in Python, the last of one name holds.
        if let place = places[key] {
          table[place].value = value
        } else {
          places[key] = table.count
          table.append((key, value))
        }
      }
      return .table(table)
    case .tensor(let layout):
      if let made = tensors[number] { return made }
      let made = StateValue.tensor(try tensor(layout, name), stored: layout.storage.type)
      tensors[number] = made
      return made
    case .global(let global):
      throw archive.bad(pickle, "it keeps \(global.name) itself at \(name.printable(limit: 80))")
    case .storage:
      throw archive.bad(pickle, "it keeps a storage without a shape at \(name.printable(limit: 80))")
    }
  }

  private func key(_ number: Int) -> String {
    switch nodes[number] {
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
        "it has \(content.bytes.count) bytes, \(storage.count) elements of \(storage.type.rawValue) are announced"
      )
    }
    do {
      return try Tensor(
        stored: content.bytes, as: storage.type, shape: layout.shape, strides: layout.strides,
        offset: layout.offset,
        on: device)
    } catch {
      throw error.exitCode == .limit
        ? error as any Error : bad("tensor \(name.printable(limit: 80)): \(error)")
    }
  }
}
