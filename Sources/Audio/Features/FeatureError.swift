import Support

/// Settings or sounds that a feature cannot be made from.
public struct FeatureError: NightjarError, Equatable {
  /// The feature, in the words of its Lua function ("mfcc").
  public let feature: String
  /// What does not fit.
  public let reason: String
  public let hint: String?

  public init(_ feature: String, _ reason: String, hint: String? = nil) {
    self.feature = feature
    self.reason = reason
    self.hint = hint
  }

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage { ErrorMessage("\(feature): \(reason)", hint: hint) }
}
