import ArgumentParser
import Audio
import Foundation
import Support

/// Writes mutated sound files of the formats that Python's own modules read, with what our reader makes of each, for
/// Tests/Python/sound_readers.py to compare.
struct SoundVerdictsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sound-verdicts", abstract: "Writes mutated sound files, and a line of JSON for each")

  /// One file, the format it was made from, and how our reader read it.
  private struct Verdict: Encodable {
    let file: String
    let format: String
    /// The frames that were decoded; nil for a file that was refused.
    var frames: Int?
    var refusal: String?
  }

  @Option(help: "Mutations to make; those of other formats are left out.") var files = 10_000
  @Option(help: "What the files follow from.") var seed: UInt64 = 1
  @Option(help: "The first mutation.") var first = 0
  @Option(help: "Where the files are written.") var out: String

  func run() throws {
    try AtomicFile.makeFolder(out)
    let seeds = try SoundSeeds()
    let encoder = JSONEncoder()
    for number in first..<first + files {
      var mutation = SoundMutation(of: seeds, seed: seed, number: number)
      let (format, bytes) = mutation.make()
      let parts = format.split(separator: "-")
      guard ["wav", "aiff", "au"].contains(parts[0]), ["u8", "s8", "16", "24"].contains(parts[1]) else {
        continue
      }
      let path = "\(out)/\(number)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      var verdict = Verdict(file: path, format: format)
      do {
        var frames = 0
        _ = try SoundFile.decode(path) { frames += $0.count }
        verdict.frames = frames
      } catch let error as SoundFileError {
        verdict.refusal = error.message.what
      }
      try FileHandle.standardOutput.write(contentsOf: encoder.encode(verdict) + [0x0A])
    }
  }
}
