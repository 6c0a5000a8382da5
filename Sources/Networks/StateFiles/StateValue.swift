import Support
import Tensors

/// The content of a state file: tensors by name, and whatever else its tables and lists contain.
public indirect enum StateValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  /// A tensor, and the type of its elements in the file.
  case tensor(Tensor, stored: StoredType)
  /// A tensor that the reader did not want.
  case skipped
  /// A value that cannot be used: an error only for whom needs it.
  case unusable(Unusable)
  case list([StateValue])
  /// In the file's order; keys that are no text there are converted to text.
  case table([(name: String, value: StateValue)])
  /// A whole module of PyTorch: its state as `state_dict()` has it, and its other attributes.
  case module(
    type: String, state: [(name: String, value: StateValue)], attributes: [(name: String, value: StateValue)])
  /// An object of another class: the class, and as fields what it was made of. No code was run to make it.
  case object(type: String, fields: [(name: String, value: StateValue)])

  /// A value that cannot be used.
  public struct Unusable: Sendable, Hashable {
    /// The type in the file's own words: `C64`, `<U3`, `pathlib.PosixPath`.
    public let type: String
    /// Why it cannot be used.
    public let reason: ErrorMessage

    public init(type: String, reason: ErrorMessage) {
      self.type = type
      self.reason = reason
    }

    /// An object in the place of a tensor.
    static func object(_ type: String) -> Self {
      Self(
        type: type, reason: ErrorMessage("it is an object of \(type), which is no tensor (nothing was run)"))
    }
  }
}

extension StateValue {
  /// A tensor of a file, or what stands in its place.
  public struct Entry: Sendable {
    public enum Content: Sendable {
      case tensor(Tensor, stored: StoredType)
      case skipped
      case unusable(Unusable)
      case object(type: String)
    }

    /// The keys of all tables on the way, joined by dots, with the indices of lists from 0; empty for a lone tensor.
    public let name: String
    public let content: Content
    /// Whether it belongs to a module without being a part of its state.
    public let isAttribute: Bool

    /// The tensor; nil for anything else.
    public var tensor: Tensor? { if case .tensor(let tensor, _) = content { tensor } else { nil } }
    /// Why it cannot be used; nil for a tensor.
    public var problem: Unusable? {
      switch content {
      case .tensor, .skipped: nil
      case .unusable(let problem): problem
      case .object(let type): .object(type)
      }
    }
  }

  /// All tensors however deep they are nested, and what cannot be used, in the file's order.
  public var entries: [Entry] {
    var entries: [Entry] = []
    collect(into: &entries, "", isAttribute: false)
    return entries
  }

  /// All tensors by name, without those that a module has beside its state.
  public var tensors: [(name: String, tensor: Tensor)] {
    entries.compactMap { entry in entry.isAttribute ? nil : entry.tensor.map { (entry.name, $0) } }
  }

  private func collect(into entries: inout [Entry], _ name: String, isAttribute: Bool) {
    func add(_ content: Entry.Content) {
      entries.append(Entry(name: name, content: content, isAttribute: isAttribute))
    }
    switch self {
    case .none, .boolean, .integer, .number, .text: break
    case .tensor(let tensor, let stored): add(.tensor(tensor, stored: stored))
    case .skipped: add(.skipped)
    case .unusable(let problem): add(.unusable(problem))
    case .list(let parts):
      for (i, part) in parts.enumerated() {
        part.collect(into: &entries, dotted(name, String(i)), isAttribute: isAttribute)
      }
    case .table(let fields):
      for field in fields {
        field.value.collect(into: &entries, dotted(name, field.name), isAttribute: isAttribute)
      }
    case .module(_, let state, let attributes):
      for part in state {
        part.value.collect(into: &entries, dotted(name, part.name), isAttribute: isAttribute)
      }
      for part in attributes {
        part.value.collect(into: &entries, dotted(name, part.name), isAttribute: true)
      }
    case .object(let type, let fields):
      add(.object(type: type))
      for field in fields {
        field.value.collect(into: &entries, dotted(name, field.name), isAttribute: isAttribute)
      }
    }
  }

  /// Throws when nothing in the file can be used, though something should be: the error is that of its first entry.
  ///
  /// - Throws: ``NetworkError/badFile(path:reason:hint:)``.
  func requireUse(of path: String) throws(NetworkError) {
    let entries = entries
    guard
      let problem = entries.lazy.compactMap({ entry in entry.problem.map { (entry.name, $0.reason) } }).first,
      entries.allSatisfy({ $0.problem != nil })
    else { return }
    throw .badEntry(problem.0, problem.1, in: path)
  }
}

extension NetworkError {
  /// The error about an entry of a state file that cannot be used.
  static func badEntry(_ name: String, _ reason: ErrorMessage, in path: String) -> NetworkError {
    let label = name.isEmpty ? "" : "tensor \(name.printable(limit: 80)): "
    return .badFile(path: path, reason: label + reason.what, hint: reason.hint)
  }
}
