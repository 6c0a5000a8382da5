import Audio
import Foundation
import Tensors
import Testing

@Suite struct FourierTests {
  @Test func everyLengthMatchesTheDefinition() {
    for count in Array(1...200) + [240, 400, 512, 625, 1009] {
      var random = RandomStream(seed: 1, purpose: "fourier", index: UInt64(count))
      let signals = (0..<16).map { _ in (0..<count).map { _ in Float(random.uniform(-1, 1)) } }
      let power = powers(signals)
      for (lane, signal) in signals.enumerated() {
        let expected = naivePower(signal)
        let scale = Float(count)
        for bin in expected.indices {
          #expect(abs(power[bin][lane] - expected[bin]) <= 5e-6 * scale, "length \(count), bin \(bin)")
        }
      }
    }
  }

  @Test(arguments: [2, 171, 400, 512, 997]) func energyIsKept(_ count: Int) {
    var random = RandomStream(seed: 2, purpose: "parseval")
    let signal = (0..<count).map { _ in Float(random.normal()) }
    let power = powers([signal, signal, signal, signal]).map { $0[0] }
    // Bins other than 0 and the Nyquist frequency stand for two.
    let nyquist = count % 2 == 0 ? count / 2 : -1
    let energy = power.enumerated().reduce(0) {
      $0 + $1.element * ($1.offset == 0 || $1.offset == nyquist ? 1 : 2)
    }
    let expected = signal.reduce(0) { $0 + $1 * $1 } * Float(count)
    #expect(abs(energy / expected - 1) < 1e-5)
  }

  @Test(arguments: [8, 16, 40, 24, 1000, 17_280, 21_600]) func longSignalsComeBack(_ count: Int) {
    var random = RandomStream(seed: 3, purpose: "round trip")
    let signal = (0..<count).map { _ in Float(random.uniform(-1, 1)) }
    let plan = SignalPlan(count)
    let spectrum = plan.spectrum(signal)
    let back = plan.signal(spectrum)
    #expect(zip(signal, back).allSatisfy { abs($0 - $1) < 2e-6 })
    if count <= 1000 {
      let expected = naivePower(signal)
      for (bin, value) in spectrum.enumerated() {
        let power = value.re * value.re + value.im * value.im
        #expect(abs(power - expected[bin]) <= 3e-6 * Float(count), "bin \(bin)")
      }
    }
  }

  /// Up to sixteen signals of one length → their squared magnitudes, a lane each.
  private func powers(_ signals: [[Float]]) -> [SIMD16<Float>] {
    let count = signals[0].count
    let plan = FramePlan(window: [Float](repeating: 1, count: count))
    var scratch = plan.scratch()
    var power = [SIMD16<Float>](repeating: .zero, count: plan.bins)
    let starts = (0..<FramePlan.frames).map { $0 % signals.count * count }
    plan.power(signals.flatMap { $0 }, at: starts, bins: plan.bins, into: &power, &scratch)
    return power
  }

  /// The squared magnitudes by the definition, in double precision.
  private func naivePower(_ signal: [Float]) -> [Float] {
    let n = signal.count
    return (0...n / 2).map { k in
      var re = 0.0
      var im = 0.0
      for (i, x) in signal.enumerated() {
        let angle = -2 * Double.pi * Double(i * k % n) / Double(n)
        re += Double(x) * cos(angle)
        im += Double(x) * sin(angle)
      }
      return Float(re * re + im * im)
    }
  }
}
