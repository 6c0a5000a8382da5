import CSoxr
import Support

/// A resampling that cannot be done.
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
/// Band-limited: what lies above the lower of the two Nyquist frequencies is removed, 91 % of the band is
/// kept flat. One thread; the same input gives the same bits.
public enum Resampler {
  /// Samples between two looks at the clock, at the higher of the two rates. The library holds a few such blocks.
  private static let block = 1 << 16

  /// How many samples `count` samples become: `round(count · output / input)`.
  public static func length(_ count: Int, from input: Double, to output: Double) -> Int {
    Int((Double(count) * output / input).rounded())
  }

  /// `samples` of rate `input` at rate `output`, with ``length(_:from:to:)`` samples.
  ///
  /// Rates are in Hz and need not be whole: a word spoken 3 % faster is `from: 1.03 · rate`. Equal rates give
  /// the input back.
  ///
  /// - Throws: ``ResamplingError`` when a rate is not positive and finite, or the library refuses them; what
  ///   ends long work (``Interruption``).
  public static func resample(_ samples: [Float], from input: Double, to output: Double) throws -> [Float] {
    guard input > 0, output > 0, input.isFinite, output.isFinite, output / input < 1e4, input / output < 1e4
    else {
      throw ResamplingError(
        input: input, output: output, reason: "rates are positive, and at most 10000 times apart")
    }
    let wanted = length(samples.count, from: input, to: output)
    guard input != output, wanted > 0 else { return wanted > 0 ? samples : [] }
    var quality = soxr_quality_spec(UInt(SOXR_20_BITQ), 0)
    var threads = soxr_runtime_spec(1)
    var trouble: soxr_error_t?
    let resampler = soxr_create(input, output, 1, &trouble, nil, &quality, &threads)
    defer { soxr_delete(resampler) }
    var room = [Float](repeating: 0, count: min(wanted, block))
    let step = max(1, Int(Double(block) * min(1, input / output)))
    var result = [Float]()
    var at = 0
    result.reserveCapacity(wanted)
    // A block at a time; once all was given, what the library still holds.
    while trouble == nil, result.count < wanted {
      try Interruption.check("resampling")
      let part = Array(samples[at..<min(at + step, samples.count)])
      var taken = 0
      var made = 0
      trouble = soxr_process(
        resampler, part.isEmpty ? nil : part, part.count, &taken, &room, room.count, &made)
      if part.isEmpty, made == 0 { break }
      at += taken
      result += room.prefix(min(made, wanted - result.count))
    }
    if let trouble { throw ResamplingError(input: input, output: output, reason: String(cString: trouble)) }
    result += repeatElement(0, count: wanted - result.count)
    return result
  }
}
