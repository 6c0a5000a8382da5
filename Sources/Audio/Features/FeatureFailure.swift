import Tensors

/// Settings or sounds that a feature cannot be made from.
public struct FeatureFailure: Failure, Equatable {
  /// The feature, in the words of its Lua function ("mfcc").
  public let feature: String
  /// What does not fit, and how to mend it.
  public let reason: String

  public init(_ feature: String, _ reason: String) {
    (self.feature, self.reason) = (feature, reason)
  }

  public var exitCode: ExitCode { .data }
  public var description: String { "\(feature): \(reason)" }
}
