import Foundation
import Support

/// The voices and variants that speakers are drawn from, as this machine's espeak-ng has them.
struct EspeakVoices: Sendable {
  /// Variants that change the voice and still sound like a person.
  let variants: [String]
  /// The program's version and a digest of how its variants sound.
  let version: String
  private let accents: [String: [String]]

  /// Variants that are no persons, or that are hard to understand.
  private static let unfit: Set<String> = [
    "announcer", "Marco", "Demonic", "fast", "UniRobot", "anikaRobot", "klatt", "klatt6", "whisper",
    "whisperf",
    "Mr serious",
  ]
  private static let unfitFamilies = ["RicishayMax", "robosoft"]

  /// Languages that espeak-ng does not speak, and what is nearest.
  private static let substitutes = ["rw": "sw"]

  /// Voices that read another script.
  private static let unfitVoices: Set<String> = ["fa-latn"]

  /// Asks the program for its voices and listens to every variant.
  ///
  /// An unknown variant silently gives the plain voice, so one that sounds like the plain voice, or like an
  /// earlier variant, is left out.
  init(_ espeak: Espeak, languages: [String], threads: Int) throws {
    let listed = try Self.variantNames(espeak.ask(["--voices=variant"])).filter { name in
      !Self.unfit.contains(name) && !Self.unfitFamilies.contains { name.hasPrefix($0) }
    }
    let sounds = try ParallelWork.map(
      count: listed.count + 1, threads: threads, during: "listening to voices"
    ) { i in
      let voice = i == 0 ? "en" : "en+" + listed[i - 1]
      let wave = try espeak.say("hello", ["-v", voice], voice: voice)
      return ContentKey(parts: [wave.samples.hashText])
    }
    var heard: Set<ContentKey> = [sounds[0]]
    variants = zip(listed, sounds.dropFirst()).filter { heard.insert($1).inserted }.map(\.0)
    guard variants.count >= 10 else {
      throw ProgramError(
        work: "listening to the variants of espeak-ng", reason: "only \(variants.count) change the voice",
        hint: "install its data again (`apt install --reinstall espeak-ng-data`)")
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

  /// The accents of a language.
  func voices(of language: String) throws -> [String] {
    guard let voices = accents[language], !voices.isEmpty else {
      throw SynthesisOptionError(
        "espeak-ng has no voice for \(language)", hint: "leave its words out, or record them")
    }
    return voices
  }

  /// The names in a listing of variants, sorted. The last column is `!v/NAME`, and a name may have blanks in
  /// it.
  static func variantNames(_ listing: String) -> [String] {
    listing.split(separator: "\n").compactMap { line in
      guard let mark = line.firstRange(of: "!v/") else { return nil }
      let name = line[mark.upperBound...].prefix { $0 != "(" }
      return name.trimmingCharacters(in: .whitespaces)
    }.sorted()
  }

  /// The names in a listing of a language's voices, sorted, without those of other languages and of other
  /// programs.
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
  /// The samples as text that a digest can be made of.
  fileprivate var hashText: String { map { String($0.bitPattern, radix: 36) }.joined(separator: " ") }
}
