/// Places a word in a second and filters it, colour and room at once, in the frequency domain.
struct SpectralFilter: Sendable {
  private let rate: Int
  private let plan: SignalPlan
  /// Where each bin lies on a ``EqualizerCurve``'s curve.
  private let positions: [Float]

  /// For clips of a second at `rate` Hz in rooms that sound for up to `tail` seconds.
  init(rate: Int, tail: Double) {
    // A colour has no phase and so rings both ways, for some milliseconds; the margin keeps that apart.
    let margin = rate / 50
    let plan = SignalPlan(SignalPlan.fastLength(rate + Int(tail * Double(rate)) + 1 + margin))
    positions = (0...plan.count / 2).map { EqualizerCurve.position(Double($0 * rate) / Double(plan.count)) }
    self.rate = rate
    self.plan = plan
  }

  /// A second of sound with `word` from sample `start` on, coloured, and in a room if its response is given.
  func apply(_ colour: EqualizerCurve, _ room: [Float]?, to word: [Float], from start: Int) -> [Float] {
    var clip = [Float](repeating: 0, count: rate)
    for i in word.indices { clip[start + i] = word[i] }
    var spectrum = plan.spectrum(clip)
    if let room {
      let response = plan.spectrum(room)
      for bin in spectrum.indices { spectrum[bin] = spectrum[bin] * response[bin] }
    }
    for bin in spectrum.indices {
      let gain = colour.gain(at: positions[bin])
      spectrum[bin] = Complex(spectrum[bin].re * gain, spectrum[bin].im * gain)
    }
    return Array(plan.signal(spectrum).prefix(rate))
  }
}
