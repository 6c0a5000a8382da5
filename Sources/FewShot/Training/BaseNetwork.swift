import Networks
import Support

/// The network under test, with what is known of its origin.
public struct BaseNetwork {
  public let module: any Module
  /// The key of everything that made its weights; its embeddings are cached where it is known.
  public let key: ContentKey?
  /// What its recipe reported, and whether that was stored with weights that an earlier run trained; nil for a network
  /// of another origin.
  public internal(set) var training: (record: TrainingRecord, isRestored: Bool)?
  private let makeViolation: (ErrorMessage) -> any NightjarError

  /// A network with the key of everything that made its weights; nil where that is not known, which caches nothing.
  ///
  /// `violation` makes the error for a network that violates its contract, with the location of its builder.
  public init(
    _ module: any Module, key: ContentKey? = nil,
    violation: @escaping (ErrorMessage) -> any NightjarError = { ProtocolViolationError($0) }
  ) {
    self.module = module
    self.key = key
    makeViolation = violation
  }

  func violation(_ what: String, hint: String? = nil) -> any NightjarError {
    makeViolation(ErrorMessage(what, hint: hint))
  }
}

/// The sizes a network is built for.
public struct NetworkTask: Sendable, Hashable {
  /// Time steps of the features of a clip.
  public let time: Int
  /// Channels of the features of a clip.
  public let channels: Int
  /// All classes, those of the sessions among them.
  public let classes: Int

  public init(time: Int, channels: Int, classes: Int) {
    self.time = time
    self.channels = channels
    self.classes = classes
  }
}
