import Audio

/// The options of `data import`.
public struct ImportOptions: Sendable {
  /// The base words; nil for those not in ``session``, or, without either, the first 60 % of all words sorted by name.
  public var base: [String]?
  /// The session words; nil for those not in ``base``.
  public var session: [String]?
  /// The language code, in the lists and as the name of the folder.
  public var language: String
  /// The seed that distributes speakers or clips over the splits.
  public var seed: UInt64
  /// Whether clips that cannot be read are skipped instead of ending the import.
  public var skipsBad: Bool

  /// How the clips of the data set are to be read; its rate is the most frequent one when none is given.
  public var reading: ClipReading

  /// Options with defaults.
  public init(
    base: [String]? = nil, session: [String]? = nil, language: String = "xx", seed: UInt64 = 1,
    skipsBad: Bool = false, reading: ClipReading = ClipReading()
  ) {
    self.base = base
    self.session = session
    self.language = language
    self.seed = seed
    self.skipsBad = skipsBad
    self.reading = reading
  }
}
