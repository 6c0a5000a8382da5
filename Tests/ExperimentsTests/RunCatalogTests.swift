import Experiments
import Foundation
import RunStore
import Support
import TestSupport
import Testing

@Suite struct RunCatalogTests {
  private let folder: TemporaryFolder
  private var root: String { folder.path + "/runs" }

  init() throws { folder = try TemporaryFolder() }

  private var catalog: RunCatalog { RunCatalog(root: root, console: Console(quiet: true), environment: [:]) }

  private func make(_ name: String, started: String = "2026-11-30T10:00:00Z") throws -> String {
    let path = "\(root)/\(name)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let run = try RunFolder(opening: path)
    var settings = RunSettings(command: ["nightjar", "bench"], seed: 7, started: started)
    settings.settings = [
      RunSetting(name: "recipe.epochs", value: .integer(12), defaultValue: nil, isGiven: false),
      RunSetting(name: "recipe.lr", value: .number(0.001), defaultValue: .number(0.01), isGiven: true),
    ]
    try run.write(settings)
    try run.log("train loss", 0.5, step: 1)
    try run.scalars.flush()
    try run.write(try SampleResults.make())
    return path
  }

  private func names() throws -> [String] { try catalog.reading { try $0.runs().map(\.name) } }

  @Test func followsTheFolders() throws {
    #expect(try names() == [])
    #expect(!FileManager.default.fileExists(atPath: root), "reading creates nothing")
    let first = try make("first")
    _ = try make("second", started: "2026-11-30T11:00:00Z")
    #expect(try names() == ["first", "second"])
    try FileManager.default.removeItem(atPath: first)
    #expect(try names() == ["second"])
  }

  @Test func readsAFolderAgainWhenItHasChanged() throws {
    let path = try make("run")
    #expect(try catalog.reading { try $0.entry(folder: "run")?.learners.count } == 2)
    var results = try SampleResults.make()
    results.learners.removeLast()
    try RunFolder(opening: path).write(results)
    #expect(try catalog.reading { try $0.entry(folder: "run")?.learners.count } == 1)
  }

  @Test func isTheSameWhenItIsBuiltAgain() throws {
    let path = try make("run")
    try catalog.record(path)
    let recorded = try catalog.reading { try $0.entry(folder: "run") }
    for file in RunStore.files(of: root + "/runs.sqlite") {
      try? FileManager.default.removeItem(atPath: file)
    }
    #expect(try catalog.index() == 1)
    #expect(try catalog.reading { try $0.entry(folder: "run") } == recorded)
    #expect(recorded?.summary.data == "synthetic speech, quick" && recorded?.summary.state == "done")
    #expect(recorded?.series == [StoredSeries(name: "train loss", steps: [1], values: [0.5])])
    #expect(recorded?.settings.map(\.value) == ["12", "0.001"])
  }

  @Test func aDamagedStoreIsKeptAsideAndBuiltAgain() throws {
    _ = try make("run")
    #expect(try names() == ["run"])
    for file in RunStore.files(of: root + "/runs.sqlite") {
      try? FileManager.default.removeItem(atPath: file)
    }
    let damaged = Data(String(repeating: "damaged ", count: 1000).utf8)
    try damaged.write(to: URL(fileURLWithPath: root + "/runs.sqlite"))
    #expect(try names() == ["run"])
    let aside = try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.contains(".damaged-") }
    #expect(aside.count == 1)
    #expect(try Data(contentsOf: URL(fileURLWithPath: "\(root)/\(aside[0])")) == damaged)
  }

  @Test func runsElsewhereAreFoundOnceTheyAreKnown() throws {
    _ = try make("here")
    let path = folder.path + "/elsewhere"
    try FileManager.default.moveItem(atPath: try make("moved"), toPath: path)
    #expect(try names() == ["here"])
    #expect(try catalog.index([path]) == 2)
    #expect(try names() == ["here", "elsewhere"].sorted() || names().count == 2)
    #expect(try catalog.reading { try catalog.find("elsewhere", in: $0).folder } == path)
    #expect(throws: FileError.self) { try catalog.index([folder.path + "/none"]) }
  }

  @Test func aStoreThatIsNamedHasTheRunsOfSeveralFolders() throws {
    let environment = [RunCatalog.variable: folder.path + "/store/all.sqlite"]
    let shared = RunCatalog(root: root, console: Console(quiet: true), environment: environment)
    try shared.record(try make("run"))
    #expect(!FileManager.default.fileExists(atPath: root + "/runs.sqlite"))
    let other = RunCatalog(
      root: folder.path + "/other", console: Console(quiet: true), environment: environment)
    #expect(try other.reading { try $0.runs().map(\.folder) } == [root + "/run"])
  }

  @Test func listsByConditionsAndOrder() throws {
    _ = try make("a")
    _ = try make("b", started: "2026-11-30T11:00:00Z")
    func rows(_ change: (inout RunTable) -> Void) throws -> [String] {
      var table = RunTable()
      change(&table)
      return try catalog.reading { try table.rows(of: $0, in: catalog) }.map {
        "\($0.run.name) \($0.learner ?? "")"
      }
    }
    #expect(try rows { _ in }.count == 4)
    #expect(
      try rows { $0.conditions = [RunCondition("learner~proto")].compactMap { $0 } } == [
        "a prototypical", "b prototypical",
      ])
    #expect(
      try rows {
        $0.conditions = [RunCondition("recipe.epochs=12"), RunCondition("accuracy>0.9")].compactMap { $0 }
      } == ["a frozen", "b frozen"])
    #expect(try rows { $0.conditions = [RunCondition("recipe.epochs<12")].compactMap { $0 } } == [])
    #expect(
      try rows {
        $0.order = "accuracy"
        $0.isDescending = true
        $0.limit = 1
      } == ["b prototypical"])
    #expect(throws: RunTableError.self) { try rows { $0.columns = ["acuracy"] } }
    let table = try catalog.reading { try RunTable().table(RunTable().rows(of: $0, in: catalog)) }
    #expect(
      table.csv.contains(
        "a,done,m5,prototypical,cross_entropy,\"synthetic speech, quick\",,,1,recipe.lr=0.001,82.5,"))
  }
}

@Suite struct RunConditionTests {
  @Test(arguments: [
    ("model=m5", "model"), ("accuracy>=0.9", "accuracy"), ("recipe.lr!=1e-3", "recipe.lr"),
    ("name~a=b", "name"),
    ("a<b>c", "a"),
  ])
  func readsTheColumn(_ text: String, _ column: String) { #expect(RunCondition(text)?.column == column) }

  @Test(arguments: ["model", "", "=m5", ">"])
  func refusesWhatIsNone(_ text: String) { #expect(RunCondition(text) == nil) }
}
