import Support

/// Options of other programs, and what has that purpose here: the advice behind "Unknown option '--epochs'".
struct ForeignOption {
  let names: [String]
  let advice: String

  private init(_ names: String, _ advice: String) {
    self.names = names.split(separator: " ").map(String.init)
    self.advice = advice
  }

  /// The advice for the option that a message of the parser calls unknown; nil otherwise.
  ///
  /// - Parameter runsScript: whether the command is the one that runs a script.
  static func advice(in message: String, runsScript: Bool) -> String? {
    guard let name = message.firstMatch(of: /Unknown option '(--?[\w-]+)/).map({ String($0.1) }) else {
      return nil
    }
    if let known = all.first(where: { $0.names.contains(name) }) { return known.advice }
    // A script's own options have no spelling of their own on the command line.
    let suggested = message.firstMatch(of: /Did you mean '(--?[\w-]+)'/).map { String($0.1) }
    let isMistyped = suggested.map { name.nearest(in: [$0]) != nil } ?? false
    guard runsScript, !isMistyped else { return nil }
    let option = name.drop { $0 == "-" }.replacing("-", with: "_")
    return "an option of the script is given by --set \(option)=VALUE; "
      + "nightjar FILE.lua --help lists those that it has"
  }

  static let all = [
    ForeignOption(
      "--watch -w", "nightjar watch FILE.lua, or nightjar watch bench …, runs it again after every save"),
    ForeignOption("--epochs --epoch", "--set recipe.epochs=N, or --set epochs=N of a script"),
    ForeignOption("--lr --learning-rate", "--set recipe.lr=X, or --set lr=X of a script"),
    ForeignOption("--batch-size --batch", "--set recipe.batch=N"),
    ForeignOption("--shots --ways --sessions", "--set task.shots=N, --set task.ways=N"),
    ForeignOption(
      "--device --gpu --cuda --cpu", "there is one device, the processor; --threads N sets its threads"),
    ForeignOption("--verbose --debug -v", "NIGHTJAR_LOG=debug in the environment"),
    ForeignOption("--output --out-dir --output-dir -o", "--out DIR"),
    ForeignOption("--force -f", "--overwrite"),
    ForeignOption("--dataset --data-dir", "--data DIR"),
    ForeignOption("--workers --num-workers --jobs -j", "--threads N"),
    ForeignOption("--no-cache --clear-cache", "nightjar cache clear, with --stage or --older"),
    ForeignOption("--recipe.epochs --model.channels", "--set NAME=VALUE: --set recipe.epochs=6"),
    ForeignOption("--learners", "--learner NAME,NAME"),
    ForeignOption("--metrics", "--metric NAME, repeated"),
    ForeignOption("--continue", "--resume"),
    ForeignOption("--timeout --time", "--limit time=60s"),
  ]
}
