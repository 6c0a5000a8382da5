import Foundation
import Support
import Tensors

extension Espeak {
  /// Says all words of a task and gives each word's sound, in the order of the task's words.
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

  /// One word by itself, when the pauses between words did not tell them apart.
  private func speakAlone(_ line: Line, as speaker: Speaker) throws -> [Float] {
    guard let word = try speak([line], as: speaker).trimmed() else {
      throw ProgramError(
        work: "espeak-ng, voice \(speaker.voice),", reason: "it said nothing for \"\(line.word)\"",
        hint: "leave the word out, or check that `espeak-ng` knows its letters")
    }
    return word
  }
}

extension Espeak.Line {
  /// The word as one speaker says it once.
  init(_ word: String, random: inout RandomStream) {
    self.word = word
    tempo = Int((100 * exp(0.08 * random.normal())).rounded())
    pitch = Int((8 * random.normal()).rounded())
    let marks: [Character] = [".", ".", ",", "!", "?"]
    mark = marks[random.below(marks.count)]
  }
}
