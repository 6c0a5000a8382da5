import Foundation
import Support
import Tensors

/// The `espeak-ng` program.
struct Espeak: Sendable {
  /// A word with its prosody.
  struct Line: Sendable {
    let word: String
    /// In percent of the speaker's tempo.
    let tempo: Int
    /// In percent above the speaker's pitch.
    let pitch: Int
    /// The punctuation mark, which determines the intonation.
    let mark: Character

    /// As SSML, with a pause after it that separates it from the next word.
    var markup: String {
      let sign = pitch < 0 ? "" : "+"
      let escaped = word.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(
        ">", with: "&gt;")
      return "<prosody rate=\"\(tempo)%\" pitch=\"\(sign)\(pitch)%\">\(escaped)\(mark)</prosody>"
        + "<break time=\"500ms\"/>\n"
    }
  }

  /// The path of the program.
  let path: String

  /// Finds the program in `PATH`, or in `folders` in the same form.
  ///
  /// - Throws: `ProgramError` when it is not installed.
  init(searching folders: String? = nil) throws {
    guard let path = Subprocess.find("espeak-ng", searching: folders) else {
      throw ProgramError(
        work: "speech synthesis", reason: "the program espeak-ng is not on PATH",
        hint: "install it (`apt install espeak-ng`), or use recorded speech with `--data DIR`")
    }
    self.path = path
  }

  /// Speaks words one after the other.
  ///
  /// - Throws: `ProgramError` when the program fails.
  func speak(_ lines: [Line], as speaker: Speaker) throws -> SpokenWaveform {
    let settings = ["-v", speaker.voice, "-p", String(speaker.pitch), "-s", String(speaker.speed)]
    return try say(lines.map(\.markup).joined(), ["-m"] + settings, voice: speaker.voice)
  }

  /// Speaks a text; errors name `voice`.
  ///
  /// - Throws: `ProgramError` when the program fails.
  func say(_ text: String, _ arguments: [String], voice: String) throws -> SpokenWaveform {
    let result = try run(arguments + ["--stdout", "--", text], work: "espeak-ng, voice \(voice),")
    guard let wave = SpokenWaveform(wav: result.output) else {
      throw ProgramError(
        work: "espeak-ng, voice \(voice),",
        reason: result.errors.isEmpty ? "it returned no sound" : result.errors, hint: Self.hint)
    }
    return wave
  }

  /// Runs the program and returns its output as text.
  ///
  /// - Throws: `ProgramError` when the program fails.
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
    "check that `espeak-ng hello` works, or reinstall it (`apt install espeak-ng`)"
}

extension Espeak {
  /// Speaks all words of a task.
  ///
  /// - Returns: each word's sound, in the order of the task's words.
  /// - Throws: `ProgramError` when the program fails, or says nothing for a word.
  func speak(_ task: SynthesisPlan.Task, seed: UInt64) throws -> [SpokenWaveform] {
    var random = RandomStream(
      seed: seed, purpose: "utterance \(task.language) \(task.role)", index: UInt64(task.index))
    let order = random.permutation(task.words.count)
    let lines = order.map { Line(task.words[$0].name, random: &random) }
    let wave = try speak(lines, as: task.speaker)
    var pieces = wave.pieces()
    if pieces.count != lines.count {
      pieces = try lines.map { try speakAlone($0, as: task.speaker) }
    }
    var spoken = [SpokenWaveform](repeating: SpokenWaveform(samples: [], rate: wave.rate), count: lines.count)
    for (position, word) in order.enumerated() {
      spoken[word] = SpokenWaveform(samples: pieces[position], rate: wave.rate)
    }
    return spoken
  }

  /// One word by itself, for when the pauses between words did not separate them.
  private func speakAlone(_ line: Line, as speaker: Speaker) throws -> [Float] {
    guard let word = try speak([line], as: speaker).trimmed() else {
      throw ProgramError(
        work: "espeak-ng, voice \(speaker.voice),", reason: "it said nothing for \"\(line.word)\"",
        hint: "remove the word, or check that `espeak-ng` knows its letters")
    }
    return word
  }
}

extension Espeak.Line {
  /// The word with random prosody.
  init(_ word: String, random: inout RandomStream) {
    self.word = word
    tempo = Int((100 * exp(0.08 * random.normal())).rounded())
    pitch = Int((8 * random.normal()).rounded())
    let marks: [Character] = [".", ".", ",", "!", "?"]
    mark = marks[random.below(marks.count)]
  }
}

/// The output of `espeak-ng --stdout`: mono 16-bit samples.
struct SpokenWaveform: Sendable {
  /// Full scale is ±1.
  let samples: [Float]
  /// The sample rate in Hz.
  let rate: Int

  init(samples: [Float], rate: Int) {
    self.samples = samples
    self.rate = rate
  }

  /// Reads a WAV stream. Its header does not state the length: everything after it is sound.
  ///
  /// Nil without a header or without samples.
  init?(wav: Data) {
    let bytes = [UInt8](wav)
    let header = 44
    guard bytes.count > header + 1, bytes.starts(with: Array("RIFF".utf8)),
      bytes[36..<40].elementsEqual("data".utf8), bytes[22] == 1, bytes[34] == 16
    else { return nil }
    rate = (0..<4).reduce(0) { $0 | Int(bytes[24 + $1]) << (8 * $1) }
    guard rate > 0 else { return nil }
    var samples = [Float](repeating: 0, count: (bytes.count - header) / 2)
    for i in samples.indices {
      let low = UInt16(bytes[header + 2 * i])
      let high = UInt16(bytes[header + 2 * i + 1])
      samples[i] = Float(Int16(bitPattern: high << 8 | low)) / 32_768
    }
    self.samples = samples
  }

  /// Samples below this are silence: some variants have an echo that never reaches zero.
  private var threshold: Float {
    let peak = samples.reduce(0) { max($0, abs($1)) }
    return max(40 / 32_768, 0.004 * peak)
  }

  /// The parts between silences of more than 0.3 s.
  func pieces() -> [[Float]] {
    let threshold = threshold
    let gap = rate * 3 / 10
    var spans: [Range<Int>] = []
    for (i, sample) in samples.enumerated() where abs(sample) >= threshold {
      if let last = spans.last, i - last.upperBound < gap {
        spans[spans.count - 1] = last.lowerBound..<i + 1
      } else {
        spans.append(i..<i + 1)
      }
    }
    return spans.map(cut)
  }

  /// The sound without leading and trailing silence; nil when all of it is silent.
  func trimmed() -> [Float]? {
    let threshold = threshold
    guard let first = samples.firstIndex(where: { abs($0) >= threshold }),
      let last = samples.lastIndex(where: { abs($0) >= threshold })
    else { return nil }
    return cut(first..<last + 1)
  }

  /// A span with 10 ms on either side, for the soft start and end of a word.
  private func cut(_ span: Range<Int>) -> [Float] {
    let margin = rate / 100
    return Array(samples[max(0, span.lowerBound - margin)..<min(samples.count, span.upperBound + margin)])
  }
}
