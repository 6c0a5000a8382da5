import ArgumentParser
import Support
import Tensors

/// The options of every command.
struct CommonOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("How many threads to use at most (default: one a core).", valueName: "n"))
  var threads: Int?

  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "The memory that tensors may take, such as 2GiB (default: half of what the machine has).",
      valueName: "size"),
    transform: MemorySize.init)
  var memory: MemorySize?

  @Flag(name: .long, help: "No progress, no warnings: only results, warnings and errors.")
  var quiet = false

  @Flag(name: .long, help: "Print results as JSON.")
  var json = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
  }

  /// How this command speaks to the person.
  var console: Console { Console(quiet: quiet) }

  /// Where this command computes.
  var device: Device { Device(memory: memory?.bytes, threads: threads) }
}

/// The value of `--memory`.
struct MemorySize {
  let bytes: Int

  init(_ text: String) throws {
    guard let count = ByteCount(parsing: text), count.bytes >= 1 << 20 else {
      throw ValidationError("'\(text)' is no size: expected one such as 500MB or 2GiB, at least 1MB")
    }
    bytes = count.bytes
  }
}
