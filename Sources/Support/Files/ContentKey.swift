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
    self.init(bytes.withUnsafeBytes { XXH3_128bits($0.baseAddress, $0.count) })
  }

  /// The digest of a file's bytes, with their number; nil for a file that cannot be read.
  ///
  /// It is read piece by piece: it may be larger than memory, and may shrink while it is read.
  public static func ofFile(_ path: String) -> (key: ContentKey, bytes: Int)? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0, let state = XXH3_createState() else { return nil }
    defer {
      close(descriptor)
      XXH3_freeState(state)
    }
    XXH3_128bits_reset(state)
    var total = 0
    let isComplete = withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 64) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count == 0 }
        XXH3_128bits_update(state, buffer.baseAddress, count)
        total += count
      }
    }
    return isComplete ? (ContentKey(XXH3_128bits_digest(state)), total) : nil
  }

  private init(_ digest: XXH128_hash_t) {
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
