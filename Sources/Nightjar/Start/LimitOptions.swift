import ArgumentParser
import LuaHost

/// The option of every command that runs Lua code: what scripts may use.
struct LimitOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .singleValue,
    help: ArgumentHelp(
      "What a script may use: \(Limit.examples); none lifts a limit. Repeatable.",
      valueName: "name=amount"))
  var limit: [String] = []

  func validate() throws { _ = try applied(to: Limits()) }

  /// The limits with what was given in the place of what is usual.
  func applied(to usual: Limits) throws -> Limits {
    var limits = usual
    for text in limit { try limits.set(text) }
    return limits
  }
}
