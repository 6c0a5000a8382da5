import Scripting

/// A learner as the command line names it: `cosine`, `./mine.lua`, or with options, `ridge:lambda=1`,
/// `finetune:lr=0.1:steps=20`.
struct LearnerSetting {
  /// The plugin's name or file.
  let name: String
  /// The options that only this setting of the plugin has.
  let options: [(key: String, value: String)]

  /// A plugin without options of its own.
  init(name: String) {
    self.name = name
    options = []
  }

  /// - Throws: `OptionError` for a part that is no `option=value`.
  init(_ text: String) throws {
    // A file may have a colon in its name; an option has an equals sign.
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let first = parts.firstIndex { $0.contains("=") } ?? parts.count
    name = parts[..<first].joined(separator: ":")
    options = try parts[first...].map { part in
      guard let equals = part.firstIndex(of: "="), equals > part.startIndex else {
        throw OptionError(
          "--learner \(text): '\(part)' has no value", hint: "write it as \(parts[0]):option=value")
      }
      return (key: String(part[..<equals]), value: String(part[part.index(after: equals)...]))
    }
  }
}
