import LuaHost
import Support

extension SettingValue {
  /// An option's value; nil for one that no option has, such as a function.
  public init?(_ value: LuaValue) {
    switch value {
    case .boolean(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value): self = .number(value)
    case .string(let value): self = .string(value)
    case .table(let table) where table.fields.isEmpty:
      let values = table.list.compactMap(SettingValue.init)
      guard values.count == table.list.count else { return nil }
      self = .list(values)
    default: return nil
    }
  }
}
