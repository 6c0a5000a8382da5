import Experiments
import Figures
import Foundation
import Testing

@Suite struct RunFolderTests {
  private let root = NSTemporaryDirectory() + "/nightjar-runs-\(UUID())"
  private let noon = Date(timeIntervalSince1970: 1_700_000_000)

  private func make(_ name: String = "bench") throws -> RunFolder {
    try RunFolder.create(
      named: name, under: root, at: noon, timeZone: try #require(TimeZone(identifier: "UTC")))
  }

  @Test func neverTakesAFolderThatIsThere() async throws {
    let names = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<8 { group.addTask { try make().name } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(names).count == 8)
    #expect(names.contains("2023-11-14-221320-bench") && names.contains("2023-11-14-221320-bench-8"))
  }

  @Test(arguments: [
    "../../etc/passwd", "a/b", ".hidden", "", "nul\u{0}l", String(repeating: "x", count: 500),
  ])
  func staysInItsFolder(_ name: String) throws {
    let run = try make(name)
    #expect(
      URL(fileURLWithPath: run.path).deletingLastPathComponent().path == URL(fileURLWithPath: root).path)
    try run.write(["a": 1], named: name)
    #expect(!run.file(name, "json").dropFirst(run.path.count + 1).contains("/"))
  }

  @Test func keepsTablesAndFigures() throws {
    let run = try make()
    try run.write(ResultTable(columns: [.init("a")], rows: [[.number(1)]]), named: "table")
    #expect(try String(contentsOfFile: run.path + "/table.csv", encoding: .utf8) == "a\n1\n")
    let written = try run.write(Figure.lines(["a": [1, 2]]), named: "curve", endings: [])
    #expect(written == [run.path + "/curve.txt"])
  }

  @Test func logsScalars() throws {
    let run = try make()
    for step in 0..<3 { try run.log("loss, train", 1 / Double(step + 1), step: step) }
    try run.log("say \"x\"", .nan, step: 0)
    try run.log("loss, train", 0.25, step: 2)
    try run.scalars.flush()
    let path = run.path + "/scalars.csv"
    let read = ScalarLog.read(path)
    #expect(read.map(\.name) == ["loss, train", "loss, train", "loss, train", "say \"x\""])
    #expect(read.prefix(3).map(\.value) == [1, 0.5, 0.25])
    #expect(read[3].value.isNaN)

    // A kill in the middle of a line.
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    try (whole + Data("loss,3,0.1".utf8)).write(to: URL(fileURLWithPath: path))
    let again = try RunFolder(opening: run.path)
    try again.log("loss", 0.125, step: 3)
    try again.scalars.flush()
    #expect(ScalarLog.read(path).last == .init("loss", step: 3, 0.125))
    #expect(ScalarLog.read(path).count == 5)
  }

  @Test func listsAndFinds() throws {
    let first = try make("first")
    try first.write(RunSettings(command: ["nightjar", "bench"], seed: 7, started: "2023-11-14T22:13:20Z"))
    let second = try make("second")
    try second.write(try SampleResults.make())
    _ = try make("empty")
    let list = RunList(root: root)
    #expect(list.all().map(\.isFinished) == [false, true])
    #expect(try list.find("latest").name == second.name)
    #expect(try list.find("first").command == "nightjar bench")
    #expect(abs((try list.find("second").accuracies["prototypical"] ?? 0) - 0.825) < 1e-12)
    #expect(throws: UnknownRunError.self) { try list.find("2023") }
    #expect(throws: UnknownRunError.self) { try list.find("third") }
    try list.delete(list.find("first"))
    #expect(list.all().map(\.name) == [second.name])
  }
}
