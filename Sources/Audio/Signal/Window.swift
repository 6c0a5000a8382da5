import Foundation

/// The shape that fades a frame in and out. Periodic, as `torch.hann_window` makes it.
public enum Window: String, Sendable, CaseIterable {
  /// `0.5 − 0.5·cos(2πn/N)`
  case hann
  /// `0.54 − 0.46·cos(2πn/N)`
  case hamming
  /// 1 everywhere
  case rectangular

  /// The window's `length` values, from 0 to 1.
  public func values(_ length: Int) -> [Float] {
    (0..<length).map { n in
      let wave = Foundation.cos(2 * .pi * Double(n) / Double(length))
      switch self {
      case .hann: return Float(0.5 - 0.5 * wave)
      case .hamming: return Float(0.54 - 0.46 * wave)
      case .rectangular: return 1
      }
    }
  }

  /// The window in the middle of `count` values, zeros around it, as `torch.stft` places a shorter one.
  func centred(_ length: Int, in count: Int) -> [Float] {
    let left = (count - length) / 2
    return [Float](repeating: 0, count: left) + values(length)
      + [Float](repeating: 0, count: count - length - left)
  }
}
