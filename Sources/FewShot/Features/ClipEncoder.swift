import Support
import Tensors

/// A conversion of sound to features.
public protocol ClipEncoder: AnyObject {
  /// Its name: `mfcc`.
  var name: String { get }
  /// Where it is defined, for messages.
  var location: ErrorLocation { get }
  /// Everything that its features depend on, for the keys of cached results.
  var keyParts: [String] { get }
  /// The sample rate of the waveforms it encodes, in Hz, for clips that were recorded at `rate`.
  ///
  /// - Throws: the encoder's own errors, such as that of a script.
  func prepare(rate: Int) throws -> Int
  /// (batch, samples) → (batch, time, channel).
  ///
  /// - Throws: the encoder's own errors, such as that of a script.
  func encode(_ waveforms: Tensor) throws -> Tensor
}

/// Features of an encoder that a network cannot use.
public struct EncodingError: NightjarError {
  public let message: ErrorMessage
  public let locations: [ErrorLocation]

  init(_ what: String, hint: String, in encoder: any ClipEncoder) {
    message = ErrorMessage(what, hint: hint)
    locations = [encoder.location]
  }

  public var exitCode: ExitCode { .script }
}
