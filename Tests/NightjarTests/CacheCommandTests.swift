import Foundation
import Testing

/// `nightjar cache`: results by stage, and removing them.
@Suite struct CacheCommandTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    for (stage, key, bytes, days) in [
      ("embedding", "a", 2048, 40.0), ("embedding", "b", 1024, 1), ("training", "c", 10, 0),
    ] {
      let folder = "cache/nightjar/\(stage)"
      try sandbox.write(String(repeating: "x", count: bytes), to: "\(folder)/\(key).bin")
      let side = """
        {"bytes": \(bytes), "checksum": "", "file": "\(key).bin", "format": 1, "key": "\(key)", "parts": ["\(key)"],
         "seconds": 1, "stage": "\(stage)"}
        """
      try sandbox.write(side, to: "\(folder)/\(key).json")
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -days * 86_400 - 60)],
        ofItemAtPath: sandbox.path("\(folder)/\(key).json"))
    }
  }

  @Test func listsByStage() throws {
    let end = try sandbox.run("cache", "list")
    #expect(end.status == 0 && end.errors == "")
    let lines = end.output.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("embedding 2 3.0 KiB 1 day to 40 days ago"), "\(end.output)")
    #expect(lines.contains("training 1 10 bytes 1 minute ago"), "\(end.output)")
    #expect(lines.last?.hasPrefix("3 results, 3.0 KiB in ") == true, "\(end.output)")
    #expect(try sandbox.run("cache", "list", "--older", "30d").output.contains("1 result, 2.0 KiB in"))
    let data = Data(try sandbox.run("cache", "list", "--json").output.utf8)
    let listed = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    #expect(listed.map { $0["stage"] as? String } == ["embedding", "training"])
  }

  @Test func removesWhatIsSelected() throws {
    #expect(try sandbox.run("cache", "clear", "--older", "6w").output.hasPrefix("nothing to remove in "))
    let old = try sandbox.run("cache", "clear", "--older", "30d")
    #expect(old.status == 0 && old.output == "removed 1 result of embedding, 2.0 KiB\n")
    #expect(
      !sandbox.exists("cache/nightjar/embedding/a.bin") && sandbox.exists("cache/nightjar/embedding/b.bin"))
    #expect(
      try sandbox.run("cache", "clear", "--stage", "training").output
        == "removed 1 result of training, 10 bytes\n")
    #expect(try sandbox.run("cache", "clear").output == "removed 1 result of embedding, 1.0 KiB\n")
    #expect(try sandbox.run("cache", "list").errors.hasPrefix("no results in "))
    let unknown = try sandbox.run("cache", "list", "--stage", "embeding")
    #expect(unknown.status == 2)
  }
}
