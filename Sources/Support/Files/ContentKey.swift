import CXXHash
import Foundation

/// The key of a cached result: a digest of everything that made it.
///
/// 128 bits of XXH3, enough to exclude accidental collisions; not secure against an attacker.
/// Source: Collet, xxHash.
public struct ContentKey: Hashable, Sendable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// The digest of bytes.
  public init(of bytes: Data) {
    let digest = bytes.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) }
    high = digest.high64
    low = digest.low64
  }

  /// The digest of a list of parts; `["ab", "c"]` and `["a", "bc"]` differ.
  public init(parts: [String]) {
    var bytes = Data()
    for part in parts {
      withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: part.utf8)
    }
    self.init(of: bytes)
  }

  /// A seed for random numbers that depends on the whole content.
  public var seed: UInt64 { low }

  /// 32 hexadecimal digits, fit for a file name.
  public var description: String {
    [high, low].map { value in
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
