import Foundation
import TestSupport
import Testing

/// Everything that the README files show is run, on small data instead of the large.
@Suite(.serialized) struct ReadmeTests {
  static let root = (Fixtures.folder as NSString).deletingLastPathComponent + "/.."
  static let pages = ["README.md", "plugins/README.md", "scripts/README.md"]
  static let text = pages.map { (try? String(contentsOfFile: root + "/" + $0, encoding: .utf8)) ?? "" }
    .joined(separator: "\n")

  /// The code blocks of one language.
  static func blocks(_ language: String) -> [String] {
    text.components(separatedBy: "```\(language)\n").dropFirst().map {
      $0.components(separatedBy: "```")[0]
    }
  }

  /// The `nightjar` command lines, warnings cut off.
  static let commands: [[String]] = blocks("sh").flatMap { block -> [[String]] in
    block.split(separator: "\n").map { line -> [String] in
      let command = line.prefix { $0 != "#" }
      return command.split(separator: " ").map(String.init)
    }
  }.filter { $0.first == "nightjar" }.map { Array($0.dropFirst()) }

  @Test(arguments: blocks("lua").filter { $0.hasPrefix("-- plugins/") })
  func pluginsAreThoseThatShip(_ block: String) throws {
    let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
    let path = Self.root + "/" + lines[0].dropFirst("-- ".count)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == lines.dropFirst().joined(separator: "\n"))
  }

  /// Relative links, as (page, target).
  static let links: [(page: String, target: String)] = allPages.flatMap { page in
    let text = (try? String(contentsOfFile: root + "/" + page, encoding: .utf8)) ?? ""
    return text.matches(of: /\]\(([^)#:]+)\)/).map { (page, String($0.1)) }
  }
  static let allPages =
    pages + [
      "Sources/README.md", "Sources/FewShot/README.md", "Sources/LuaHost/README.md", "Tests/README.md",
    ]
    + ["scripts/perf/README.md", "Tests/Python/golden/README.md", ".github/CONTRIBUTING.md"]

  @Test(arguments: links) func linksLeadSomewhere(_ page: String, _ target: String) {
    let folder = (Self.root + "/" + page as NSString).deletingLastPathComponent
    #expect(FileManager.default.fileExists(atPath: folder + "/" + target))
  }

  @Test func theFirstPageIsShort() throws {
    let size = try Data(contentsOf: URL(fileURLWithPath: Self.root + "/README.md")).count
    #expect(size <= 8192)
  }

  @Test func filesAreThere() {
    for name in ["scripts/demo", "scripts/test"] {
      #expect(Self.text.contains(name))
      #expect(FileManager.default.fileExists(atPath: Self.root + "/" + name))
    }
    for folder in Self.text.split(separator: "`").filter({ $0.hasPrefix("Sources/") }) {
      #expect(FileManager.default.fileExists(atPath: Self.root + "/" + folder))
    }
  }

  /// Sessions at the prompt: `> ` and what is typed, then what is displayed.
  @Test(arguments: blocks("text").filter { $0.hasPrefix("> ") }) func promptsAnswer(_ session: String) throws
  {
    let lines = session.split(separator: "\n").map(String.init)
    let typed = lines.filter { $0.hasPrefix("> ") }.map { $0.dropFirst(2) + "\n" }.joined()
    let displayed = lines.filter { !$0.hasPrefix("> ") }.map {
      $0.replacing(/^(_[0-9]+ = | {5})/, with: "") + "\n"
    }
    #expect(try Sandbox().run(["repl"], input: typed).output == displayed.joined())
  }

  @Test func commandsRunOnRecordingsOfOnesOwn() throws {
    let sandbox = try Sandbox()
    try ToneWords.record(in: sandbox)
    #expect(Self.commands.count >= 8)
    // The import comes first, since the rest is run on what it makes.
    let ordered =
      Self.commands.filter { $0.contains("import") } + Self.commands.filter { !$0.contains("import") }
    for command in ordered {
      let outcome = try sandbox.run(try small(command, in: sandbox))
      #expect(outcome.status == 0, "\(command.joined(separator: " ")): \(outcome.errors)")
    }
    let results = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("runs"))
    #expect(results.contains { sandbox.exists("runs/\($0)/results.json") })
    #expect(results.contains { sandbox.exists("runs/\($0)/confusion.png") })
  }

  @Test(arguments: blocks("lua").filter { !$0.hasPrefix("-- plugins/") })
  func scriptsRun(_ script: String) throws {
    let sandbox = try Sandbox()
    try ToneWords.record(in: sandbox)
    #expect(try sandbox.run("data", "import", "recordings", "--out", "mine").status == 0)
    try sandbox.write(onSmallData(script), to: "script.lua")
    let outcome = try sandbox.run("script.lua", "--allow", "fs.read=mine")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.count > 1)
  }

  /// The same command with small data, few epochs and repeats.
  private func small(_ command: [String], in sandbox: Sandbox) throws -> [String] {
    if command[0].hasPrefix("scripts/") {
      let text = try String(contentsOfFile: Self.root + "/" + command[0], encoding: .utf8)
      let name = (command[0] as NSString).lastPathComponent
      try sandbox.write(onSmallData(text), to: name)
      let quick =
        name == "hyperparameters.lua" ? ["--set", "kernels=3", "--set", "depths=2", "--set", "epochs=1"] : []
      return [name] + command.dropFirst().filter { quick.isEmpty || !["--set", "epochs=3"].contains($0) }
        + quick + ["--allow", "fs.read=mine"]
    }
    guard command[0] == "bench" else { return command }
    var arguments = command
    if let data = arguments.firstIndex(of: "--data") { arguments.removeSubrange(data...(data + 1)) }
    if let repeats = arguments.firstIndex(of: "--repeats") {
      arguments.removeSubrange(repeats...(repeats + 1))
    }
    arguments.removeAll { $0.hasPrefix("recipe.epochs=") || $0.hasPrefix("model.channels=") }
    while let set = arguments.firstIndex(of: "--set") { arguments.remove(at: set) }
    let size = arguments.contains("resnet_pair") ? "model.width=0.25" : "model.channels=8"
    return arguments + ["--data", "mine", "--repeats", "2", "--set", "recipe.epochs=1", "--set", size]
  }

  private func onSmallData(_ script: String) -> String {
    script.replacingOccurrences(of: "nj.data.words {}", with: "nj.data.words { path = \"mine\" }")
  }
}
