/// The spectrum of one long real signal and the way back.
///
/// A complex transform of half the length, itself done as four interleaved ones that are then joined. Source:
/// Van Loan (1992).
package struct SignalPlan: Sendable {
  /// Samples; a multiple of 8.
  package let count: Int
  private let half: Int
  private let quarters: FourierPlan
  /// `exp(−2πi·k·lane/half)` for the join.
  private let joins: [ComplexLanes]
  /// `exp(−2πi·k/count)` for taking even and odd samples apart.
  private let roots: [Complex]

  /// A plan for `count` samples, a positive multiple of 8 with small prime factors for speed.
  package init(_ count: Int) {
    precondition(count > 0 && count % 8 == 0, "a signal plan's length must be a multiple of 8, not \(count)")
    let half = count / 2
    self.count = count
    self.half = half
    quarters = FourierPlan(half / 4)
    joins = (0..<half / 4).map { k in
      let turns = (0..<4).map { Complex.root(k * $0, of: half) }
      return ComplexLanes(
        Lanes(turns[0].re, turns[1].re, turns[2].re, turns[3].re),
        Lanes(turns[0].im, turns[1].im, turns[2].im, turns[3].im))
    }
    roots = (0...half).map { Complex.root($0, of: count) }
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

  /// `count` samples (zeros where `signal` is shorter) → `count / 2 + 1` bins.
  package func spectrum(_ signal: [Float]) -> [Complex] {
    precondition(signal.count <= count, "\(signal.count) samples do not fit a plan for \(count)")
    var lanes = [ComplexLanes](repeating: ComplexLanes(), count: half / 4)
    let whole = signal.count / 8
    for n in 0..<whole {
      let x = signal.extracting(n * 8)
      lanes[n] = ComplexLanes(x.evenHalf, x.oddHalf)
    }
    for i in whole * 8..<signal.count {
      let n = i / 8
      let lane = i % 8 / 2
      if i % 2 == 0 { lanes[n].re[lane] = signal[i] } else { lanes[n].im[lane] = signal[i] }
    }
    let z = transform(lanes)
    return (0...half).map { k in
      let a = z[k == half ? 0 : k]
      let b = z[k == 0 ? 0 : half - k].conjugate
      let twice = (a + b) + (a - b).turnedBack * roots[k]
      return Complex(twice.re / 2, twice.im / 2)
    }
  }

  /// `count / 2 + 1` bins → `count` samples; the inverse of ``spectrum(_:)``.
  package func signal(_ spectrum: [Complex]) -> [Float] {
    precondition(spectrum.count == half + 1, "\(spectrum.count) bins given to a plan with \(half + 1)")
    // Real and imaginary part change places before and after: that turns the transform into its inverse.
    var lanes = [ComplexLanes](repeating: ComplexLanes(), count: half / 4)
    for n in 0..<half / 4 {
      for lane in 0..<4 {
        let k = 4 * n + lane
        let a = spectrum[k]
        let b = spectrum[half - k].conjugate
        let odd = (a - b) * roots[k].conjugate
        lanes[n].re[lane] = a.im + b.im + odd.re
        lanes[n].im[lane] = a.re + b.re - odd.im
      }
    }
    let z = transform(lanes)
    let scale = 1 / Float(count)
    var result = [Float](repeating: 0, count: count)
    for k in 0..<half {
      result[2 * k] = z[k].im * scale
      result[2 * k + 1] = z[k].re * scale
    }
    return result
  }

  /// The complex transform of `half` numbers, given and worked on four side by side (number 4n + lane).
  private func transform(_ numbers: [ComplexLanes]) -> [Complex] {
    var lanes = numbers
    var spare = numbers
    quarters.transform(&lanes, spare: &spare)
    let span = half / 4
    var result = [Complex](repeating: Complex(0, 0), count: half)
    for k in 0..<span {
      let y = lanes[k]
      let w = joins[k]
      let re = y.re * w.re - y.im * w.im
      let im = y.re * w.im + y.im * w.re
      let a = Complex(re.x, im.x)
      let b = Complex(re.y, im.y)
      let c = Complex(re.z, im.z)
      let d = Complex(re.w, im.w)
      let even = a + c
      let odd = b + d
      let fall = a - c
      let turned = (b - d).turnedBack
      result[k] = even + odd
      result[k + span] = fall + turned
      result[k + 2 * span] = even - odd
      result[k + 3 * span] = fall - turned
    }
    return result
  }
}

extension [Float] {
  /// Eight neighbours from `index` on.
  fileprivate func extracting(_ index: Int) -> SIMD8<Float> {
    SIMD8(
      self[index], self[index + 1], self[index + 2], self[index + 3], self[index + 4], self[index + 5],
      self[index + 6], self[index + 7])
  }
}
