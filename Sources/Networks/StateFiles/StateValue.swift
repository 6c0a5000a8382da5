import Tensors

/// What a state file holds: tensors by name, or whatever else its tables and lists are made of.
public indirect enum StateValue: Sendable {
  case none
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case text(String)
  /// With the type that its elements have in the file.
  case tensor(Tensor, stored: StoredType)
  case list([StateValue])
  /// In the file's order. Keys that are numbers there have become text.
  case table([(name: String, value: StateValue)])
}

extension StateValue {
  /// One tensor of a file.
  public struct Entry: Sendable {
    /// Of all tables on the way, with dots between; the elements of lists count from 1. Empty for a lone tensor.
    public let name: String
    public let tensor: Tensor
    public let stored: StoredType
  }

  /// All tensors, however deep they lie.
  public var tensors: [Entry] {
    func entries(_ value: StateValue, _ name: String) -> [Entry] {
      func below(_ part: String) -> String { name.isEmpty ? part : "\(name).\(part)" }
      switch value {
      case .none, .boolean, .integer, .number, .text: return []
      case .tensor(let tensor, let stored): return [Entry(name: name, tensor: tensor, stored: stored)]
      case .list(let parts): return parts.enumerated().flatMap { entries($1, below(String($0 + 1))) }
      case .table(let fields): return fields.flatMap { entries($0.value, below($0.name)) }
      }
    }
    return entries(self, "")
  }
}
