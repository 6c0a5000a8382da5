import VectorKernels

/// The discrete Fourier transform of any length, of several complex signals at once.
///
/// `X[k] = Σ x[n]·exp(−2πi·k·n/N)`, not scaled. The length is split into radices 4, 2, 3, 5 and any other prime
/// (Cooley and Tukey, "An algorithm for the machine calculation of complex Fourier series", 1965), in Stockham's
/// self-sorting order: every pass goes from one buffer to another and leaves its result in natural order, so there is
/// no bit reversal (Van Loan, *Computational Frameworks for the FFT*, 1992, section 1.7). A prime factor p costs p²
/// operations, so a length with a large one is slow, not wrong.
///
/// Own code rather than KissFFT 131.1, which transforms one signal at a time: its power spectra take 6.5 times as long
/// at 512 samples, 15.7 times at 171 and 6.5 times at 400, its long signals of 21,600 samples 1.6 times as long both
/// ways (medians of `scripts/perf/fft/compare 21` at commit 4cbc696 on an AMD EPYC with AVX-512).
package struct FourierPlan: Sendable {
  /// One pass over the data, as `nj_fourier_pass` runs it: `span · stride` butterflies of `radix` numbers each.
  private struct Pass: Sendable {
    let radix: Int
    /// The length of the transforms that this pass leaves to the later ones.
    let span: Int
    /// The product of the earlier passes' radices.
    let stride: Int
    /// `exp(−2πi·k·j/(radix·span))` at `k·(radix − 1) + j − 1`, for j from 1.
    let twiddles: [Complex]
    /// `exp(−2πi·j/radix)` at `j`; empty for radices up to 4, whose butterflies need none.
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
      let roots = radix > 4 ? (0..<radix).map { Complex.twiddle($0, of: radix) } : []
      passes.append(Pass(radix: radix, span: span, stride: stride, twiddles: twiddles, roots: roots))
      length = span
      stride *= radix
    }
    self.fftSize = fftSize
    self.passes = passes
  }

  /// The approximate number of operations on all lanes in a transform of `fftSize` numbers.
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

  /// Transforms the signals side by side in place.
  ///
  /// - Parameters:
  ///   - signal: `fftSize` numbers, one signal a lane; afterwards the spectra, bin k at k.
  ///   - scratch: `fftSize` numbers of any value, which are overwritten.
  package func transform<Numbers: ComplexVector>(_ signal: inout [Numbers], scratch: inout [Numbers]) {
    precondition(
      signal.count == fftSize && scratch.count == fftSize, "a buffer does not fit the plan for \(fftSize)")
    for pass in passes {
      nj_fourier_pass(
        pass.radix, pass.span, pass.stride, pass.twiddles, pass.roots, Numbers.lanes, signal, &scratch)
      swap(&signal, &scratch)
    }
  }
}
