import Figures
import Foundation
import TestSupport
import Testing

@Suite struct DrawingTests {
  /// A folder of the test, or the one that the user sets to view the pictures.
  private let folder =
    ProcessInfo.processInfo.environment["NIGHTJAR_FIGURES"] ?? NSTemporaryDirectory() + "/figures-\(UUID())"

  private static let hasGnuplot =
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
      FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot")
    }

  private func figure(_ name: String) throws -> Figure {
    try #require(SampleFigures.all.first { $0.name == name }).make()
  }

  @Test(.enabled(if: hasGnuplot), arguments: SampleFigures.all.map(\.name))
  func drawsEveryKind(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let signatures: [String: [UInt8]] = [
      "png": [0x89, 0x50, 0x4E, 0x47], "svg": Array("<?xml".utf8), "pdf": Array("%PDF".utf8),
    ]
    for (ending, signature) in signatures {
      let path = "\(folder)/\(name).\(ending)"
      try figure(name).save(to: path)
      let bytes = try #require(FileManager.default.contents(atPath: path))
      #expect(bytes.count > 4000)
      #expect(Array(bytes.prefix(signature.count)) == signature)
      if ending == "png" {
        // Width and height are at bytes 16…23 of a PNG, the most significant byte first.
        let size = bytes[16..<24].map(Int.init)
        #expect(size[2] * 256 + size[3] >= 1200)
        #expect(size[6] * 256 + size[7] >= 400)
        #expect(try #require(Picture(png: bytes)).hasWhiteEdges(), "something is cut")
      }
    }
  }

  @Test(.enabled(if: hasGnuplot)) func runsNoneOfTheText() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let canary = folder + "/canary"
    let hostile = [
      "`touch \(canary)`", "'; system('touch \(canary)') #", "\"; !touch \(canary)\n!touch \(canary)",
      "%d %s %n",
      "' . system('touch \(canary)') . '", "\" . system('touch \(canary)') . \"",
      "\\\" . system('touch \(canary)')",
      "\\140touch \(canary)\\140", "@canary ${canary}", "\\", "'", "a\\'; !touch \(canary)",
      "$(touch \(canary))", "{/Symbol @x_{", "\u{2028}!touch \(canary)\u{0}",
    ]
    for (index, text) in hostile.enumerated() {
      var options = PlotOptions(title: text, caption: text, x: text, y: text)
      options.legend = .right
      try Figure.bars(labels: [text, "b"], [NamedValues(text, [1, 2])], options: options).save(
        to: folder + "/h\(index).png")
      options.legend = .below
      try Figure.heatmap(
        rows: [text], columns: [text], values: [[1]], cellText: [[text]], scale: text, options: options
      ).save(to: folder + "/h\(index).svg")
    }
    #expect(!FileManager.default.fileExists(atPath: canary))
  }

  @Test(.enabled(if: hasGnuplot), arguments: [Figure.Legend.right, .below])
  func cutsNothing(_ legend: Figure.Legend) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let long = "A LONG NAME, AS SOMEBODY WROTE IT WITH MANY WIDE CAPITALS: WWWWWWWW MMMMMMMM "
    var options = PlotOptions(
      title: long + long + long, caption: String(repeating: long, count: 6), x: long, y: long + long)
    options.legend = legend
    let lines = try Figure.lines(
      (1...9).map { NamedValues(long + "\($0)", [1e-7, 2e-7, 123_456.5]) }, options: options)
    let map = try Figure.heatmap(
      rows: ["WWWWWWWW", long], columns: [long, "cross_entropy", long + "2"],
      values: [[0.0001234, 2, 3], [4, 5, 6]], scale: long, options: options)
    for (index, figure) in [lines, map].enumerated() {
      let path = "\(folder)/long-\(legend)-\(index).png"
      try figure.save(to: path)
      let picture = try #require(Picture(png: Data(contentsOf: URL(fileURLWithPath: path))))
      #expect(picture.hasWhiteEdges())
    }
  }

  @Test func saysHowToGetGnuplot() throws {
    let lines = try Figure.lines(["a": [1, 2]])
    let path = NSTemporaryDirectory() + "/never-\(UUID()).png"
    #expect(throws: FigureToolMissingError()) { try lines.save(to: path, search: "/nowhere") }
    #expect(FigureToolMissingError().description.contains("apt install gnuplot-nox"))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(throws: FigureError.unknownFormat(path: "a.jpeg")) { try lines.save(to: "a.jpeg") }
  }

  @Test(arguments: SampleFigures.all.map(\.name)) func writesTheSameScript(_ name: String) throws {
    guard ["lines", "heatmap", "bars"].contains(name) else { return }
    try expectSnapshot(figure(name).script(), name + ".gp")
  }

  @Test(arguments: SampleFigures.all.map(\.name)) func writesTheSameText(_ name: String) throws {
    let text = try figure(name).text(width: 72)
    try expectSnapshot(text, name + ".txt")
    for line in text.split(separator: "\n") { #expect(DisplayText.width(String(line)) <= 72) }
  }

  @Test func colourChangesNothingElse() throws {
    let coloured = try figure("bars").text(width: 60, colour: true)
    let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(try plain == figure("bars").text(width: 60))
    #expect(coloured != plain)
  }

  @Test(arguments: [1, 33, 40, 200]) func fitsAnyWidth(_ width: Int) throws {
    for sample in SampleFigures.all { #expect(try !sample.make().text(width: width).isEmpty) }
  }
}
