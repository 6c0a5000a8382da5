/// The spectra of four real frames at once, of any length.
///
/// An even length is a complex transform of half the length over (even, odd) samples, taken apart afterwards;
/// an odd one is a complex transform with nothing imaginary. Source: Van Loan (1992).
package struct FramePlan: Sendable {
  /// Samples in a frame.
  package let count: Int
  /// Frequencies from 0 to the Nyquist frequency: `count / 2 + 1`.
  package var bins: Int { count / 2 + 1 }
  /// What four frames take, as ``operations(_:)`` counts.
  package let operations: Int
  private let isEven: Bool
  private let complex: FourierPlan
  private let window: [Float]
  private let roots: [Complex]

  /// Room for one transform; reuse it from call to call.
  package struct Scratch: Sendable {
    fileprivate var signal: [ComplexLanes]
    fileprivate var spare: [ComplexLanes]
  }

  /// A plan for frames as long as `window`, which each frame is multiplied by; at least one sample.
  package init(window: [Float]) {
    count = window.count
    operations = Self.operations(count)
    isEven = count % 2 == 0
    complex = FourierPlan(isEven ? count / 2 : count)
    // The half of "(a + b) / 2" below, at no cost.
    self.window = isEven ? window.map { $0 / 2 } : window
    roots = isEven ? (0...count / 2).map { [count] in Complex.root($0, of: count) } : []
  }

  /// About how many operations on four numbers at once four frames of `count` samples take.
  package static func operations(_ count: Int) -> Int {
    count + FourierPlan.operations(count.isMultiple(of: 2) ? count / 2 : count)
  }

  /// Room for this plan's transforms.
  package func scratch() -> Scratch {
    let zeros = [ComplexLanes](repeating: ComplexLanes(), count: complex.count)
    return Scratch(signal: zeros, spare: zeros)
  }

  /// The squared magnitudes of the first `wanted` bins of the frames of `signal` that start at `starts`.
  package func power(
    _ signal: [Float], at starts: SIMD4<Int>, bins wanted: Int, into power: inout [Lanes],
    _ scratch: inout Scratch
  ) {
    load(signal, starts, &scratch.signal)
    complex.transform(&scratch.signal, spare: &scratch.spare)
    let z = scratch.signal.span
    var out = power.mutableSpan
    guard isEven else {
      for k in 0..<wanted {
        let value = z[unchecked: k]
        out[unchecked: k] = value.re * value.re + value.im * value.im
      }
      return
    }
    let half = complex.count
    let roots = self.roots.span
    for k in 0..<wanted {
      let a = z[unchecked: k == half ? 0 : k]
      let mirror = z[unchecked: k == 0 ? 0 : half &- k]
      let b = ComplexLanes(mirror.re, Lanes.zero - mirror.im)
      let value = (a + b) + (a - b).turnedBack * roots[unchecked: k]
      out[unchecked: k] = value.re * value.re + value.im * value.im
    }
  }

  /// Windows four frames and lays them side by side.
  private func load(_ signal: [Float], _ starts: SIMD4<Int>, _ target: inout [ComplexLanes]) {
    let x = signal.span
    let w = window.span
    var z = target.mutableSpan
    let s0 = starts[0]
    let s1 = starts[1]
    let s2 = starts[2]
    let s3 = starts[3]
    precondition(starts.min() >= 0 && starts.max() + count <= signal.count, "a frame lies outside the signal")
    @inline(__always) func sample(_ n: Int) -> Lanes {
      Lanes(x[unchecked: s0 &+ n], x[unchecked: s1 &+ n], x[unchecked: s2 &+ n], x[unchecked: s3 &+ n])
        * w[unchecked: n]
    }
    if isEven {
      for n in 0..<complex.count { z[unchecked: n] = ComplexLanes(sample(2 &* n), sample(2 &* n &+ 1)) }
    } else {
      for n in 0..<count { z[unchecked: n] = ComplexLanes(sample(n)) }
    }
  }
}
