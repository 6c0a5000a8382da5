import ArgumentParser
import Experiments

/// The processes that share the repeats of a bench.
struct ProcessOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The processes that share the repeats of a bench (default: one per thread, where they take long).",
      valueName: "n"),
    transform: IntegerArgument.within(1...1024))
  var processes: Int?

  /// The part that this process runs, for the one that started it.
  @Option(name: .customLong(BenchHelpers.option), help: .private, transform: ProcessOptions.part)
  var part: BenchPart?

  private static func part(_ text: String) throws -> BenchPart {
    guard let part = BenchPart(parsing: text) else {
      throw UsageError("'\(text)': expected a part such as 1/4/7")
    }
    return part
  }
}
