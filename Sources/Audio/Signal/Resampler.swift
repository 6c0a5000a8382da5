import CSoxr
import Support

/// A signal that cannot be resampled.
public struct ResamplingError: NightjarError, Equatable {
  /// The rates, in Hz.
  public let input: Double
  public let output: Double
  /// What is wrong with them.
  public let reason: String

  public var exitCode: ExitCode { .data }
  public var message: ErrorMessage {
    ErrorMessage(
      "cannot resample from \(input) Hz to \(output) Hz: \(reason)",
      hint: "give rates such as 48000 and 16000")
  }
}

/// Changes the sampling rate of a whole signal, by libsoxr at its high quality (20 bits, linear phase).
///
/// Band-limited: frequencies above the lower of the two Nyquist frequencies are removed, and the response is flat over
/// 91 % of the band. One thread; the same input makes the same bits.
public enum Resampler {
  /// Samples between two checks for an interruption, at the higher of the two rates. The library buffers a few blocks.
  private static let block = 1 << 16

  /// The number of samples that `count` samples become: `count · output / input`, rounded up, as torchaudio does.
  public static func length(_ count: Int, from input: Double, to output: Double) -> Int {
    let exact = Double(count) * output / input
    // The quotient of rates that are no integers may exceed an integer by its rounding.
    let nearest = exact.rounded()
    return Int(abs(exact - nearest) <= 1e-9 * max(1, exact) ? nearest : exact.rounded(.up))
  }

  /// Converts samples from the rate `input` to the rate `output`.
  ///
  /// Rates are in Hz and need not be integers: a word spoken 3 % faster is `from: 1.03 · rate`. Equal rates return the
  /// input.
  ///
  /// - Returns: ``length(_:from:to:)`` samples.
  /// - Throws: ``ResamplingError`` when a rate is not positive and finite, they differ by more than a factor of
  ///   10000, or the library refuses them; `InterruptionError`.
  public static func resample(_ samples: [Float], from input: Double, to output: Double) throws -> [Float] {
    guard input > 0, output > 0, input.isFinite, output.isFinite, output / input < 1e4, input / output < 1e4
    else {
      throw ResamplingError(
        input: input, output: output, reason: "rates must be positive and differ by a factor of at most 10000"
      )
    }
    let wanted = length(samples.count, from: input, to: output)
    guard input != output, wanted > 0 else { return wanted > 0 ? samples : [] }
    var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
    var threads = soxr_runtime_spec(1)
    var failure: soxr_error_t?
    let resampler = soxr_create(input, output, 1, &failure, nil, &quality, &threads)
    defer { soxr_delete(resampler) }
    var buffer = [Float](repeating: 0, count: min(wanted, block))
    // The library rounds the length to the nearest integer: silence after the end lets it produce one sample more.
    let isLonger = Double(wanted) > (Double(samples.count) * output / input).rounded()
    let samples =
      isLonger ? samples + [Float](repeating: 0, count: Int((input / output).rounded(.up))) : samples
    let step = max(1, Int(Double(block) * min(1, input / output)))
    var result = [Float]()
    var position = 0
    result.reserveCapacity(wanted)
    // One block at a time; an empty one after the last flushes the library's buffers.
    while failure == nil, result.count < wanted {
      try Interruption.check("resampling")
      let part = Array(samples[position..<min(position + step, samples.count)])
      var consumed = 0
      var produced = 0
      failure = soxr_process(
        resampler, part.isEmpty ? nil : part, part.count, &consumed, &buffer, buffer.count, &produced)
      if part.isEmpty, produced == 0 { break }
      position += consumed
      result += buffer.prefix(min(produced, wanted - result.count))
    }
    if let failure { throw ResamplingError(input: input, output: output, reason: String(cString: failure)) }
    result += repeatElement(0, count: wanted - result.count)
    return result
  }
}
