import VectorKernels

/// The power spectra of sixteen real frames at once, of any length.
///
/// An even length is a complex transform of half the length over (even, odd) samples, whose spectra are taken apart
/// afterwards by their symmetry; an odd one is a complex transform without imaginary parts. Source: Van Loan,
/// *Computational Frameworks for the FFT* (1992), section 4.3.
package struct FramePlan: Sendable {
  /// The frames of a transform.
  package static let frames = FrameLanes.scalarCount
  /// Samples of a frame.
  package let fftSize: Int
  /// Frequencies from 0 to the Nyquist frequency: `fftSize / 2 + 1`.
  package var bins: Int { fftSize / 2 + 1 }
  /// The cost of sixteen frames, as counted by ``operations(_:)``.
  package let operations: Int
  private let isEven: Bool
  private let complex: FourierPlan
  private let window: [Float]
  /// `exp(−2πi·k/fftSize)` at `k`, from 0 to `fftSize / 2`; empty for an odd length.
  private let twiddles: [Complex]

  /// Buffers of one transform; reuse them from call to call.
  package struct Scratch: Sendable {
    fileprivate var signal: [ComplexFrames]
    fileprivate var spare: [ComplexFrames]
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

  /// The approximate number of operations on all lanes in sixteen frames of `fftSize` samples.
  package static func operations(_ fftSize: Int) -> Int {
    fftSize + FourierPlan.operations(fftSize.isMultiple(of: 2) ? fftSize / 2 : fftSize)
  }

  /// Buffers for this plan's transforms.
  package func scratch() -> Scratch {
    let zeros = [ComplexFrames](repeating: ComplexFrames(), count: complex.fftSize)
    return Scratch(signal: zeros, spare: zeros)
  }

  /// Computes the squared magnitudes of sixteen windowed frames.
  ///
  /// - Parameters:
  ///   - signal: the samples that the frames are cut from.
  ///   - starts: the first sample of each frame.
  ///   - wanted: how many bins are computed, from frequency 0 on; at most ``bins``.
  ///   - power: receives bin k at k, one frame a lane; at least `wanted` long.
  ///   - scratch: buffers of this plan, from ``scratch()``; what they hold is overwritten.
  package func power(
    _ signal: [Float], at starts: [Int], bins wanted: Int, into power: inout [FrameLanes],
    _ scratch: inout Scratch
  ) {
    precondition(
      wanted <= bins && wanted <= power.count, "\(wanted) bins wanted of \(bins), room for \(power.count)")
    precondition(
      starts.count == Self.frames && starts.allSatisfy { $0 >= 0 && $0 + fftSize <= signal.count },
      "a frame lies outside the signal")
    nj_load_frames(signal, starts, window, fftSize, isEven ? 0 : 1, &scratch.signal)
    complex.transform(&scratch.signal, scratch: &scratch.spare)
    if isEven {
      nj_frame_power(scratch.signal, twiddles, complex.fftSize, wanted, &power)
    } else {
      nj_frame_power(scratch.signal, nil, complex.fftSize, wanted, &power)
    }
  }
}
