import Audio
import Support

/// The options of `data synth`.
public struct SynthesisOptions: Sendable {
  /// The named sizes.
  public enum Size: String, Sendable, CaseIterable {
    /// 17,500 clips of the 200 words; takes about a minute.
    case quick
    /// 39,000 clips.
    case standard
    /// 90,000 clips, as many as the published task has.
    case paper

    /// The number of clips of each word.
    public var counts: Counts {
      switch self {
      case .quick: Counts(train: 100, val: 10, test: 20, support: 25, query: 20)
      case .standard: Counts(train: 200, val: 40, test: 50, support: 50, query: 50)
      case .paper: Counts(train: 500, val: 100, test: 100, support: 100, query: 100)
      }
    }
  }

  /// The number of clips of each word; each is by another speaker.
  public struct Counts: Sendable, Hashable {
    public var train: Int
    public var val: Int
    public var test: Int
    /// Of a session word: the samples that supports are drawn from.
    public var support: Int
    /// Of a session word: the samples that queries are drawn from.
    public var query: Int

    /// Counts for each split.
    public init(train: Int, val: Int, test: Int, support: Int, query: Int) {
      self.train = train
      self.val = val
      self.test = test
      self.support = support
      self.query = query
    }

    subscript(role: SpeakerRole) -> Int {
      switch role {
      case .train: train
      case .val: val
      case .test: test
      case .support: support
      case .query: query
      }
    }
  }

  public var size: Size
  public var seed: UInt64
  public var format: SoundFormat
  /// The clips' sample rate in Hz.
  public var rate: Int
  /// Whether the splits have different voice variants, more noise and more reverberation.
  public var isHarder: Bool
  /// The words to speak; see ``Keywords/select(languages:words:)``.
  public var words: [Word]
  /// The number of clips of each word, if not that of ``size``.
  public var counts: Counts?

  /// Options with defaults.
  public init(
    size: Size = .quick, seed: UInt64 = 1, format: SoundFormat = .flac, rate: Int = 16_000,
    isHarder: Bool = false,
    words: [Word] = Keywords.all, counts: Counts? = nil
  ) {
    self.size = size
    self.seed = seed
    self.format = format
    self.rate = rate
    self.isHarder = isHarder
    self.words = words
    self.counts = counts
  }

  /// The version of the recipe; it increases when the same seed produces other clips.
  public static let recipe = 1

  /// A folder name made of the options, such as `synthetic-quick-seed1`.
  public var folderName: String {
    let extras = [
      isHarder ? "-harder" : "", format == .flac ? "" : "-\(format.rawValue)",
      rate == 16_000 ? "" : "-\(rate)hz",
      counts == nil && words == Keywords.all ? "" : "-\(String(settings.description.prefix(8)))",
    ]
    return "synthetic-\(size.rawValue)-seed\(seed)\(extras.joined())"
  }

  /// ``counts``, or those of ``size``.
  var clipsPerWord: Counts { counts ?? size.counts }

  /// The digest of all options that determine the clips.
  var settings: ContentKey {
    let counts = clipsPerWord
    let numbers = [counts.train, counts.val, counts.test, counts.support, counts.query, rate].map(String.init)
    let words = words.flatMap { [$0.name, $0.language, $0.part.rawValue] }
    return ContentKey(
      parts: ["synthesis", String(Self.recipe), String(seed), format.rawValue, String(isHarder)] + numbers
        + words)
  }

  /// Validates the options.
  ///
  /// - Throws: ``SynthesisOptionError``.
  func check() throws {
    guard !words.isEmpty else {
      throw SynthesisOptionError(
        "there are no words to speak", hint: "name some, or leave the list out for all 200")
    }
    guard words.contains(where: { $0.part == .base }) else {
      throw SynthesisOptionError(
        "there are no base words to speak", hint: "add a language of the base words, such as en")
    }
    if let twice = Dictionary(grouping: words, by: { [$0.name, $0.language] }).first(where: { $1.count > 1 })
    {
      throw SynthesisOptionError("\"\(twice.key[0])\" is in the list of words twice", hint: "name it once")
    }
    if let bad = words.first(where: {
      !$0.name.isInsidePath || $0.name.contains("/") || $0.name.hasPrefix(".")
    }) {
      throw SynthesisOptionError(
        "the word \"\(bad.name)\" cannot be the name of a folder", hint: "remove it")
    }
    if let bad = words.first(where: { !$0.language.isLanguageCode }) {
      throw SynthesisOptionError(
        "\"\(bad.language)\" is not a valid language code", hint: "use one such as en or pt-br")
    }
    let counts = clipsPerWord
    guard counts.train > 0, counts.test > 0, counts.val >= 0, counts.support >= 0, counts.query >= 0 else {
      throw SynthesisOptionError("train and test need at least 1 clip per word, the others at least 0")
    }
    guard (8_000...48_000).contains(rate), format.supports(rate: rate) else {
      throw SynthesisOptionError(
        "\(format) does not support \(rate) Hz", hint: "use --rate 16000 or --rate 48000")
    }
  }
}

/// Invalid options of a synthesis.
public struct SynthesisOptionError: NightjarError {
  public let message: ErrorMessage

  init(_ what: String, hint: String? = nil) { message = ErrorMessage("data synth: " + what, hint: hint) }

  public var exitCode: ExitCode { .usage }
}
