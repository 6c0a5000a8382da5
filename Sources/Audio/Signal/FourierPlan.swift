/// The discrete Fourier transform of any length, of four complex signals at once.
///
/// `X[k] = Σ x[n]·exp(−2πi·k·n/N)`, not scaled. The length is split into radices 4, 2, 3, 5 and any other prime
/// (Cooley and Tukey, "An algorithm for the machine calculation of complex Fourier series", 1965), in Stockham's
/// self-sorting order: every pass goes from one buffer to another and leaves its result in natural order, so there is
/// no bit reversal (Van Loan, *Computational Frameworks for the FFT*, 1992, section 1.7). A prime factor p costs p²
/// operations, so a length with a large one is slow, not wrong.
///
/// Own code rather than KissFFT 131.1, which transforms one signal at a time: its power spectra take 2.6 times as
/// long at 512 samples, 6.0 times at 171 and 2.4 times at 400, its long signals of 21,600 samples 1.7 times and 1.3
/// times on the way back (medians of `scripts/perf/fft/compare 21` at commit f5fab9a on an AMD EPYC).
package struct FourierPlan: Sendable {
  /// One pass over the data: `span · stride` butterflies of `radix` numbers each.
  ///
  /// Butterfly (k, q), for k below `span` and q below `stride`, reads the numbers at `q + stride·(k + span·j)` and
  /// writes to `q + stride·(radix·k + j)`, for j below `radix`.
  private struct Pass: Sendable {
    let radix: Int
    /// The length of the transforms that this pass leaves to the later ones.
    let span: Int
    /// The product of the earlier passes' radices.
    let stride: Int
    /// `exp(−2πi·k·j/(radix·span))` at `k·(radix − 1) + j − 1`, for j from 1.
    let twiddles: [Complex]
    /// `exp(−2πi·j/radix)` at `j`; empty for radices up to 5, which have a butterfly of their own.
    let roots: [Complex]
  }

  /// The length N of the transform.
  package let fftSize: Int
  private let passes: [Pass]

  /// A plan for transforms of `fftSize` numbers, at least 1.
  package init(_ fftSize: Int) {
    var passes: [Pass] = []
    var length = fftSize
    var stride = 1
    for radix in Self.radices(of: fftSize) {
      let span = length / radix
      let twiddles = (0..<span).flatMap { k in (1..<radix).map { j in Complex.twiddle(k * j, of: length) } }
      let roots = radix > 5 ? (0..<radix).map { Complex.twiddle($0, of: radix) } : []
      passes.append(Pass(radix: radix, span: span, stride: stride, twiddles: twiddles, roots: roots))
      length = span
      stride *= radix
    }
    self.fftSize = fftSize
    self.passes = passes
  }

  /// The approximate number of operations on four lanes in a transform of `fftSize` numbers.
  package static func operations(_ fftSize: Int) -> Int { fftSize * radices(of: fftSize).reduce(0, +) }

  /// The radices whose product is `fftSize`, fours first, the others in ascending order.
  private static func radices(of fftSize: Int) -> [Int] {
    var radices: [Int] = []
    var left = fftSize
    var factor = 4
    while left > 1 {
      while left % factor == 0 {
        radices.append(factor)
        left /= factor
      }
      factor = factor == 4 ? 2 : factor == 2 ? 3 : factor + 2
      if factor * factor > left, left > 1, factor > 3 { factor = left }
    }
    return radices
  }

  /// Transforms four signals in place.
  ///
  /// - Parameters:
  ///   - signal: `fftSize` numbers, one signal a lane; afterwards the spectra, bin k at k.
  ///   - scratch: `fftSize` numbers of any value, which are overwritten.
  package func transform(_ signal: inout [ComplexLanes], scratch: inout [ComplexLanes]) {
    precondition(
      signal.count == fftSize && scratch.count == fftSize, "a buffer does not fit the plan for \(fftSize)")
    for pass in passes {
      switch pass.radix {
      case 2: Self.radix2(pass, signal, &scratch)
      case 3: Self.radix3(pass, signal, &scratch)
      case 4: Self.radix4(pass, signal, &scratch)
      case 5: Self.radix5(pass, signal, &scratch)
      default: Self.oddRadix(pass, signal, &scratch)
      }
      swap(&signal, &scratch)
    }
  }

  private static func radix2(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let x = source.span
    var y = target.mutableSpan
    let twiddles = pass.twiddles.span
    let stride = pass.stride
    let step = stride &* pass.span
    for k in 0..<pass.span {
      let w = twiddles[unchecked: k]
      for q in 0..<stride {
        let i = q &+ stride &* k
        let a = x[unchecked: i]
        let b = x[unchecked: i &+ step]
        let o = q &+ stride &* 2 &* k
        y[unchecked: o] = a + b
        y[unchecked: o &+ stride] = (a - b) * w
      }
    }
  }

  private static func radix3(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let x = source.span
    var y = target.mutableSpan
    let twiddles = pass.twiddles.span
    let stride = pass.stride
    let step = stride &* pass.span
    let sine = Float(0.75.squareRoot())  // sin(2π/3)
    for k in 0..<pass.span {
      let w1 = twiddles[unchecked: 2 &* k]
      let w2 = twiddles[unchecked: 2 &* k &+ 1]
      for q in 0..<stride {
        let i = q &+ stride &* k
        let a = x[unchecked: i]
        let b = x[unchecked: i &+ step]
        let c = x[unchecked: i &+ 2 &* step]
        let sum = b + c
        let difference = ((b - c) * sine).timesMinusI
        let middle = a - sum * 0.5
        let o = q &+ stride &* 3 &* k
        y[unchecked: o] = a + sum
        y[unchecked: o &+ stride] = (middle + difference) * w1
        y[unchecked: o &+ 2 &* stride] = (middle - difference) * w2
      }
    }
  }

  private static func radix4(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let x = source.span
    var y = target.mutableSpan
    let twiddles = pass.twiddles.span
    let stride = pass.stride
    let step = stride &* pass.span
    for k in 0..<pass.span {
      let w1 = twiddles[unchecked: 3 &* k]
      let w2 = twiddles[unchecked: 3 &* k &+ 1]
      let w3 = twiddles[unchecked: 3 &* k &+ 2]
      for q in 0..<stride {
        let i = q &+ stride &* k
        let a = x[unchecked: i]
        let b = x[unchecked: i &+ step]
        let c = x[unchecked: i &+ 2 &* step]
        let d = x[unchecked: i &+ 3 &* step]
        let evenSum = a + c
        let oddSum = b + d
        let evenDifference = a - c
        let oddDifference = (b - d).timesMinusI
        let o = q &+ stride &* 4 &* k
        y[unchecked: o] = evenSum + oddSum
        y[unchecked: o &+ stride] = (evenDifference + oddDifference) * w1
        y[unchecked: o &+ 2 &* stride] = (evenSum - oddSum) * w2
        y[unchecked: o &+ 3 &* stride] = (evenDifference - oddDifference) * w3
      }
    }
  }

  private static func radix5(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let x = source.span
    var y = target.mutableSpan
    let twiddles = pass.twiddles.span
    let stride = pass.stride
    let step = stride &* pass.span
    let r1 = Complex.twiddle(1, of: 5)
    let r2 = Complex.twiddle(2, of: 5)
    for k in 0..<pass.span {
      let t = 4 &* k
      for q in 0..<stride {
        let i = q &+ stride &* k
        let a = x[unchecked: i]
        let b = x[unchecked: i &+ step]
        let c = x[unchecked: i &+ 2 &* step]
        let d = x[unchecked: i &+ 3 &* step]
        let e = x[unchecked: i &+ 4 &* step]
        let outerSum = b + e
        let innerSum = c + d
        let outerDifference = (b - e).timesMinusI
        let innerDifference = (c - d).timesMinusI
        let near = a + outerSum * r1.re + innerSum * r2.re
        let far = a + outerSum * r2.re + innerSum * r1.re
        // The roots' imaginary parts are negative, hence the signs.
        let nearDifference = outerDifference * -r1.im + innerDifference * -r2.im
        let farDifference = outerDifference * -r2.im - innerDifference * -r1.im
        let o = q &+ stride &* 5 &* k
        y[unchecked: o] = a + outerSum + innerSum
        y[unchecked: o &+ stride] = (near + nearDifference) * twiddles[unchecked: t]
        y[unchecked: o &+ 2 &* stride] = (far + farDifference) * twiddles[unchecked: t &+ 1]
        y[unchecked: o &+ 3 &* stride] = (far - farDifference) * twiddles[unchecked: t &+ 2]
        y[unchecked: o &+ 4 &* stride] = (near - nearDifference) * twiddles[unchecked: t &+ 3]
      }
    }
  }

  /// Any odd radix p by the definition, with numbers j and p − j taken together.
  private static func oddRadix(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let radix = pass.radix
    let stride = pass.stride
    let step = stride * pass.span
    let half = radix / 2
    var sums = [ComplexLanes](repeating: ComplexLanes(), count: half)
    var differences = sums
    for k in 0..<pass.span {
      for q in 0..<stride {
        let i = q + stride * k
        let o = q + stride * radix * k
        let first = source[i]
        var total = first
        for j in 1...half {
          let a = source[i + j * step]
          let b = source[i + (radix - j) * step]
          sums[j - 1] = a + b
          differences[j - 1] = (a - b).timesMinusI
          total = total + sums[j - 1]
        }
        target[o] = total
        for l in 1...half {
          var even = first
          var odd = ComplexLanes()
          var root = 0
          for j in 0..<half {
            root += l
            if root >= radix { root -= radix }
            even = even + sums[j] * pass.roots[root].re
            odd = odd - differences[j] * pass.roots[root].im
          }
          let twiddle = k * (radix - 1) - 1
          target[o + l * stride] = (even + odd) * pass.twiddles[twiddle + l]
          target[o + (radix - l) * stride] = (even - odd) * pass.twiddles[twiddle + radix - l]
        }
      }
    }
  }
}
