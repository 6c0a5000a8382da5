import Audio
import LuaHost
import Tensors

/// The options of the features: torchaudio's names and defaults, with torchaudio's `melkwargs` among the others.
enum FeatureOptions {
  static func rate(_ value: Int) -> [LuaParameter] {
    [.integer("sample_rate", default: value, min: 2, max: 10_000_000, help: "in Hz")]
  }

  /// How frames are cut and transformed.
  static func frames(nFFT: Int = 400, hop: Int? = nil) -> [LuaParameter] {
    [
      .integer("n_fft", default: nFFT, min: 1, help: "samples in a transform"),
      .integer("win_length", optional: true, min: 1, help: "samples in the window; default: n_fft"),
      .integer(
        "hop_length", default: hop, optional: true, min: 1,
        help: "samples from frame to frame; default: half a window"
      ),
      .number("power", default: 2, help: "2: power, 1: magnitude"),
      .choice("window", Window.allCases.map(\.rawValue), default: "hann"),
      .boolean("center", default: true, help: "frame t lies around sample t · hop; the ends are reflected"),
    ]
  }

  static func mel(nMels: Int = 128, fMin: Double = 0, fMax: Double? = nil) -> [LuaParameter] {
    [
      .integer("n_mels", default: nMels, min: 1, max: 65_536, help: "bands"),
      .number("f_min", default: fMin, help: "lower edge of the lowest band, in Hz"),
      .number(
        "f_max", default: fMax, optional: true,
        help: "upper edge of the highest band, in Hz; default: half the rate"),
      .choice("mel_scale", MelScale.allCases.map(\.rawValue), default: "htk"),
      .choice(
        "norm", MelFilterbank.Norm.allCases.map(\.rawValue), default: "none",
        help: "slaney: every band has area 1"),
    ]
  }

  static let spectrogram = frames()
  static let melSpectrogram = rate(16_000) + frames() + mel()
  static let mfcc =
    melSpectrogram + [
      .integer("n_mfcc", default: 40, min: 1, help: "coefficients"),
      .boolean("log_mels", default: false, help: "ln(x + 1e-6) instead of decibels"),
      .either(
        "top_db", [.number, .boolean], default: 80,
        help: "lowest level of a band below the clip's own maximum, in dB; false: no limit"),
    ]
  static let spikes =
    rate(48_000) + frames(nFFT: 512, hop: 240) + mel(nMels: 20, fMin: 20, fMax: 4_000) + [
      .number("threshold", default: 1, help: "change of a band's natural logarithm that makes a spike"),
      .number("log_offset", default: 1e-6, help: "added before the logarithm"),
    ]
}

extension LuaOptions {
  func spectrogram(_ feature: String) throws -> Spectrogram.Options {
    Spectrogram.Options(
      nFFT: try integer("n_fft"), windowLength: self["win_length"].integer,
      hopLength: self["hop_length"].integer,
      power: Float(try finite("power", feature)), window: Window(rawValue: try string("window")) ?? .hann,
      centre: try boolean("center"))
  }

  func mel(_ feature: String) throws -> MelFilterbank.Options {
    MelFilterbank.Options(
      nMels: try integer("n_mels"), fMin: try finite("f_min", feature),
      fMax: has("f_max") ? try finite("f_max", feature) : nil,
      scale: MelScale(rawValue: try string("mel_scale")) ?? .htk,
      norm: MelFilterbank.Norm(rawValue: try string("norm")) ?? .none)
  }

  func melSpectrogram(_ feature: String) throws -> MelSpectrogram.Options {
    MelSpectrogram.Options(
      sampleRate: try integer("sample_rate"), spectrogram: try spectrogram(feature), mel: try mel(feature))
  }

  func mfcc() throws -> MFCC.Options {
    let base = try melSpectrogram("mfcc")
    return MFCC.Options(
      sampleRate: base.sampleRate, nMFCC: try integer("n_mfcc"), spectrogram: base.spectrogram, mel: base.mel,
      logMels: try boolean("log_mels"), topDB: try topDB())
  }

  func spikes() throws -> SpikeEncoding.Options {
    var options = SpikeEncoding.Options()
    options.mel = try melSpectrogram("s2s")
    options.threshold = Float(try finite("threshold", "s2s"))
    options.logOffset = Float(try finite("log_offset", "s2s"))
    return options
  }

  private func topDB() throws -> Float? {
    if let isLimited = self["top_db"].boolean {
      guard isLimited else { return nil }
      throw FeatureError("mfcc", "top_db is true, expected a limit in dB, or false for none")
    }
    let limit = try finite("top_db", "mfcc")
    guard limit >= 0 else {
      throw FeatureError("mfcc", "top_db is \(limit), expected 0 or more, or false")
    }
    return Float(limit)
  }

  private func finite(_ name: String, _ feature: String) throws -> Double {
    let value = try number(name)
    guard value.isFinite else {
      throw FeatureError(
        feature, "\(name) is \(value.isNaN ? "NaN" : "infinite"), expected a finite number")
    }
    return value
  }
}
