import Foundation
import Support

/// The `espeak-ng` program.
struct Espeak: Sendable {
  /// A word with the way it is to be said.
  struct Line: Sendable {
    let word: String
    /// Percent of the speaker's tempo.
    let tempo: Int
    /// Percent above or below the speaker's pitch.
    let pitch: Int
    /// The mark at the end, which shapes the melody.
    let mark: Character

    /// As SSML, with a pause behind it that splits it from the next word.
    var markup: String {
      let sign = pitch < 0 ? "" : "+"
      let escaped = word.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
        ">", with: "&gt;")
      return "<prosody rate=\"\(tempo)%\" pitch=\"\(sign)\(pitch)%\">\(escaped)\(mark)</prosody>"
        + "<break time=\"500ms\"/>\n"
    }
  }

  /// Where the program is.
  let path: String

  /// Finds the program on `PATH`, or in the folders given like it.
  init(searching folders: String? = nil) throws {
    guard let path = Subprocess.find("espeak-ng", searching: folders) else {
      throw ProgramError(
        work: "speaking", reason: "the program espeak-ng is not on PATH",
        hint: "install it (`apt install espeak-ng`), or use recorded speech with `--data DIR`")
    }
    self.path = path
  }

  /// Says words one after the other.
  func speak(_ lines: [Line], as speaker: Speaker) throws -> SpokenWaveform {
    let settings = ["-v", speaker.voice, "-p", String(speaker.pitch), "-s", String(speaker.speed)]
    return try say(lines.map(\.markup).joined(), ["-m"] + settings, voice: speaker.voice)
  }

  /// Says a text; `voice` is named in errors.
  func say(_ text: String, _ arguments: [String], voice: String) throws -> SpokenWaveform {
    let result = try run(arguments + ["--stdout", "--", text], work: "espeak-ng, voice \(voice),")
    guard let wave = SpokenWaveform(wav: result.output) else {
      throw ProgramError(
        work: "espeak-ng, voice \(voice),",
        reason: result.errors.isEmpty ? "it gave no sound" : result.errors, hint: Self.hint)
    }
    return wave
  }

  /// Runs the program and gives its output as text.
  func ask(_ arguments: [String]) throws -> String {
    String(
      decoding: try run(arguments, work: "espeak-ng \(arguments.joined(separator: " "))").output,
      as: UTF8.self)
  }

  private func run(_ arguments: [String], work: String) throws -> Subprocess.Result {
    let result = try Subprocess.run(path, arguments, work: work, hint: Self.hint)
    guard result.status == 0 else {
      // Ctrl-C in a terminal reaches the child too.
      try Interruption.check("speech synthesis")
      let how =
        result.status < 0 ? "it was ended by signal \(-result.status)" : "it ended with code \(result.status)"
      throw ProgramError(
        work: work, reason: result.errors.isEmpty ? how : "\(how): \(result.errors)", hint: Self.hint)
    }
    return result
  }

  private static let hint =
    "check that `espeak-ng hello` speaks, or install it again (`apt install espeak-ng`)"
}
