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
  /// `exp(−2πi·k·lane/half)` at `k`, lane by lane: twiddle factors of the last step.
  private let lastTwiddles: [ComplexLanes]
  /// `exp(−2πi·k/count)` at `k`, from 0 to `half`: for taking even and odd samples apart.
  private let splitTwiddles: [Complex]

  /// A plan for `count` samples, a positive multiple of 8; small prime factors are fast.
  package init(_ count: Int) {
    precondition(count > 0 && count % 8 == 0, "a signal plan's length must be a multiple of 8, not \(count)")
    let half = count / 2
    self.count = count
    self.half = half
    quarters = FourierPlan(half / 4)
    lastTwiddles = (0..<half / 4).map { k in
      let lanes = (0..<4).map { lane in Complex.twiddle(k * lane, of: half) }
      return ComplexLanes(Lanes(lanes.map(\.re)), Lanes(lanes.map(\.im)))
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
    let transformed = transform(&lanes)
    var result = [Complex](repeating: Complex(0, 0), count: half + 1)
    let z = transformed.span
    let w = splitTwiddles.span
    var x = result.mutableSpan
    for k in 0...half {
      let a = z[unchecked: k == half ? 0 : k]
      let b = z[unchecked: k == 0 ? 0 : half &- k].conjugate
      let twice = (a + b) + (a - b).timesMinusI * w[unchecked: k]
      x[unchecked: k] = Complex(twice.re / 2, twice.im / 2)
    }
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
    let transformed = transform(&lanes)
    var result = [Float](repeating: 0, count: count)
    let scale = 1 / Float(count)
    let z = transformed.span
    var x = result.mutableSpan
    for k in 0..<half {
      x[unchecked: 2 &* k] = z[unchecked: k].im * scale
      x[unchecked: 2 &* k &+ 1] = z[unchecked: k].re * scale
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
      let a = number(4 &* n)
      let b = number(4 &* n &+ 1)
      let c = number(4 &* n &+ 2)
      let d = number(4 &* n &+ 3)
      z[unchecked: n] = ComplexLanes(Lanes(a.re, b.re, c.re, d.re), Lanes(a.im, b.im, c.im, d.im))
    }
  }

  /// The complex transform of `half` numbers, number `4n + lane` in a lane of `lanes[n]`, whose contents it spoils.
  private func transform(_ lanes: inout [ComplexLanes]) -> [Complex] {
    var scratch = [ComplexLanes](repeating: ComplexLanes(), count: lanes.count)
    quarters.transform(&lanes, scratch: &scratch)
    var result = [Complex](repeating: Complex(0, 0), count: half)
    let z = lanes.span
    let w = lastTwiddles.span
    var x = result.mutableSpan
    let span = half / 4
    for k in 0..<span {
      let turned = z[unchecked: k] * w[unchecked: k]
      let a = Complex(turned.re.x, turned.im.x)
      let b = Complex(turned.re.y, turned.im.y)
      let c = Complex(turned.re.z, turned.im.z)
      let d = Complex(turned.re.w, turned.im.w)
      let evenSum = a + c
      let oddSum = b + d
      let evenDifference = a - c
      let oddDifference = (b - d).timesMinusI
      x[unchecked: k] = evenSum + oddSum
      x[unchecked: k &+ span] = evenDifference + oddDifference
      x[unchecked: k &+ 2 &* span] = evenSum - oddSum
      x[unchecked: k &+ 3 &* span] = evenDifference - oddDifference
    }
    return result
  }
}
