import Audio
import Foundation
import Support

/// Records takes of a word by a program of the system.
public struct TakeRecorder: Sendable {
  /// A program that records, with its arguments for one take.
  private struct Program {
    let name: String
    let arguments: @Sendable (_ file: String, _ rate: Int, _ seconds: Int) -> [String]
  }

  /// In the order in which they are looked for.
  private static let programs = [
    Program(name: "arecord") { file, rate, seconds in
      ["-q", "-t", "wav", "-f", "S16_LE", "-c", "1", "-r", "\(rate)", "-d", "\(seconds)", file]
    },
    Program(name: "rec") { file, rate, seconds in
      ["-q", "-c", "1", "-r", "\(rate)", "-b", "16", file, "trim", "0", "\(seconds)"]
    },
    Program(name: "ffmpeg") { file, rate, seconds in
      [
        "-loglevel", "error", "-nostdin", "-y", "-f", "alsa", "-i", "default", "-t", "\(seconds)", "-ac", "1",
        "-ar",
        "\(rate)", file,
      ]
    },
  ]

  private static let ownFiles =
    "or bring takes of your own, as WAV, FLAC, Ogg, Opus, MP3 or AIFF of about a second at 16 kHz or more, "
    + "in a folder named after the word: takes/hello/1.wav"

  private let path: String
  private let program: Program
  private let rate: Int
  private let seconds: Int

  /// A recorder of takes at `rate` Hz, each of some seconds.
  ///
  /// - Throws: `ProgramError` when the system has no program that records.
  public init(rate: Int, seconds: Int) throws {
    for program in Self.programs {
      guard let path = Subprocess.find(program.name) else { continue }
      self.path = path
      self.program = program
      self.rate = rate
      self.seconds = seconds
      return
    }
    let names = Self.programs.map(\.name).joined(separator: ", ")
    throw ProgramError(
      work: "recording", reason: "there is no program that records (\(names))",
      hint: "install one, on Debian with alsa-utils, \(Self.ownFiles)")
  }

  /// Records one take.
  ///
  /// - Returns: what is wrong with its sound.
  /// - Throws: `ProgramError` when the program fails; `SoundFileError` for a file that it has not written;
  ///   `InterruptionError` after Ctrl-C.
  public func record(to file: String) throws -> [ClipFinding] {
    let work = "recording by \(program.name)"
    let hint = "check that a microphone is connected and not muted, \(Self.ownFiles)"
    let ended = try Subprocess.run(path, program.arguments(file, rate, seconds), work: work, hint: hint)
    guard ended.status == 0, FileStatus(file) != nil else {
      try? FileManager.default.removeItem(atPath: file)
      let reason = ended.errors.isEmpty ? "it ended with status \(ended.status)" : ended.errors
      throw ProgramError(work: work, reason: reason.printable(limit: 500), hint: hint)
    }
    return try ClipSound(file, WordTakes.reading).findings
  }
}
