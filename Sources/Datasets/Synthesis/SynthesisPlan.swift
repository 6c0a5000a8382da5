/// What is spoken by whom, and which file it goes to: all that is known before the first sound.
struct SynthesisPlan: Sendable {
  /// All words of one language by one speaker: one process.
  struct Task: Sendable {
    let language: String
    let role: SpeakerRole
    /// The speaker's number within language and role, from 0.
    let index: Int
    let speaker: Speaker
    /// In the order of the classes.
    let words: [Word]

    /// A name that no other task has.
    var name: String { "\(language)/\(role)/\(index)" }
  }

  let options: SynthesisOptions
  let tasks: [Task]

  /// Plans all tasks, language by language.
  init(_ options: SynthesisOptions, voices: EspeakVoices) throws {
    self.options = options
    let cast = SpeakerCast(espeak: voices, seed: options.seed, isHarder: options.isHarder)
    var tasks: [Task] = []
    for language in options.words.map(\.language).uniqued() {
      let words = options.words.filter { $0.language == language }
      let roles = Self.roles(of: words, options.clipsPerWord)
      let speakers = try cast.speakers(language: language, counts: roles)
      for (role, _) in roles {
        for (index, speaker) in (speakers[role] ?? []).enumerated() {
          let said = words.filter { $0.part == role.part }
          tasks.append(Task(language: language, role: role, index: index, speaker: speaker, words: said))
        }
      }
    }
    self.tasks = tasks
  }

  private static func roles(
    of words: [Word], _ counts: SynthesisOptions.Counts
  ) -> [(role: SpeakerRole, count: Int)] {
    SpeakerRole.allCases.filter { role in words.contains { $0.part == role.part } }.map { ($0, counts[$0]) }
  }

  /// The number of clips.
  var clipCount: Int { tasks.reduce(0) { $0 + $1.words.count } }

  /// A clip's path below `DIR/<lang>/clips/`, as MSWC writes it: a folder per word.
  static func clip(_ word: Word, role: SpeakerRole, index: Int, format: String) -> String {
    let number = String(index)
    let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
    return "\(word.name)/\(word.language)_\(role)_\(padded).\(format)"
  }

  /// The csv files: their paths in the data set, and their contents.
  static func lists(_ options: SynthesisOptions) -> [(file: String, text: String)] {
    var lists = [Split.train, .val, .test].map { split in
      (WordDataset.file(split, language: ""), rows(options, options.words, [split]))
    }
    let session = options.words.filter { $0.part == .session }
    for language in session.map(\.language).uniqued() {
      let words = session.filter { $0.language == language }
      lists.append((WordDataset.file(.evaluation, language: language), rows(options, words, [.evaluation])))
    }
    return lists
  }

  /// A header, then word by word all clips of a split; in an evaluation the support pool comes before the
  /// queries.
  private static func rows(_ options: SynthesisOptions, _ words: [Word], _ splits: [Split]) -> String {
    var text = "PATH,WORD,LANG\n"
    for word in words {
      for role in SpeakerRole.allCases where role.part == word.part && splits.contains(role.split) {
        for index in 0..<options.clipsPerWord[role] {
          let path = clip(word, role: role, index: index, format: options.format.rawValue)
          text += CSVWriter.line([path, word.name, word.language])
        }
      }
    }
    return text
  }
}
