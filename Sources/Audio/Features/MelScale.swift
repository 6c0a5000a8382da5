import Foundation

/// How pitch, as it is heard, grows with frequency.
public enum MelScale: String, Sendable, CaseIterable {
  /// `2595·log10(1 + f/700)` (O'Shaughnessy 1987, as in HTK).
  case htk
  /// Linear below 1 kHz, logarithmic above (Slaney's Auditory Toolbox).
  case slaney

  /// Slaney's scale: 200/3 Hz a mel up to 1 kHz, which is 15 mel; from there 27 mel for a factor of 6.4.
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
