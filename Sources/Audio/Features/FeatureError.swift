import Support

/// Settings or sounds that a feature cannot be computed from.
///
/// Reasons name settings as torchaudio does: `n_fft`, `hop_length`, `n_mels`.
public struct FeatureError: NightjarError, Equatable {
  /// The name of the feature, such as "mfcc".
  public let feature: String
  /// What is out of range.
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
