/// The power spectra of four real frames at once, of any length.
///
/// An even length is a complex transform of half the length over (even, odd) samples, whose spectra are taken apart
/// afterwards by their symmetry; an odd one is a complex transform without imaginary parts. Source: Van Loan,
/// *Computational Frameworks for the FFT* (1992), section 4.3.
package struct FramePlan: Sendable {
  /// Samples of a frame.
  package let fftSize: Int
  /// Frequencies from 0 to the Nyquist frequency: `fftSize / 2 + 1`.
  package var bins: Int { fftSize / 2 + 1 }
  /// The cost of four frames, as counted by ``operations(_:)``.
  package let operations: Int
  private let isEven: Bool
  private let complex: FourierPlan
  private let window: [Float]
  /// `exp(−2πi·k/fftSize)` at `k`, from 0 to `fftSize / 2`; empty for an odd length.
  private let twiddles: [Complex]

  /// Buffers of one transform; reuse them from call to call.
  package struct Scratch: Sendable {
    fileprivate var signal: [ComplexLanes]
    fileprivate var spare: [ComplexLanes]
  }

  /// A plan for frames as long as `window`, which each frame is multiplied by; at least one sample.
  package init(window: [Float]) {
    let fftSize = window.count
    self.fftSize = fftSize
    operations = Self.operations(fftSize)
    isEven = fftSize.isMultiple(of: 2)
    complex = FourierPlan(isEven ? fftSize / 2 : fftSize)
    // The half in "(a + b) / 2" of taking apart, at no cost.
    self.window = isEven ? window.map { $0 / 2 } : window
    twiddles = isEven ? (0...fftSize / 2).map { Complex.twiddle($0, of: fftSize) } : []
  }

  /// The approximate number of operations on four lanes in four frames of `fftSize` samples.
  package static func operations(_ fftSize: Int) -> Int {
    fftSize + FourierPlan.operations(fftSize.isMultiple(of: 2) ? fftSize / 2 : fftSize)
  }

  /// Buffers for this plan's transforms.
  package func scratch() -> Scratch {
    let zeros = [ComplexLanes](repeating: ComplexLanes(), count: complex.fftSize)
    return Scratch(signal: zeros, spare: zeros)
  }

  /// Computes the squared magnitudes of four windowed frames.
  ///
  /// - Parameters:
  ///   - signal: the samples that the frames are cut from.
  ///   - starts: the first sample of each frame.
  ///   - wanted: how many bins are computed, from frequency 0 on; at most ``bins``.
  ///   - power: receives bin k at k, one frame a lane; at least `wanted` long.
  ///   - scratch: buffers of this plan, from ``scratch()``; what they hold is overwritten.
  package func power(
    _ signal: [Float], at starts: SIMD4<Int>, bins wanted: Int, into power: inout [Lanes],
    _ scratch: inout Scratch
  ) {
    precondition(
      wanted <= bins && wanted <= power.count, "\(wanted) bins wanted of \(bins), room for \(power.count)")
    load(signal, starts, &scratch.signal)
    complex.transform(&scratch.signal, scratch: &scratch.spare)
    let z = scratch.signal.span
    var out = power.mutableSpan
    guard isEven else {
      for k in 0..<wanted { out[unchecked: k] = z[unchecked: k].squaredMagnitude }
      return
    }
    let half = complex.fftSize
    let twiddles = self.twiddles.span
    for k in 0..<wanted {
      let a = z[unchecked: k == half ? 0 : k]
      let b = z[unchecked: k == 0 ? 0 : half &- k].conjugate
      let value = (a + b) + (a - b).timesMinusI * twiddles[unchecked: k]
      out[unchecked: k] = value.squaredMagnitude
    }
  }

  /// Multiplies four frames by the window and lays them side by side.
  private func load(_ signal: [Float], _ starts: SIMD4<Int>, _ target: inout [ComplexLanes]) {
    precondition(
      starts.min() >= 0 && starts.max() + fftSize <= signal.count, "a frame lies outside the signal")
    let x = signal.span
    let w = window.span
    var z = target.mutableSpan
    let s0 = starts[0]
    let s1 = starts[1]
    let s2 = starts[2]
    let s3 = starts[3]
    @inline(__always) func sample(_ n: Int) -> Lanes {
      Lanes(x[unchecked: s0 &+ n], x[unchecked: s1 &+ n], x[unchecked: s2 &+ n], x[unchecked: s3 &+ n])
        * w[unchecked: n]
    }
    if isEven {
      for n in 0..<complex.fftSize { z[unchecked: n] = ComplexLanes(sample(2 &* n), sample(2 &* n &+ 1)) }
    } else {
      for n in 0..<fftSize { z[unchecked: n] = ComplexLanes(sample(n)) }
    }
  }
}
