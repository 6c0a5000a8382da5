import Algorithms
import Foundation
import Support

/// The voices and variants of the installed espeak-ng, from which speakers are drawn.
struct EspeakVoices: Sendable {
  /// Variants that change the voice and still sound human.
  let variants: [String]
  /// The program's version and a digest of how its variants sound.
  let version: String
  private let accents: [String: [String]]

  /// Variants that do not sound human, or are hard to understand.
  private static let unfit: Set<String> = [
    "announcer", "Marco", "Demonic", "fast", "UniRobot", "anikaRobot", "klatt", "klatt6", "whisper",
    "whisperf",
    "Mr serious",
  ]
  private static let unfitFamilies = ["RicishayMax", "robosoft"]

  /// Languages that espeak-ng does not have, with the most similar one.
  private static let substitutes = ["rw": "sw"]

  /// Voices for another script.
  private static let unfitVoices: Set<String> = ["fa-latn"]

  /// Queries the program's voices and tests every variant.
  ///
  /// For an unknown variant the program silently uses the plain voice, so a variant that sounds like the plain
  /// voice, or like an earlier variant, is excluded.
  ///
  /// - Throws: `ProgramError` when the program fails or has too few variants.
  init(_ espeak: Espeak, languages: [String], threads: Int) throws {
    let listed = try Self.variantNames(espeak.ask(["--voices=variant"])).filter { name in
      !Self.unfit.contains(name) && !Self.unfitFamilies.contains { name.hasPrefix($0) }
    }
    let sounds = try ParallelWork.map(
      count: listed.count + 1, threads: threads, during: "the test of voices"
    ) { i in
      let voice = i == 0 ? "en" : "en+" + listed[i - 1]
      let wave = try espeak.say("hello", ["-v", voice], voice: voice)
      return ContentKey(parts: [wave.samples.hashText])
    }
    var distinct: Set<ContentKey> = [sounds[0]]
    variants = zip(listed, sounds.dropFirst()).filter { distinct.insert($1).inserted }.map(\.0)
    guard variants.count >= 10 else {
      throw ProgramError(
        work: "testing the variants of espeak-ng", reason: "only \(variants.count) change the voice",
        hint: "reinstall its data (`apt install --reinstall espeak-ng-data`)")
    }
    var accents: [String: [String]] = [:]
    for language in languages {
      let code = Self.substitutes[language] ?? language
      accents[language] = try Self.voiceNames(espeak.ask(["--voices=\(code)"]), language: code)
    }
    self.accents = accents
    let program =
      try espeak.ask(["--version"]).split(separator: "  Data at").first.map(String.init) ?? "unknown"
    let digest = ContentKey(
      parts: sounds.map(\.description) + variants + accents.sorted { $0.key < $1.key }.flatMap(\.value))
    version = "\(program.trimmingCharacters(in: .whitespacesAndNewlines)), voices \(digest)"
  }

  /// The voices of a language, one for each accent.
  ///
  /// - Throws: ``SynthesisOptionError`` when there are none.
  func voices(of language: String) throws -> [String] {
    guard let voices = accents[language], !voices.isEmpty else {
      throw SynthesisOptionError(
        "espeak-ng has no voice for \(language)", hint: "remove its words, or record them")
    }
    return voices
  }

  /// The names in a listing of variants, sorted. The last column is `!v/NAME`; a name may contain spaces.
  static func variantNames(_ listing: String) -> [String] {
    listing.split(separator: "\n").compactMap { line in
      guard let mark = line.firstRange(of: "!v/") else { return nil }
      let name = line[mark.upperBound...].prefix { $0 != "(" }
      return name.trimmingCharacters(in: .whitespaces)
    }.sorted()
  }

  /// The names in a listing of a language's voices, sorted, without those of other languages and of other programs.
  static func voiceNames(_ listing: String, language: String) -> [String] {
    listing.split(separator: "\n").dropFirst().compactMap { line in
      let columns = line.split(separator: " ")
      guard columns.count >= 5 else { return nil }
      let name = String(columns[1])
      let file = columns[4]
      let isOwn = name == language || name.hasPrefix(language + "-")
      let isForeign = file.hasPrefix("mb/") || file.hasPrefix("!v/")
      return isOwn && !isForeign && !unfitVoices.contains(name) ? name : nil
    }.uniqued().sorted()
  }
}

extension [Float] {
  /// The exact samples as text, for a digest.
  fileprivate var hashText: String { map { String($0.bitPattern, radix: 36) }.joined(separator: " ") }
}
