import Foundation
import TestSupport
import Testing

/// `nightjar twin`: two runs, and the first value that differs.
@Suite struct TwinTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private static let script = """
    local nj = require "nightjar"
    local x = nj.randn(4, 3)
    local layer = nj.nn.Linear(3, 2)
    local y = layer(x) * 2
    return y:sum()
    """

  private func twin(_ a: String, _ b: String, _ options: String...) throws -> Sandbox.Outcome {
    try sandbox.write(a, to: "a.lua")
    try sandbox.write(b, to: "b.lua")
    return try sandbox.run(["twin", "a.lua", "b.lua"] + options)
  }

  @Test func equalScriptsHaveNoDifference() throws {
    let end = try twin(Self.script, "-- moved\n" + Self.script)
    #expect(end.status == 0, "\(end.output)\(end.errors)")
    #expect(end.output.hasPrefix("no difference within 1e-05: "), "\(end.output)")
    #expect(!end.output.contains("counterpart"), "\(end.output)")
  }

  @Test func theFirstDifferenceIsNamedWithBothLines() throws {
    let other = "\n" + Self.script.replacingOccurrences(of: "* 2", with: "* 2.5")
    let end = try twin(Self.script, other)
    #expect(end.status == 1, "\(end.errors)")
    #expect(end.output.contains(": *, [4, 2] of float32, differs\n"), "\(end.output)")
    #expect(end.output.contains("first   a.lua:4\n  second  b.lua:5\n  8 of 8 elements differ, most at ["))
    #expect(end.output.contains(" ULP\n"), "\(end.output)")
    #expect(try twin(Self.script, other, "--tolerance", "0.5").status == 0)
  }

  @Test func stepsOfOneScriptAloneArePassedOver() throws {
    let other = Self.script.replacingOccurrences(of: "local y", with: "local norm = x:norm()\nlocal y")
    let end = try twin(Self.script, other)
    #expect(end.status == 0, "\(end.output)\(end.errors)")
    #expect(end.output.contains("1 value of the second without a counterpart"), "\(end.output)")
    let apart = try twin("return require('nightjar').zeros(3)", "return require('nightjar').zeros(4)")
    #expect(apart.status == 1 && apart.output.contains("compute different things"), "\(apart.output)")
    #expect(apart.output.contains("first   zeros [3] of float32, a.lua:1"), "\(apart.output)")
  }

  /// What two scripts return, beside tensors.
  static let returned: [(a: String, b: String, says: String)] = [
    ("1", "2", "what script returns differs\n  first   a.lua:1\n  second  b.lua:1\n  1 and 2\n"),
    ("{ n = 1 }", "{ n = 2 }", "  field n: 1 and 2\n"),
    ("{ a = { 'x', 'y' }, b = 1 }", "{ a = { 'x', 'z' }, b = 1 }", "  field a[2]: \"y\" and \"z\"\n"),
    ("{ a = true, b = 3 }", "{ a = false }", "  field a: true and false; 2 fields differ\n"),
    ("1", "nil", "  1 and nil\n"), ("1, 2", "1, 3", "  result 2: 2 and 3\n"),
    ("1", "1 + 1e-9", "no difference within 1e-05: 1 value compared\n"),
    ("0/0", "0/0", "no difference"), ("{ 1, { 2 } }", "{ 1, { 2 } }", "no difference"),
  ]

  @Test(arguments: returned) func returnedValuesAreCompared(_ c: (a: String, b: String, says: String)) throws
  {
    let end = try twin("return \(c.a)", "return \(c.b)")
    #expect(end.output.contains(c.says), "\(end.output)\(end.errors)")
    #expect(end.status == (c.says.hasPrefix("no") ? 0 : 1))
  }

  @Test func aResultOfOneAloneIsADifference() throws {
    let end = try twin("local n = 1", "local n = 1 return n")
    #expect(end.status == 1, "\(end.output)")
    #expect(
      end.output.contains("the two do different things\n  only the second has  script"), "\(end.output)")
  }

  @Test func aMetricIsComparedByItsNumbers() throws {
    let shipped = try String(
      contentsOfFile: Fixtures.folder + "/../../plugins/metrics/forgetting.lua", encoding: .utf8)
    let changed = shipped.replacingOccurrences(of: "return best - last", with: "return (best - last) * 2 + 1")
    try sandbox.write(shipped, to: "plugins/metrics/forgetting.lua")
    #expect(try sandbox.run("twin", "plugins/metrics/forgetting.lua").status == 0)
    try sandbox.write(changed, to: "plugins/metrics/forgetting.lua")
    let end = try sandbox.run("twin", "plugins/metrics/forgetting.lua")
    #expect(changed != shipped && end.status == 1, "\(end.output)\(end.errors)")
    #expect(end.output.contains(" returns differs\n"), "\(end.output)")
  }

  @Test func theOtherArgumentSaysWhichKindIsMeant() throws {
    #expect(try sandbox.run("twin", "cosine", "learner/cosine").status == 0)
  }

  @Test func aLearnerIsComparedWithTheShippedOne() throws {
    let shipped = try String(
      contentsOfFile: Fixtures.folder + "/../../plugins/learners/prototypical.lua", encoding: .utf8)
    let file = "plugins/learners/prototypical.lua"
    try sandbox.write(shipped, to: file)
    let same = try sandbox.run("twin", file)
    #expect(same.status == 0, "\(same.output)\(same.errors)")
    try sandbox.write(
      shipped.replacingOccurrences(of: "prototypes * 2\n", with: "prototypes * 2.01\n"), to: file)
    let end = try sandbox.run("twin", file)
    #expect(end.status == 1, "\(end.output)\(end.errors)")
    #expect(end.output.contains("*, ") && end.output.contains("\(file):"), "\(end.output)")
  }

  @Test func recordedValuesAreComparedByName() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      nj.run.save("values", { hidden = nj.tensor { 1, 2, 3 }, loss = nj.tensor(0.5) })
      """, to: "record.lua")
    #expect(try sandbox.run("record.lua", "--out", "r").status == 0)
    try sandbox.write(
      "local nj = require 'nightjar' return { hidden = nj.tensor { 1, 2, 4 }, loss = nj.tensor(0.5) }",
      to: "a.lua")
    let end = try sandbox.run("twin", "a.lua", "r/values.safetensors")
    #expect(
      end.status == 1 && end.output.contains("hidden, [3] of float32, differs"), "\(end.output)\(end.errors)")
    #expect(end.output.contains("most at [3]: 4.0 and 3.0, 1.0 apart"), "\(end.output)")
    try sandbox.write("return 1", to: "a.lua")
    let none = try sandbox.run("twin", "a.lua", "r/values.safetensors")
    #expect(none.status == 1 && none.errors.contains("returns no tensors by name"), "\(none.errors)")
  }

  /// What cannot be compared.
  static let refusals: [(arguments: [String], says: String)] = [
    (["ridge", "mfcc"], "ridge (learner) and mfcc (encoder) cannot be compared"),
    (["ridge", "a.lua"], "ridge (learner) and a.lua (script) cannot be compared"),
    (["a.lua", "ridge"], "a.lua (script) and ridge (learner) cannot be compared"),
    (["a.lua"], "nothing to compare it with"),
    (["rigde", "a.lua"], "did you mean 'ridge'?"),
    (["cosine"], "name its kind: "), (["learner/cosine"], "is compared with nothing"),
    (["m5", "m5", "--tolerance", "-1"], "expected a number of at least 0"),
    (["ridge", "values.npz"], "compared with a script"),
  ]

  @Test(arguments: refusals) func refuses(_ c: (arguments: [String], says: String)) throws {
    try sandbox.write("return 1", to: "a.lua")
    let end = try sandbox.run(["twin"] + c.arguments)
    #expect(end.status == 2, "\(end.output)\(end.errors)")
    #expect(end.errors.contains(c.says), "\(end.errors)")
  }

  @Test func aRunThatFailsIsNamed() throws {
    let end = try twin(Self.script, "error('boom')")
    #expect(end.status == 1)
    #expect(
      end.errors.contains("the second of the two failed: ") && end.errors.contains("b.lua:1: boom"),
      "\(end.errors)")
    let endless = try twin("while true do end", Self.script, "--limit", "time=300ms")
    #expect(
      endless.status == 4 && endless.errors.contains("the first of the two failed"), "\(endless.errors)")
  }
}
