extension LuaStack {
  /// What is wrong with the value at `index` for a type, as `expected …, got …`; nil when it fits.
  func mismatch(_ index: Int32, _ type: LuaType) -> String? {
    let index = absolute(index)
    switch type {
    case .any: return nil
    case .boolean: return kind(index) == .boolean ? nil : expected(type, index)
    case .integer(let range):
      guard let value = integer(index), range.contains(value) else { return expected(type, index) }
      return nil
    case .number(let range):
      guard kind(index) == .number else { return expected(type, index) }
      let value = number(index)
      return range.contains(value) || (value.isNaN && range == LuaType.everyNumber)
        ? nil : expected(type, index)
    case .string: return kind(index) == .string ? nil : expected(type, index)
    case .choice(let words): return choiceMismatch(index, words)
    case .table: return kind(index) == .table ? nil : expected(type, index)
    case .function: return isCallable(index) ? nil : expected(type, index)
    case .list(let element): return listMismatch(index, element, type)
    case .options(let fields): return optionsMismatch(index, fields, type)
    case .object(let name):
      guard classNumber(index) == state.classNumber(name) else { return expected(type, index) }
      return isReleased(index) ? "\(name) used after release" : nil
    case .union(let types):
      return unionMismatch(index, types, type)
    }
  }

  private func expected(_ type: LuaType, _ index: Int32) -> String {
    "expected \(type), got \(shown(index, type))"
  }

  /// A number where another number was expected is shown; of the rest, the type.
  private func shown(_ index: Int32, _ type: LuaType) -> String {
    guard kind(index) == .number, type.admitsNumbers else { return typeName(index) }
    let value = number(index)
    return isInteger(index) ? "\(integer(index) ?? 0)" : value.isNaN ? "nan" : "\(value)"
  }

  private func choiceMismatch(_ index: Int32, _ words: [String]) -> String? {
    guard let word = string(index) else { return expected(.choice(words), index) }
    if words.contains(word) { return nil }
    let hint = word.nearest(in: words).map { "; did you mean '\($0)'?" } ?? ""
    return "expected \(LuaType.choice(words)), got '\(word)'\(hint)"
  }

  private func listMismatch(_ index: Int32, _ element: LuaType, _ type: LuaType) -> String? {
    guard kind(index) == .table, (try? reserve(4)) != nil else { return expected(type, index) }
    if case .any = element { return nil }
    for i in 0..<rawLength(index) {
      getElement(i + 1, of: index)
      defer { pop() }
      if let problem = mismatch(-1, element) { return "expected \(type); element \(i + 1): \(problem)" }
    }
    return nil
  }

  private func optionsMismatch(_ index: Int32, _ fields: [LuaParameter], _ type: LuaType) -> String? {
    guard kind(index) == .table, (try? reserve(4)) != nil else { return expected(type, index) }
    for name in keyNames(index) where !fields.contains(where: { $0.name == name }) {
      let hint = name.nearest(in: fields.map(\.name)).map { "did you mean '\($0)'?" }
      let known = "it takes " + fields.map(\.name).joined(separator: ", ")
      return "unknown key '\(name)'; \(hint ?? known)"
    }
    for field in fields {
      let given = getField(field.name, of: index)
      defer { pop() }
      if given == .nil {
        if field.isOptional { continue }
        return "field '\(field.name)' is missing: expected \(field.type)"
      }
      if let problem = mismatch(-1, field.type) { return "field '\(field.name)': \(problem)" }
    }
    return nil
  }

  private func unionMismatch(_ index: Int32, _ types: [LuaType], _ type: LuaType) -> String? {
    var closest: String?
    for candidate in types {
      guard let problem = mismatch(index, candidate) else { return nil }
      // A table that was meant as this candidate gets that candidate's own, more exact complaint.
      if kind(index) == .table, !problem.hasPrefix("expected \(candidate), got") { closest = problem }
      if problem.hasSuffix("used after release") { closest = problem }
    }
    return closest ?? expected(type, index)
  }
}
