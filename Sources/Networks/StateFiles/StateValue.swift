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
  case list([StateValue])
  /// In the file's order; keys that are numbers there are converted to text.
  case table([(name: String, value: StateValue)])
}

extension StateValue {
  /// One tensor of a file.
  public struct Entry: Sendable {
    /// The keys of all tables on the way, joined by dots, with the indices of lists from 0; empty for a lone tensor.
    public let name: String
    public let tensor: Tensor
    public let stored: StoredType
  }

  /// All tensors, however deep they are nested.
  public var tensors: [Entry] {
    func entries(_ value: StateValue, _ name: String) -> [Entry] {
      switch value {
      case .none, .boolean, .integer, .number, .text: return []
      case .tensor(let tensor, let stored): return [Entry(name: name, tensor: tensor, stored: stored)]
      case .list(let parts): return parts.enumerated().flatMap { entries($1, dotted(name, String($0))) }
      case .table(let fields): return fields.flatMap { entries($0.value, dotted(name, $0.name)) }
      }
    }
    return entries(self, "")
  }
}
