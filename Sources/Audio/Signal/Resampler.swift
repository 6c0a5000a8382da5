import CSoxr
import Tensors

/// A resampling that cannot be done.
public struct ResamplingFailure: Failure, Equatable {
  /// The rates, in Hz.
  public let input: Double
  public let output: Double
  /// What is wrong with them.
  public let reason: String

  public var exitCode: ExitCode { .data }
  public var description: String {
    "cannot resample from \(input) Hz to \(output) Hz: \(reason). Mend: give rates such as 48000 and 16000."
  }
}

/// Changes the sampling rate of a whole signal, by libsoxr at its high quality (20 bits, linear phase).
///
/// Band-limited: what lies above the lower of the two Nyquist frequencies is removed, 91 % of the band is
/// kept flat. One thread; the same input gives the same bits.
public enum Resampler {
  /// How many samples `count` samples become: `round(count · output / input)`.
  public static func length(_ count: Int, from input: Double, to output: Double) -> Int {
    Int((Double(count) * output / input).rounded())
  }

  /// `samples` of rate `input` at rate `output`, with ``length(_:from:to:)`` samples.
  ///
  /// Rates are in Hz and need not be whole: a word spoken 3 % faster is `from: 1.03 · rate`. Equal rates give
  /// the input back.
  ///
  /// - Throws: ``ResamplingFailure`` when a rate is not positive and finite, or the library refuses them.
  public static func resample(
    _ samples: [Float], from input: Double, to output: Double
  ) throws(ResamplingFailure) -> [Float] {
    guard input > 0, output > 0, input.isFinite, output.isFinite, output / input < 1e4, input / output < 1e4
    else {
      throw ResamplingFailure(
        input: input, output: output, reason: "rates are positive, and at most 10000 times apart")
    }
    let wanted = length(samples.count, from: input, to: output)
    guard input != output, wanted > 0 else { return wanted > 0 ? samples : [] }
    var result = [Float](repeating: 0, count: wanted)
    var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
    var threads = soxr_runtime_spec(1)
    var (taken, made) = (0, 0)
    let trouble = soxr_oneshot(
      input, output, 1, samples, samples.count, &taken, &result, wanted, &made, nil, &quality, &threads)
    if let trouble { throw ResamplingFailure(input: input, output: output, reason: String(cString: trouble)) }
    return result
  }
}
