import Support

/// The reference of a host's API, from its declarations: what `nightjar help nn.LSTM` prints.
public struct Reference: Sendable {
  /// One thing that has a name: a function, a method, a property, a module, a class.
  struct Entry: Sendable {
    /// As scripts write it: `nj.nn.LSTM`, `tensor:mean`, `tensor.shape`.
    let name: String
    let text: String

    /// The name without module or class.
    var lastPart: Substring { name.split(whereSeparator: { $0 == "." || $0 == ":" }).last ?? "" }
  }

  private let entries: [Entry]
  private let root: String
  private let hint: @Sendable (String) -> String?

  /// The reference of a module, which scripts call `root`, and of the classes of its objects.
  ///
  /// `hint` has advice for names of other libraries; nil where it has none.
  public init(
    _ module: LuaModule, named root: String, classes: [LuaClass],
    hint: @escaping @Sendable (String) -> String? = { _ in nil }
  ) {
    self.root = root
    self.hint = hint
    entries = Self.entries(module, root) + classes.flatMap(Self.entries)
  }

  /// Every name that ``text(of:)`` knows.
  public var names: [String] { entries.map(\.name) }

  /// The reference of a name: `nn.LSTM`, `nj.nn.LSTM`, `LSTM`, `x:mean`, `tensor.shape`, `tensor`.
  ///
  /// - Throws: ``ReferenceError`` with close names for an unknown one.
  public func text(of name: String) throws -> String {
    let found = matches(name)
    guard let first = found.first else { throw ReferenceError(message: unknown(name)) }
    let others = found.dropFirst().map(\.name)
    if others.isEmpty { return first.text }
    if others.count < 4 { return found.map(\.text).joined(separator: "\n\n") }
    return first.text + "\n\nAlso: " + others.prefix(20).joined(separator: ", ")
  }

  private func matches(_ name: String) -> [Entry] {
    var name = String(name.prefix { $0 != "(" && $0 != " " })
    if name.hasPrefix("nightjar.") { name = root + name.dropFirst("nightjar".count) }
    let exact = entries.filter { $0.name == name } + entries.filter { $0.name == "\(root).\(name)" }
    if !exact.isEmpty { return exact }
    // A method or property of something whose class is not known here.
    if let dot = name.lastIndex(where: { $0 == ":" || $0 == "." }), !name.hasPrefix(root + ".") {
      let member = name[name.index(after: dot)...]
      return entries.filter {
        !$0.name.hasPrefix(root + ".") && $0.name != $0.lastPart && $0.lastPart == member
      }
    }
    return entries.filter { $0.lastPart == name }
  }

  private func unknown(_ name: String) -> ErrorMessage {
    let last = String(name.split(whereSeparator: { $0 == "." || $0 == ":" }).last ?? "")
    return ErrorMessage("there is no '\(name)' in the reference", hint: hint(last) ?? close(to: last))
  }

  /// Names of which this is a part, else names that are nearly this.
  private func close(to name: String) -> String? {
    let exact = entries.filter { $0.lastPart == name }.map(\.name)
    let parts = entries.filter {
      $0.lastPart.lowercased().split(separator: "_").contains(name.lowercased()[...])
    }
    let found = exact.isEmpty ? parts.map(\.name) : exact
    if !found.isEmpty { return "there is \(found.prefix(5).joined(separator: ", "))" }
    // Of names of three letters, most are one edit apart.
    guard name.count > 3, let nearest = name.nearest(in: entries.map { String($0.lastPart) }) else {
      return nil
    }
    let all = entries.filter { $0.lastPart == nearest }.map(\.name)
    return "did you mean \(all.prefix(3).joined(separator: " or "))?"
  }
}

/// A name that the reference does not have.
public struct ReferenceError: NightjarError {
  public let message: ErrorMessage

  public var exitCode: ExitCode { .usage }
}

extension Reference {
  private static func entries(_ module: LuaModule, _ path: String) -> [Entry] {
    let names =
      module.functions.map(\.name) + module.values.map(\.name) + module.properties.map(\.name)
      + module.modules.map(\.name)
    let listing = "  " + names.sorted().joined(separator: ", ").wrapped(width: 98, indent: "  ")
    let own = Entry(name: path, text: "\(path): \(module.summary)\n\n\(listing)")
    return [own]
      + module.functions.map { Entry(name: "\(path).\($0.name)", text: text(of: $0, prefix: "\(path).")) }
      + module.values.map {
        Entry(name: "\(path).\($0.name)", text: "\(path).\($0.name): \($0.value.typeName)\n  \($0.summary)")
      }
      + module.properties.map { Entry(name: "\(path).\($0.name)", text: text(of: $0, prefix: "\(path).")) }
      + module.modules.flatMap { entries($0, "\(path).\($0.name)") }
  }

