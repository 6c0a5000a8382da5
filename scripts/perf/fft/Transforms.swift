import CKissFFT

/// `count` samples of uniform noise from −1 to 1, the same in every run.
func noise(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
  }
}

/// The power spectra of sixteen windowed, half-overlapping frames: the inner loop of spectrogram, MFCC and spike encoding.
///
/// KissFFT's real transform needs an even length; an odd one goes through its complex transform, as ours does.
func powerSpectra(_ size: Int) -> Comparison {
  let frames = FramePlan.frames
  let hop = size / 2
  let bins = size / 2 + 1
  let signal = noise(size + (frames - 1) * hop)
  let window = noise(size, seed: 2)

  let plan = FramePlan(window: window)
  var scratch = plan.scratch()
  var power = [FrameLanes](repeating: .zero, count: bins)
  let starts = (0..<frames).map { $0 * hop }

  let isEven = size.isMultiple(of: 2)
  let realConfiguration = isEven ? kiss_fftr_alloc(Int32(size), 0, nil, nil) : nil
  let complexConfiguration = kiss_fft_alloc(Int32(size), 0, nil, nil)
  let frame = UnsafeMutableBufferPointer<Float>.allocate(capacity: size)
  let complexFrame = UnsafeMutableBufferPointer<kiss_fft_cpx>.allocate(capacity: size)
  let spectrum = UnsafeMutableBufferPointer<kiss_fft_cpx>.allocate(capacity: size)
  let kissPower = UnsafeMutableBufferPointer<Float>.allocate(capacity: frames * bins)

  return Comparison(
    name: "16 power spectra", size: size,
    ours: { plan.power(signal, at: starts, bins: bins, into: &power, &scratch) },
    kissFFT: {
      let signal = signal.span
      let window = window.span
      for number in 0..<frames {
        let start = number &* hop
        if isEven {
          for n in 0..<size { frame[n] = signal[unchecked: start &+ n] * window[unchecked: n] }
          kiss_fftr(realConfiguration, frame.baseAddress, spectrum.baseAddress)
        } else {
          for n in 0..<size {
            complexFrame[n] = kiss_fft_cpx(r: signal[unchecked: start &+ n] * window[unchecked: n], i: 0)
          }
          kiss_fft(complexConfiguration, complexFrame.baseAddress, spectrum.baseAddress)
        }
        for k in 0..<bins {
          let value = spectrum[k]
          kissPower[number &* bins &+ k] = value.r * value.r + value.i * value.i
        }
      }
    },
    results: { ((0..<frames).flatMap { lane in power.map { $0[lane] } }, Array(kissPower)) })
}

/// The spectra of four complex signals, which each side has in its own layout.
func complexSpectra(_ size: Int) -> Comparison {
  let re = (0..<4).map { noise(size, seed: $0) }
  let im = (4..<8).map { noise(size, seed: $0) }

  let plan = FourierPlan(size)
  let input = (0..<size).map { n in ComplexLanes(Lanes(re.map { $0[n] }), Lanes(im.map { $0[n] })) }
  var output = input
  var scratch = input

  let configuration = kiss_fft_alloc(Int32(size), 0, nil, nil)
  let kissInput = (0..<4).map { number in
    (0..<size).map { n in kiss_fft_cpx(r: re[number][n], i: im[number][n]) }
  }
  var kissOutput = kissInput

  return Comparison(
    name: "4 complex spectra", size: size,
    ours: {
      // Ours transforms in place, KissFFT does not, so ours has to copy its input.
      for n in 0..<size { output[n] = input[n] }
      plan.transform(&output, scratch: &scratch)
    },
    kissFFT: { for number in 0..<4 { kiss_fft(configuration, kissInput[number], &kissOutput[number]) } },
    results: {
      let ours = (0..<4).flatMap { lane in output.flatMap { [$0.re[lane], $0.im[lane]] } }
      return (ours, kissOutput.flatMap { $0.flatMap { [$0.r, $0.i] } })
    })
}

/// The spectrum of one long real signal.
func longSpectrum(_ size: Int) -> Comparison {
  let signal = noise(size)

  let plan = SignalPlan(size)
  var spectrum: [Complex] = []

  let configuration = kiss_fftr_alloc(Int32(size), 0, nil, nil)
  var kissSpectrum: [kiss_fft_cpx] = []

  return Comparison(
    name: "long signal to spectrum", size: size,
    ours: { spectrum = plan.spectrum(signal) },
    kissFFT: {
      kissSpectrum = [kiss_fft_cpx](unsafeUninitializedCapacity: size / 2 + 1) { spectrum, count in
        kiss_fftr(configuration, signal, spectrum.baseAddress)
        count = spectrum.count
      }
    },
    results: { (spectrum.flatMap { [$0.re, $0.im] }, kissSpectrum.flatMap { [$0.r, $0.i] }) })
}

/// One long real signal from its spectrum.
func longSignal(_ size: Int) -> Comparison {
  let plan = SignalPlan(size)
  let spectrum = plan.spectrum(noise(size))
  var signal: [Float] = []

  let configuration = kiss_fftr_alloc(Int32(size), 1, nil, nil)
  let kissSpectrum = spectrum.map { kiss_fft_cpx(r: $0.re, i: $0.im) }
  var kissSignal: [Float] = []

  return Comparison(
    name: "spectrum to long signal", size: size,
    ours: { signal = plan.signal(spectrum) },
    kissFFT: {
      kissSignal = [Float](unsafeUninitializedCapacity: size) { signal, count in
        kiss_fftri(configuration, kissSpectrum, signal.baseAddress)
        let scale = 1 / Float(size)
        for n in 0..<size { signal[n] *= scale }
        count = size
      }
    },
    results: { (signal, kissSignal) })
}
