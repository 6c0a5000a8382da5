/// The spectrum of one long real signal and the way back, for filtering in the frequency domain.
///
/// Even and odd samples are the real and imaginary parts of one complex signal of half the length; its transform is
/// done as four transforms of a quarter of that length, one a lane, which a last radix-4 step joins (Cooley and Tukey,
/// "An algorithm for the machine calculation of complex Fourier series", 1965). The spectra of even and odd samples
/// are then taken apart by their symmetry (Van Loan, *Computational Frameworks for the FFT*, 1992, section 4.3).
package struct SignalPlan: Sendable {
  /// Samples of the signal; a multiple of 8.
  package let count: Int
  /// Length of the complex transform: `count / 2`.
  private let half: Int
  /// The transform of each quarter of the complex signal, of length `half / 4`.
  private let quarters: FourierPlan
  /// `exp(−2πi·k·lane/half)` in that lane of number `k`: twiddle factors of the last step.
  private let lastTwiddles: [ComplexLanes]
  /// `exp(−2πi·k/count)` at `k`, from 0 to `half`: for taking even and odd samples apart and putting them together.
  private let splitTwiddles: [Complex]

  /// A plan for `count` samples, a positive multiple of 8; small prime factors are fast.
  package init(_ count: Int) {
    precondition(count > 0 && count % 8 == 0, "a signal plan's length must be a multiple of 8, not \(count)")
    let half = count / 2
    self.count = count
    self.half = half
    quarters = FourierPlan(half / 4)
    lastTwiddles = (0..<half / 4).map { k in
      let factors = (0..<4).map { lane in Complex.twiddle(k * lane, of: half) }
      return ComplexLanes(factors[0], factors[1], factors[2], factors[3])
    }
    splitTwiddles = (0...half).map { Complex.twiddle($0, of: count) }
  }

  /// The shortest length of at least `count` samples that is a multiple of 8 and has no prime factor above 5.
  package static func fastLength(_ count: Int) -> Int {
    var length = (max(count, 8) + 7) / 8 * 8
    while !hasSmallFactors(length) { length += 8 }
    return length
  }

  private static func hasSmallFactors(_ count: Int) -> Bool {
    var left = count
    for factor in [2, 3, 5] {
      while left % factor == 0 { left /= factor }
    }
    return left == 1
  }

  /// The spectrum `X[k] = Σ x[n]·exp(−2πi·k·n/count)`, not scaled.
  ///
  /// - Parameter signal: up to `count` samples; zeros stand for the rest.
  /// - Returns: `count / 2 + 1` bins, from frequency 0 to the Nyquist frequency.
  package func spectrum(_ signal: [Float]) -> [Complex] {
    precondition(signal.count <= count, "\(signal.count) samples do not fit a plan for \(count)")
    var lanes = [ComplexLanes](repeating: ComplexLanes(), count: half / 4)
    pack(signal, into: &lanes)
    transform(&lanes)
    var result = [Complex](repeating: Complex(0, 0), count: half + 1)
    let z = lanes.span
    let w = splitTwiddles.span
    var x = result.mutableSpan
    let quarter = z.count
    let first = z[0]
    for k in 0..<quarter {
      // For number i in a lane, number half − i: in the opposite lane of quarter − k. Number 0 mirrors itself.
      let opposite = z[unchecked: k == 0 ? 0 : quarter &- k]
      let mirrored =
        k == 0
        ? ComplexLanes(first[0], first[3], first[2], first[1])
        : ComplexLanes(opposite[3], opposite[2], opposite[1], opposite[0])
      let factors = ComplexLanes(
        w[unchecked: k], w[unchecked: k &+ quarter], w[unchecked: k &+ 2 &* quarter],
        w[unchecked: k &+ 3 &* quarter])
      let a = z[unchecked: k]
      let b = mirrored.conjugate
      let bins = ((a + b) + (a - b).timesMinusI * factors) * 0.5
      for lane in 0..<4 { x[unchecked: k &+ lane &* quarter] = bins[lane] }
    }
    // The Nyquist frequency.
    let sum = first[0] + first[0].conjugate
    let difference = first[0] - first[0].conjugate
    x[half] = (sum + difference.timesMinusI * w[half]) * 0.5
    return result
  }

  /// The signal of a spectrum; the inverse of ``spectrum(_:)``.
  ///
  /// - Parameter spectrum: `count / 2 + 1` bins, from frequency 0 to the Nyquist frequency.
  /// - Returns: `count` samples.
  package func signal(_ spectrum: [Complex]) -> [Float] {
    precondition(spectrum.count == half + 1, "\(spectrum.count) bins given to a plan with \(half + 1)")
    // Real and imaginary part change places before and after: that turns the transform into its inverse.
    var lanes = [ComplexLanes](repeating: ComplexLanes(), count: half / 4)
    join(spectrum, into: &lanes)
    transform(&lanes)
    var result = [Float](repeating: 0, count: count)
    let scale = 1 / Float(count)
    let z = lanes.span
    var x = result.mutableSpan
    for k in 0..<z.count {
      let numbers = z[unchecked: k] * scale
      for lane in 0..<4 {
        let i = 2 &* (k &+ lane &* z.count)
        x[unchecked: i] = numbers.im[lane]
        x[unchecked: i &+ 1] = numbers.re[lane]
      }
    }
    return result
  }

  /// Lays sample `8n + 2·lane` into the real and the next one into the imaginary part of that lane of number `n`.
  private func pack(_ signal: [Float], into lanes: inout [ComplexLanes]) {
    let x = signal.span
    var z = lanes.mutableSpan
    let whole = x.count / 8
    for n in 0..<whole {
      let i = 8 &* n
      z[unchecked: n] = ComplexLanes(
        Lanes(x[unchecked: i], x[unchecked: i &+ 2], x[unchecked: i &+ 4], x[unchecked: i &+ 6]),
        Lanes(x[unchecked: i &+ 1], x[unchecked: i &+ 3], x[unchecked: i &+ 5], x[unchecked: i &+ 7]))
    }
    for i in whole * 8..<x.count {
      let lane = i % 8 / 2
      if i % 2 == 0 { z[whole].re[lane] = x[i] } else { z[whole].im[lane] = x[i] }
    }
  }

  /// Joins the spectra of even and odd samples, real and imaginary part exchanged, number `4n + lane` in a lane of `n`.
  private func join(_ spectrum: [Complex], into lanes: inout [ComplexLanes]) {
    let x = spectrum.span
    let w = splitTwiddles.span
    var z = lanes.mutableSpan
    @inline(__always) func number(_ k: Int) -> Complex {
      let a = x[unchecked: k]
      let b = x[unchecked: half &- k].conjugate
      let odd = (a - b) * w[unchecked: k].conjugate
      return Complex(a.im + b.im + odd.re, a.re + b.re - odd.im)
    }
    for n in 0..<z.count {
      let k = 4 &* n
      z[unchecked: n] = ComplexLanes(number(k), number(k &+ 1), number(k &+ 2), number(k &+ 3))
    }
  }

  /// The complex transform of `half` numbers in place: number `4n + lane` in that lane of `lanes[n]` becomes bin
  /// `k + half/4·lane` in that lane of `lanes[k]`.
  private func transform(_ lanes: inout [ComplexLanes]) {
    var scratch = [ComplexLanes](repeating: ComplexLanes(), count: lanes.count)
    quarters.transform(&lanes, scratch: &scratch)
    let w = lastTwiddles.span
    var z = lanes.mutableSpan
    for k in 0..<z.count {
      let quarters = z[unchecked: k] * w[unchecked: k]
      let evenSum = quarters[0] + quarters[2]
      let oddSum = quarters[1] + quarters[3]
      let evenDifference = quarters[0] - quarters[2]
      let oddDifference = (quarters[1] - quarters[3]).timesMinusI
      z[unchecked: k] = ComplexLanes(
        evenSum + oddSum, evenDifference + oddDifference, evenSum - oddSum, evenDifference - oddDifference)
    }
  }
}