  private static func entries(_ description: LuaClass) -> [Entry] {
    let name = description.name
    let width = description.properties.map(\.name.count).max() ?? 0
    let properties = description.properties.map { property in
      let gap = String(repeating: " ", count: width + 2 - property.name.count)
      return "  .\(property.name)\(gap)"
        + "\(property.type): \(property.summary)".wrapped(
          width: 95 - width, indent: String(repeating: " ", count: width + 5))
    }
    let methods = description.methods.map { ":\($0.name)" }.sorted().joined(separator: ", ")
    let listing =
      properties + (methods.isEmpty ? [] : ["  methods: " + methods.wrapped(width: 98, indent: "    ")])
    let own = Entry(
      name: name, text: (["\(name): \(description.summary)", ""] + listing).joined(separator: "\n"))
    return [own]
      + description.methods.map { Entry(name: "\(name):\($0.name)", text: text(of: $0, prefix: "\(name):")) }
      + description.properties.map {
        Entry(name: "\(name).\($0.name)", text: text(of: $0, prefix: "\(name)."))
      }
  }

  private static func text(of property: LuaProperty, prefix: String) -> String {
    "\(prefix)\(property.name): \(property.type)\n  " + property.summary.wrapped(width: 98, indent: "  ")
  }

  private static func text(of function: LuaFunction, prefix: String) -> String {
    let result = function.returns == "nothing" ? "" : " → \(function.returns)"
    var lines = [
      "\(prefix)\(function.signature)\(result)", "  " + function.summary.wrapped(width: 98, indent: "  "),
    ]
    let described = function.parameters.flatMap(rows)
    if !described.isEmpty { lines += [""] + listing(described) }
    for record in function.records {
      lines += ["", "\(record.name): " + record.summary.wrapped(width: 98, indent: "  ")]
      lines += listing(record.fields.map { ($0.name, text(of: $0)) })
    }
    return lines.joined(separator: "\n")
  }

  /// Names with their descriptions, in two columns.
  private static func listing(_ rows: [(name: String, text: String)]) -> [String] {
    let width = min(24, rows.map(\.name.count).max() ?? 0)
    return rows.map { row in
      let gap = String(repeating: " ", count: max(1, width + 2 - row.name.count))
      return "  \(row.name)\(gap)"
        + row.text.wrapped(width: 96 - width, indent: String(repeating: " ", count: width + 4))
    }
  }

  /// A parameter, and the fields of one that is a table of options.
  private static func rows(_ parameter: LuaParameter) -> [(name: String, text: String)] {
    let fields = parameter.allFields
    guard !fields.isEmpty else { return [(parameter.name, text(of: parameter))] }
    let head =
      "table" + (parameter.isOptional ? ", optional" : "")
      + (parameter.help.isEmpty ? "" : ": \(parameter.help)")
    return [(parameter.name, head)] + fields.map { ("  \($0.name)", text(of: $0)) }
  }

  private static func text(of parameter: LuaParameter) -> String {
    var text = parameter.signature ?? parameter.type.description
    if !parameter.defaultValue.isNil {
      text += ", default \(parameter.defaultValue.literal)"
    } else if parameter.isOptional && !parameter.isRest {
      text += ", optional"
    }
    if !parameter.help.isEmpty { text += ": \(parameter.help)" }
    // A reserved word is no name of a field without brackets.
    let keys = (parameter.key == parameter.name ? [] : [parameter.key]) + parameter.synonyms
    return text + (keys.isEmpty ? "" : "; by name also \(keys.joined(separator: ", "))")
  }
}

extension String {
  /// With line breaks where a line would be longer than `width`; further lines begin with `indent`.
  fileprivate func wrapped(width: Int, indent: String) -> String {
    var lines = [""]
    for word in split(separator: " ", omittingEmptySubsequences: false) {
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + word.count > width {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = last.isEmpty ? String(word) : "\(last) \(word)"
      }
    }
    return lines.joined(separator: "\n" + indent)
  }
}
