import Support

/// Why a value does not fit a type.
struct TypeMismatch: CustomStringConvertible {
  enum Kind {
    /// A value of another type, or a number out of range: the type as a whole was not meant.
    case otherType
    /// A host object of the right class whose memory was given back.
    case released
    /// The type fits from outside, and something in the value does not: an element, a field, a word.
    case content
  }

  let kind: Kind
  /// `expected …, got …`.
  let description: String
}

extension LuaStack {
  /// Why the value at `index` does not fit a type; nil when it does.
  func mismatch(_ index: Int32, _ type: LuaType) -> TypeMismatch? {
    let index = absolute(index)
    let fits: Bool
    switch type {
    case .any: fits = true
    case .boolean: fits = kind(index) == .boolean
    case .integer(let range): fits = integer(index).map(range.contains) ?? false
    case .number(let range):
      let value = number(index)
      fits =
        kind(index) == .number
        && (range.contains(value) || (value.isNaN && range == LuaType.everyNumber))
    case .string:
      if let problem = lengthMismatch(index) ?? encodingMismatch(index) { return problem }
      fits = kind(index) == .string
    case .text: fits = kind(index) == .string
    case .table: fits = kind(index) == .table
    case .function: fits = isCallable(index)
    case .choice(let words): return choiceMismatch(index, words)
    case .list(let element): return listMismatch(index, element, type)
    case .options(let fields): return optionsMismatch(index, fields, type)
    case .object(let name):
      fits = classNumber(index) == state.classNumber(name)
      if fits, isReleased(index) {
        return TypeMismatch(kind: .released, description: "\(name) used after release")
      }
    case .union(let types): return unionMismatch(index, types, type)
    }
    return fits ? nil : otherType(type, index)
  }

  private func otherType(_ type: LuaType, _ index: Int32) -> TypeMismatch {
    TypeMismatch(kind: .otherType, description: "expected \(type), got \(text(of: index, expecting: type))")
  }

  /// The value of a number where another number was expected; otherwise the type.
  private func text(of index: Int32, expecting type: LuaType) -> String {
    guard kind(index) == .number, type.admitsNumbers else { return typeName(index) }
    let value = number(index)
    return isInteger(index) ? "\(integer(index) ?? 0)" : value.isNaN ? "nan" : "\(value)"
  }

  /// A string that is too long for a name.
  private func lengthMismatch(_ index: Int32) -> TypeMismatch? {
    guard kind(index) == .string, rawLength(index) > LuaType.maxNameLength else { return nil }
    return TypeMismatch(
      kind: .content,
      description: "expected a string of at most \(LuaType.maxNameLength) bytes, got \(rawLength(index))")
  }

  /// A string that is no text.
  private func encodingMismatch(_ index: Int32) -> TypeMismatch? {
    bytes(index)?.problemAsUTF8.map {
      TypeMismatch(kind: .content, description: "expected a string in UTF-8: \($0)")
    }
  }

  private func choiceMismatch(_ index: Int32, _ words: [String]) -> TypeMismatch? {
    if let problem = lengthMismatch(index) { return problem }
    guard let word = string(index) else { return otherType(.choice(words), index) }
    if words.contains(word) { return nil }
    // 'int' is two edits from 'int32', and its beginning.
    let near = word.nearest(in: words) ?? words.first { word.count > 2 && $0.hasPrefix(word) }
    let hint = near.map { "; did you mean '\($0)'?" } ?? ""
    return TypeMismatch(
      kind: .otherType, description: "expected \(LuaType.choice(words)), got '\(word)'\(hint)")
  }

  private func listMismatch(_ index: Int32, _ element: LuaType, _ type: LuaType) -> TypeMismatch? {
    guard kind(index) == .table, (try? reserve(4)) != nil else { return otherType(type, index) }
    if let name = firstName(index) {
      return TypeMismatch(
        kind: rawLength(index) == 0 ? .otherType : .content,
        description: "expected \(type), got a table with the key '\(name)'")
    }
    if case .any = element { return nil }
    var watch = Interruption.Watch()
    for i in 0..<rawLength(index) {
      // The call ends before its body.
      if watch.isDue(after: 128) { return nil }
      getElement(i + 1, of: index)
      defer { pop() }
      if let problem = mismatch(-1, element) {
        return TypeMismatch(
          kind: .content, description: "expected \(type); element \(i + 1): \(problem)")
      }
    }
    return nil
  }

  private func optionsMismatch(
    _ index: Int32, _ fields: [LuaParameter], _ type: LuaType
  ) -> TypeMismatch? {
    guard kind(index) == .table, (try? reserve(4)) != nil else { return otherType(type, index) }
    func problem(_ text: String) -> TypeMismatch { TypeMismatch(kind: .content, description: text) }
    guard hasFewKeys(index) else { return problem("expected \(type), got one of more than 1000 keys") }
    for name in keyNames(index) where !fields.contains(where: { $0.name == name }) {
      let hint =
        state.optionAdvice(name, fields.map(\.name))
        ?? name.nearestKey(in: fields.map(\.name)).map { "did you mean '\($0)'?" }
      let known = "it takes " + fields.map(\.name).joined(separator: ", ")
      return problem("unknown key '\(name)'; \(hint ?? known)")
    }
    for field in fields {
      let given = getField(field.name, of: index)
      defer { pop() }
      if given == .nil {
        if field.isOptional { continue }
        return problem("field '\(field.name)' is missing: expected \(field.type)")
      }
      if let mismatch = mismatch(-1, field.type) { return problem("field '\(field.name)': \(mismatch)") }
    }
    return nil
  }

  private func unionMismatch(_ index: Int32, _ types: [LuaType], _ type: LuaType) -> TypeMismatch? {
    var closest: TypeMismatch?
    for candidate in types {
      guard let problem = mismatch(index, candidate) else { return nil }
      // A table whose content does not fit this candidate was meant as this candidate.
      if problem.kind == .released || (problem.kind == .content && kind(index) == .table) {
        closest = problem
      }
    }
    return closest ?? otherType(type, index)
  }
}

extension String {
  /// The key of `candidates` that is nearest to this one, or the only one of whose words it is one: `hop_length` for
  /// `hop`.
  package func nearestKey(in candidates: [String]) -> String? {
    if let nearest = nearest(in: candidates) { return nearest }
    let parts = candidates.filter { $0.split(separator: "_").contains(self[...]) }
    return parts.count == 1 ? parts[0] : nil
  }
}
