import Foundation
import Tensors

/// Triangular bands, evenly spaced in mel, that sum a spectrum: `torchaudio.functional.melscale_fbanks`.
///
/// A band rises linearly from its lower edge to its centre and falls to its upper edge, which are the centres of its
/// neighbours.
public struct MelFilterbank: Sendable {
  /// How the height of a band is chosen.
  public enum Norm: String, Sendable, CaseIterable {
    /// Every triangle peaks at 1.
    case none
    /// Every triangle has area 1: its height is 2 / its width in Hz.
    case slaney
  }

  /// The settings of a filterbank; names and defaults are torchaudio's.
  public struct Options: Sendable, Equatable {
    /// The number of bands.
    public var nMels = 128
    /// The lower edge of the lowest band, in Hz.
    public var fMin = 0.0
    /// The upper edge of the highest band, in Hz; nil is half the rate (rounded down to an integer, as in torchaudio).
    public var fMax: Double?
    public var scale = MelScale.htk
    public var norm = Norm.none

    public init(
      nMels: Int = 128, fMin: Double = 0, fMax: Double? = nil, scale: MelScale = .htk, norm: Norm = .none
    ) {
      self.nMels = nMels
      self.fMin = fMin
      self.fMax = fMax
      self.scale = scale
      self.norm = norm
    }
  }

  /// One band: its weights from `firstBin` on, as a range of `weights`.
  private struct Band: Sendable {
    let firstBin: Int
    let range: Range<Int>
  }

  /// The number of frequencies in a spectrum.
  public let bins: Int
  /// The number of bands.
  public let mels: Int
  /// The number of lowest frequencies with a weight in some band: the others need not be computed.
  let usedBins: Int
  private let bands: [Band]
  private let weights: [Float]

  /// Bands for spectra of `bins` frequencies, evenly spaced from 0 to half of `sampleRate` (Hz).
  ///
  /// A band that lies between two neighbouring frequencies is all zero, as in torchaudio.
  /// - Throws: ``FeatureError`` when a number is not positive, or `fMin` not below `fMax`.
  public init(bins: Int, sampleRate: Int, _ options: Options = Options()) throws(FeatureError) {
    let top = Double(sampleRate / 2)
    let fMax = options.fMax ?? top
    guard bins > 1, sampleRate > 1, options.nMels > 0 else {
      throw FeatureError(
        "mel_filterbank",
        "\(options.nMels) bands over \(bins) frequencies at \(sampleRate) Hz, expected three positive numbers"
      )
    }
    guard options.fMin >= 0, options.fMin < fMax, fMax.isFinite else {
      throw FeatureError(
        "mel_filterbank",
        "f_min is \(options.fMin) Hz and f_max \(fMax) Hz, expected f_min to be the lower")
    }
    let low = options.scale.mel(options.fMin)
    let high = options.scale.mel(fMax)
    let edges = (0...options.nMels + 1).map { i in
      options.scale.hertz(low + (high - low) * Double(i) / Double(options.nMels + 1))
    }
    var bands = [Band]()
    var weights = [Float]()
    var usedBins = 1
    for band in 0..<options.nMels {
      let left = edges[band]
      let centre = edges[band + 1]
      let right = edges[band + 2]
      let height = options.norm == .slaney ? 2 / (right - left) : 1
      // Only the bins under the triangle, and one on each side in case of rounding: a band has few of all bins.
      let start = max(Self.bin(of: left, top: top, bins) - 1, 0)
      let values = (start...min(Self.bin(of: right, top: top, bins) + 2, bins - 1)).map { bin in
        let frequency = top * Double(bin) / Double(bins - 1)
        let rise = (frequency - left) / (centre - left)
        return Float(max(0, min(rise, (right - frequency) / (right - centre))) * height)
      }
      let first = values.firstIndex { $0 > 0 } ?? 0
      let last = (values.lastIndex { $0 > 0 } ?? -1) + 1
      let end = last > 0 ? start + last : 0
      bands.append(Band(firstBin: start + first, range: weights.count..<weights.count + max(last - first, 0)))
      if last > first { weights += values[first..<last] }
      usedBins = max(usedBins, end)
    }
    self.bins = bins
    mels = options.nMels
    self.usedBins = usedBins
    self.bands = bands
    self.weights = weights
  }

  /// The bin at or below a frequency.
  private static func bin(of frequency: Double, top: Double, _ bins: Int) -> Int {
    let position = frequency / top * Double(bins - 1)
    return position > 0 ? Int(min(position, Double(bins - 1))) : 0
  }

  /// The weights as a matrix, (bins × mels), row-major.
  public var matrix: [Float] {
    var matrix = [Float](repeating: 0, count: bins * mels)
    for (mel, band) in bands.enumerated() {
      for (i, weight) in weights[band.range].enumerated() {
        matrix[(band.firstBin + i) * mels + mel] = weight
      }
    }
    return matrix
  }

  /// The weights of one frequency in all bands: (bands).
  public func row(_ bin: Int) -> [Float] {
    bands.map { band in
      let index = band.range.lowerBound + bin - band.firstBin
      return band.range.contains(index) ? weights[index] : 0
    }
  }

  /// Sums the bins of sixteen spectra into `sums` from `offset` on, one element for each band.
  func sum(_ spectra: [FrameLanes], into sums: inout [FrameLanes], at offset: Int) {
    let x = spectra.span
    let w = weights.span
    var out = sums.mutableSpan
    for mel in 0..<mels {
      let band = bands[mel]
      var total = FrameLanes.zero
      var bin = band.firstBin
      for i in band.range {
        total += x[unchecked: bin] * w[unchecked: i]
        bin &+= 1
      }
      out[offset + mel] = total
    }
  }
}

/// A scale of perceived pitch.
public enum MelScale: String, Sendable, CaseIterable {
  /// `2595·log10(1 + f/700)` (O'Shaughnessy 1987, as in HTK).
  case htk
  /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox).
  case slaney

  /// Slaney's scale: 200/3 Hz per mel up to 1 kHz, which is 15 mel; above, 27 mel for a factor of 6.4.
  private static let linearStep = 200.0 / 3
  private static let corner = 1000.0
  private static let cornerMel = 15.0
  private static let logStep = Foundation.log(6.4) / 27

  /// The mel value of `hertz`.
  public func mel(_ hertz: Double) -> Double {
    switch self {
    case .htk: 2595 * Foundation.log10(1 + hertz / 700)
    case .slaney:
      hertz < Self.corner
        ? hertz / Self.linearStep : Self.cornerMel + Foundation.log(hertz / Self.corner) / Self.logStep
    }
  }

  /// The frequency of `mel`, in Hz.
  public func hertz(_ mel: Double) -> Double {
    switch self {
    case .htk: 700 * (Foundation.pow(10, mel / 2595) - 1)
    case .slaney:
      mel < Self.cornerMel
        ? mel * Self.linearStep : Self.corner * Foundation.exp(Self.logStep * (mel - Self.cornerMel))
    }
  }
}
