import Foundation
import Metrics
import Testing

@Suite struct DrawingTests {
  /// A folder of the test, or the one a person names to look at the pictures.
  private let folder =
    ProcessInfo.processInfo.environment["NIGHTJAR_FIGURES"] ?? NSTemporaryDirectory() + "/figures-\(UUID())"

  @Test(arguments: SampleFigures.all.map(\.name)) func drawsEveryKind(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let figure = try #require(SampleFigures.all.first { $0.name == name }).make()
    let signatures: [String: [UInt8]] = [
      "png": [0x89, 0x50, 0x4E, 0x47], "svg": Array("<?xml".utf8), "pdf": Array("%PDF".utf8),
    ]
    try figure.save(to: "\(folder)/\(name).txt")
    for (ending, signature) in signatures {
      let path = "\(folder)/\(name).\(ending)"
      try figure.save(to: path)
      let bytes = try #require(FileManager.default.contents(atPath: path))
      #expect(bytes.count > 4000)
      #expect(Array(bytes.prefix(signature.count)) == signature)
    }
  }
}
