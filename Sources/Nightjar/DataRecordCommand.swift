import ArgumentParser
import Audio
import Datasets
import Experiments
import Foundation
import Support

/// `nightjar data record WORD`.
struct DataRecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record takes of a word, for `model learn`.",
    discussion: """
      Takes are written to OUT/WORD/1.wav and so on, after those that are there. At a terminal, each waits for Enter; \
      a take that is silent or clipped is repeated. The program that records is arecord, rec or ffmpeg.

        nightjar data record hello
        nightjar model learn latest --words takes --out mine.safetensors
      """)

  @Argument(help: "The word.") var word: String

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("How many takes.", valueName: "n"),
    transform: IntegerArgument.within(1...1000))
  var takes = 5

  @Option(name: .long, help: ArgumentHelp("The folder of the words' folders.", valueName: "dir"))
  var out = "takes"

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("The length of a take.", valueName: "n"),
    transform: IntegerArgument.within(1...60))
  var seconds = 2

  @Option(
    name: .long, parsing: .unconditional, help: ArgumentHelp("The sample rate.", valueName: "hz"),
    transform: IntegerArgument.within(ClipReading.rates))
  var rate = 16_000

  @OptionGroup var common: CommonOptions

  /// How often a take with a problem is repeated.
  private static let attempts = 3

  func validate() throws {
    guard !word.isEmpty, !word.contains("/"), !word.utf8.contains(0), !word.hasPrefix("."),
      !word.hasPrefix("_")
    else {
      throw UsageError(
        "'\(word.printable(limit: 100))' cannot be a word: it becomes the name of a folder that is read again",
        hint: "take one without a slash, and without a dot or underscore at its start")
    }
  }

  func run() throws {
    let recorder = try TakeRecorder(rate: rate, seconds: seconds)
    let folder = "\(out)/\(word)"
    try AtomicFile.makeFolder(folder)
    var files: [String] = []
    for take in 1...takes {
      let file = Self.free(in: folder)
      try record(file, take, recorder)
      files.append(file)
    }
    let output = StandardOutput()
    if common.json { return try output.json(files) }
    try output.line("\(folder): \("take".counted(takes))")
  }

  /// Records one take, again while its sound has a problem.
  private func record(_ file: String, _ take: Int, _ recorder: TakeRecorder) throws {
    for attempt in 1...Self.attempts {
      try ask("take \(take) of \(takes): press Enter, then say \"\(word)\" (\("second".counted(seconds)))")
      let findings = try recorder.record(to: file)
      guard let finding = findings.first else { return }
      let again = attempt < Self.attempts ? "; once more" : "; it is kept"
      common.console.warn("take \(take) is \(finding.adjective)\(again)")
    }
  }

  /// Waits for Enter, where there is a terminal.
  private func ask(_ text: String) throws {
    common.console.say(text)
    guard isatty(STDIN_FILENO) == 1 else { return }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&input, 1, 100) <= 0 { try Interruption.check("the recording") }
    _ = readLine()
  }

  /// The first of 1.wav, 2.wav, … that does not exist.
  private static func free(in folder: String) -> String {
    var number = 1
    while FileStatus("\(folder)/\(number).wav") != nil { number += 1 }
    return "\(folder)/\(number).wav"
  }
}

extension ClipFinding {
  fileprivate var adjective: String {
    switch self {
    case .silent: "silent"
    case .late: "late"
    case .beyondFullScale: "beyond full scale"
    case .clipped: "clipped"
    case .offset: "far from zero"
    }
  }
}
