import Foundation
import TestSupport
import Testing

/// Decoders have channels of their own to report damage; what reaches the user comes from us alone.
@Suite struct DamagedSoundTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// libmpg123 reports damaged frames and headers on stderr unless it is told not to.
  @Test func theDecoderOfMP3PrintsNothing() throws {
    let damaged = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("sounds/damaged.mp3")))
    try damaged.write(to: URL(fileURLWithPath: sandbox.path("frame.mp3")))
    // The headers of MPEG frames begin with eleven ones.
    var withoutHeader = damaged
    let header = try #require(damaged.range(of: Data([0xFF, 0xF3]), options: .backwards))
    withoutHeader[header.lowerBound] = 0
    try withoutHeader.write(to: URL(fileURLWithPath: sandbox.path("header.mp3")))
    try sandbox.write(
      """
      local nj = require "nightjar"
      print(nj.audio.read("frame.mp3"):size(1))
      print(pcall(nj.audio.read, "header.mp3"))
      """, to: "read.lua")
    let end = try sandbox.run("run", "read.lua", "--allow", "fs.read=.")
    #expect(end.errors == "")
    #expect(end.output.contains("4000\n"))
    #expect(end.output.contains("header.mp3: the file is damaged"), "\(end.output)")
  }
}
