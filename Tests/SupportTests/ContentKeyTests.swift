import Foundation
import Support
import Testing

@Suite struct ContentKeyTests {
  private let path = NSTemporaryDirectory() + "/nightjar-content-\(UUID())"

  /// Sizes around those of the pieces that a file is read in.
  @Test(arguments: [0, 1, 4095, 1 << 18, (1 << 18) + 1, 3 << 20])
  func ofAFileIsThatOfItsBytes(size: Int) throws {
    defer { try? FileManager.default.removeItem(atPath: path) }
    let bytes = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) })
    try bytes.write(to: URL(fileURLWithPath: path))
    let content = try #require(ContentKey.ofFile(path))
    #expect(content.key == ContentKey(of: bytes) && content.bytes == size)
  }

  @Test func ofWhatIsNoFileIsNil() {
    #expect(ContentKey.ofFile(path) == nil)
    #expect(ContentKey.ofFile(NSTemporaryDirectory()) == nil)
  }
}
