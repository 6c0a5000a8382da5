import LuaHost

/// The results of a Lua function of which one is expected: further ones would be lost in silence.
extension [LuaValue] {
  /// The only result, nil at the end aside; nil for no result, or more than one.
  var only: LuaValue? {
    guard let first, !first.isNil, dropFirst().allSatisfy(\.isNil) else { return nil }
    return first
  }

  /// What a function without a result has probably forgotten; nil for any other.
  var returnHint: String? { allSatisfy(\.isNil) ? "does the function end without return?" : nil }

  /// The types of the results, for messages: `nothing`, `nil`, `number`, `2 results (tensor, tensor)`.
  var typeNames: String {
    let given = self[..<(lastIndex { !$0.isNil }.map { $0 + 1 } ?? 0)]
    guard given.count > 1 else { return given.first?.typeName ?? (isEmpty ? "nothing" : "nil") }
    return "\(given.count) results (\(given.map(\.typeName).joined(separator: ", ")))"
  }
}

extension LuaValue {
  /// As that of results.
  var returnHint: String? { [self].returnHint }
}
