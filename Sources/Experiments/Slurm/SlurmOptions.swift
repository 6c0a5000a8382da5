import Support

/// Slurm's options for the tasks of a sweep, as `sbatch` has them: `--partition=gpu --time=1:00:00`.
public struct SlurmOptions: Sendable, Hashable, Codable {
  /// The options, one element each; without that of ``maxRunning``.
  let arguments: [String]
  /// How many tasks may run at once; nil for as many as there is room for.
  let maxRunning: Int?

  /// What the engine sets itself.
  private static let own: Set = [
    "--wrap", "--chdir", "-D", "--job-name", "-J", "--output", "-o", "--error", "-e", "--requeue",
    "--parsable",
    "--wait", "-W", "--dependency", "-d", "--test-only",
  ]

  /// Reads options as a shell splits them: by spaces, except between quotes.
  ///
  /// - Throws: ``SlurmError`` for a quote without end, a word that is no option, and one that the engine sets itself.
  public init(_ text: String) throws {
    var options: [String] = []
    var maxRunning: Int?
    var words = try Self.split(text)[...]
    var takesValue = false
    while let word = words.popFirst() {
      guard word.hasPrefix("-") else {
        guard takesValue else { throw SlurmError.notAnOption(word) }
        options.append(word)
        takesValue = false
        continue
      }
      takesValue = !word.contains("=")
      let name = String(word.prefix { $0 != "=" })
      guard !Self.own.contains(name) else { throw SlurmError.isSet(name) }
      guard name == "--array" || name.hasPrefix("-a") else {
        options.append(word)
        continue
      }
      let value = takesValue ? words.popFirst() ?? "" : String(word.dropFirst(name.count + 1))
      guard value.hasPrefix("%"), let count = Int(value.dropFirst()), count > 0 else {
        throw SlurmError.isSet("--array")
      }
      maxRunning = count
      takesValue = false
    }
    arguments = options
    self.maxRunning = maxRunning
  }

  private static func split(_ text: String) throws -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    guard quote == nil else { throw SlurmError.openQuote(text) }
    return words + (word.map { [$0] } ?? [])
  }
}

/// Slurm, or options for it, that cannot be used.
public enum SlurmError: NightjarError, Equatable {
  case notInstalled(program: String)
  case notAnOption(String)
  case isSet(String)
  case openQuote(String)

  public var exitCode: ExitCode {
    if case .notInstalled = self { .data } else { .usage }
  }

  public var locations: [ErrorLocation] {
    if case .notInstalled = self { [] } else { [.argument("--slurm")] }
  }

  public var message: ErrorMessage {
    switch self {
    case .notInstalled(let program):
      ErrorMessage(
        "Slurm's \(program) is not on PATH",
        hint: "run it on a login node of a cluster, or leave out --engine slurm")
    case .notAnOption(let word):
      ErrorMessage(
        "'\(word)' is no option of sbatch", hint: "write it as --slurm \"--partition=short --time=30\"")
    case .isSet("--array"):
      ErrorMessage(
        "the sweep sets --array itself",
        hint: "--array=%8 lets 8 tasks run at once, and is all that can be given")
    case .isSet(let name): ErrorMessage("the sweep sets \(name) itself", hint: "leave it out")
    case .openQuote(let text): ErrorMessage("'\(text)' has a quote without end")
    }
  }
}
