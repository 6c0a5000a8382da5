/// The form that starts a bench, and the command line that it stands for.
struct BenchForm: Sendable {
  let fields: FormFields
  let plugins: [PluginListing]

  /// The fields that are one option of the command each, with the default that is left out.
  static let single: [(field: String, defaultValue: String)] = [
    ("model", "m5"), ("recipe", "cross_entropy"), ("encoder", ""), ("data", ""), ("size", "quick"),
    ("repeats", "20"), ("seeds", ""),
  ]
  private static let defaultTask = "keyword_fscil"
  static let defaultLearners = ["prototypical", "frozen"]
  /// Kinds of which a bench uses one plugin.
  static let singleKinds = ["task", "model", "recipe", "encoder"]

  /// The task plugin.
  var task: String { value(of: "task") }

  /// The value of a field, or its default in an empty form.
  func value(of field: String) -> String {
    let given = fields[field]
    if !given.isEmpty { return given }
    if field == "task" { return Self.defaultTask }
    return Self.single.first { $0.field == field }?.defaultValue ?? ""
  }

  /// The selected plugins of a kind of which there may be several.
  func selected(_ kind: String) -> [String] {
    if kind == "learner", !fields.contains("task") { return Self.defaultLearners }
    return fields.all(kind)
  }

  /// The selected learners, with those that were written as on the command line: `ridge:lambda=10`.
  var learners: [String] {
    let written = fields["learners"].split(separator: ",").map(String.init).filter { !$0.isEmpty }
    return selected("learner") + written
  }

  /// Whether the options of a plugin are those of this bench.
  func isSelected(_ plugin: PluginListing) -> Bool {
    if Self.singleKinds.contains(plugin.kind) { return value(of: plugin.kind) == plugin.name }
    return selected(plugin.kind).contains(plugin.name)
  }

  /// The name of an option's field.
  static func field(_ plugin: PluginListing, _ option: PluginListing.Option) -> String {
    "set:\(plugin.kind):\(plugin.name).\(option.name)"
  }

  /// The command line after the program. Values stand in the same word as their option, so that none is taken for one.
  var words: [String] {
    var words = ["bench", task]
    for (field, defaultValue) in Self.single where value(of: field) != defaultValue {
      // The synthetic data set has sizes.
      if field == "size", !value(of: "data").isEmpty { continue }
      words.append("--\(field)=\(value(of: field))")
    }
    if learners != Self.defaultLearners, !learners.isEmpty {
      words.append("--learner=\(learners.joined(separator: ","))")
    }
    words += fields.all("metric").map { "--metric=\($0)" } + fields.all("test").map { "--test=\($0)" }
    for plugin in plugins where isSelected(plugin) {
      for option in plugin.options ?? [] {
        let value = fields[Self.field(plugin, option)]
        guard !value.isEmpty, value != option.defaultText else { continue }
        let owner = Self.singleKinds.contains(plugin.kind) ? plugin.kind : plugin.name
        words.append("--set=\(owner).\(option.name)=\(value)")
      }
    }
    if fields.contains("validation") { words.append("--validation") }
    return words
  }

  /// The command line as a shell takes it.
  var commandLine: String { Self.commandLine(words) }

  /// The words after the program as a shell takes them.
  static func commandLine(_ words: [String]) -> String {
    (["nightjar"] + words).map { word in
      let isPlain = word.allSatisfy { $0.isLetter || $0.isNumber || "_-=.,:/+@%".contains($0) }
      return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}
