import LuaHost
import Support

/// Looks for names in a plugin's text that nothing has: globals, members of `nj`, arguments and options by other names.
struct NameCheck {
  private let globals: Set<String>
  private(set) var findings: [CheckFinding] = []

  /// Checks texts that share an environment with these globals.
  init(_ sources: [(path: String, names: SourceNames)], globals: [String]) {
    let all = sources.flatMap(\.names.globals)
    self.globals = Set(globals).union(all.filter(\.isSet).map(\.name))
    var isReported: Set<String> = []
    for (path, names) in sources {
      if !names.changesEnvironment {
        for global in names.globals where isReported.insert("\(global.name) \(global.isSet)").inserted {
          check(global, in: path, known: globals)
        }
      }
      for habit in names.habits { report(Self.message(of: habit.kind), path, habit.line) }
      for use in names.paths where use.module == NightjarModule.module.name { check(use, in: path) }
      let own = Set(sources.flatMap(\.names.fields))
      for method in names.methods where !own.contains(method.name) { check(method, in: path) }
    }
  }

  private mutating func report(_ message: ErrorMessage, _ path: String, _ line: Int, isWarning: Bool = false)
  {
    findings.append(CheckFinding(message, file: path, line: line, isWarning: isWarning))
  }

  private mutating func check(_ global: SourceNames.Global, in path: String, known: [String]) {
    if global.isSet, !known.contains(global.name) {
      report(
        ErrorMessage(
          "'\(global.name)' is set as a global, which every function of the plugin shares",
          hint: "write local \(global.name), or self.\(global.name)"), path, global.line, isWarning: true)
    } else if !globals.contains(global.name) {
      let near = global.name.nearest(in: global.locals + self.globals.sorted())
      let isModule = global.name == "nj" || global.name == "nn"
      let hint =
        isModule
        ? "write local \(global.name) = \(global.name == "nj" ? "require \"nightjar\"" : "nj.nn") at the top"
        : ForeignName.advice(for: global.name, in: .global) ?? near.map { "did you mean '\($0)'?" }
          ?? "declare it with local before it is used"
      report(
        ErrorMessage(
          "'\(global.name)' is not defined: no local variable and no global has this name", hint: hint),
        path, global.line)
    }
  }

  private static func message(of habit: SourceNames.Habit.Kind) -> ErrorMessage {
    switch habit {
    case .loopOverTable:
      ErrorMessage(
        "a loop with `in` takes an iterator, got a table",
        hint: "for i, x in ipairs { … } do; pairs for a table with names")
    case .unpackedShape:
      ErrorMessage(
        "x.shape is one table: only the first variable is set", hint: "local a, b = table.unpack(x.shape)")
    case .shapeIndex(let index):
      ErrorMessage(
        "x.shape[\(index)] is nil: dimensions count from 1",
        hint: index == "0" ? "x.shape[1], or x:size(1)" : "x:size(\(index)) counts from the end")
    }
  }

  /// Follows a path from `nj` as far as it is known.
  private mutating func check(_ use: SourceNames.Path, in path: String) {
    var module = NightjarModule.module
    var written = "nj"
    for (index, name) in use.names.enumerated() {
      if let next = module.modules.first(where: { $0.name == name }) {
        module = next
        written += "." + name
        continue
      }
      if let function = module.functions.first(where: { $0.name == name }) {
        guard index == use.names.count - 1, let arguments = use.arguments else { return }
        return check(arguments, of: function, named: "\(written).\(name)", in: path, line: use.line)
      }
      let properties = module.properties.map(\.name)
      let values = module.values.map(\.name)
      if properties.contains(name) || values.contains(name) { return }
      let members = module.functions.map(\.name) + module.modules.map(\.name) + properties + values
      let elsewhere = ForeignName.advice(for: name, in: .module) ?? NightjarModule.place(of: name)
      report(
        ErrorMessage(
          "\(written) has no '\(name)'",
          hint: elsewhere ?? name.nearest(in: members).map { "did you mean '\(written).\($0)'?" }
            ?? "`nightjar plugins types` lists all that there is"), path, use.line)
      return
    }
  }

  private mutating func check(
    _ arguments: SourceNames.Arguments, of function: LuaFunction, named name: String, in path: String,
    line: Int
  ) {
    let parameters = function.parameters
    if let last = arguments.keys.last, let keys = last, !keys.isEmpty {
      let first = arguments.keys.count - 1
      guard first < parameters.count || parameters.last?.isRest == true else { return }
      let accepted: [String]?
      if first < parameters.count, case .options(let fields) = parameters[first].type {
        accepted = fields.map(\.name)
      } else {
        accepted = function.names(from: first)
      }
      for key in keys {
        guard let accepted, !accepted.contains(key.name) else { continue }
        report(
          ErrorMessage(
            "\(name): unknown key '\(key.name)'",
            hint: key.name.nearestKey(in: accepted).map { "did you mean '\($0)'?" }
              ?? "it takes \(accepted.joined(separator: ", "))"), path, key.line)
      }
      return
    }
    guard !arguments.isOpen, parameters.last?.isRest != true else { return }
    let given = arguments.keys.count
    let required = parameters.prefix { !$0.isOptional }
    if given > parameters.count {
      report(
        ErrorMessage(
          "\(name) takes \(parameters.isEmpty ? "no arguments" : "at most \("argument".counted(parameters.count))"), "
            + "got \(given)", hint: "it is \(name)\(function.signature.dropFirst(function.name.count))"),
        path, line)
    } else if given < required.count {
      report(
        ErrorMessage(
          "\(name): argument \(given + 1) (\(parameters[given].name)) is missing: expected \(parameters[given].type)",
          hint: "it is \(name)\(function.signature.dropFirst(function.name.count))"), path, line)
    }
  }

  /// The methods of all host objects, and those of strings.
  private static let methods: Set<String> = Set(
    NightjarModule.classes.flatMap { $0.methods.map(\.name) + $0.properties.map(\.name) } + [
      "byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack", "packsize", "rep",
      "reverse", "sub",
      "unpack", "upper", "char",
    ])

  /// A method that nothing has and that is nearly one: objects of plugins may have any, so that others pass.
  private mutating func check(_ method: SourceNames.Key, in path: String) {
    guard !Self.methods.contains(method.name), !Self.ofPlugins.contains(method.name), method.name.count > 3,
      let near = method.name.nearest(in: Self.methods.sorted()), method.name.isOneStep(from: near)
    else { return }
    report(
      ErrorMessage("no object has a method '\(method.name)'", hint: "did you mean '\(near)'?"), path,
      method.line)
  }

  private static let ofPlugins = Set(PluginKind.allCases.flatMap { $0.functions.map(\.name) })
}

extension String {
  /// Whether one letter was replaced, left out or added, or two neighbours were swapped.
  fileprivate func isOneStep(from other: String) -> Bool {
    let mine = Array(self)
    let theirs = Array(other)
    let start = zip(mine, theirs).prefix { $0 == $1 }.count
    let end = zip(mine.dropFirst(start).reversed(), theirs.dropFirst(start).reversed()).prefix { $0 == $1 }
      .count
    let left = mine.count - start - end
    let right = theirs.count - start - end
    if left == 2, right == 2 { return mine[start] == theirs[start + 1] && mine[start + 1] == theirs[start] }
    return left <= 1 && right <= 1
  }
}
