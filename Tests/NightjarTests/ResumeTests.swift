import Foundation
import TestSupport
import Testing

/// What was killed goes on with the same bits: scripts and sweeps; `scripts/torture` kills benches too, and more often.
@Suite struct ResumeTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  /// A training of some seconds, with dropout, a schedule and numbers that are drawn beside it.
  private static let study = """
    local nj = require "nightjar"
    local nn = nj.nn
    local model = nn.Sequential { nn.Linear(64, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 10) }
    local x, y = nj.randn { 2000, 64 }, nj.randint(1, 10, { 2000 })
    local batches = {}
    for i = 1, 2000, 50 do batches[#batches + 1] = { features = x[{ { i, i + 49 } }], labels = y[{ { i, i + 49 } }] } end
    local optimizer = nj.optim.Adam(model:parameters(), { lr = 0.001 })
    local loss = nj.train { model = model, batches = batches, epochs = 240, optimizer = optimizer,
      schedule = nj.optim.StepLR(optimizer, { step_size = 20, gamma = 0.5 }),
      on_epoch = function(epoch, mean)
        nj.run.log("loss", mean, epoch)
        if epoch == 160 then print("most of it") end
      end }
    nj.run.save("model", model)
    nj.run.save("ends", { loss = loss, draw = nj.rand { 1 }:item() })
    """

  private func results(_ run: String) throws -> [String] {
    let scalars = try sandbox.run("runs", "export", run, "--table", "scalars").output
    let weights = try Data(contentsOf: URL(fileURLWithPath: sandbox.path(run) + "/model.safetensors"))
    return [
      sandbox.read(run + "/ends.json"), weights.base64EncodedString(),
      scalars.replacing((run as NSString).lastPathComponent, with: "RUN"),
    ]
  }

  @Test func aScriptThatWasKilledGoesOnInItsFolder() throws {
    try sandbox.write(Self.study, to: "study.lua")
    #expect(try sandbox.run("run", "study.lua", "--quiet", "--out", "unbroken").status == 0)
    let killed = try sandbox.run("run", "study.lua", interruptedBy: SIGKILL)
    #expect(killed.status == SIGKILL)
    #expect(sandbox.runs.count == 1 && !sandbox.exists("runs/\(sandbox.runs[0])/ends.json"))
    // The script that was interrupted last is the one that is meant.
    let resumed = try sandbox.run("run", "--resume")
    #expect(resumed.status == 0 && resumed.errors.contains("resuming after epoch"), "\(resumed.errors)")
    #expect(sandbox.runs.count == 1)
    #expect(try results("runs/\(sandbox.runs[0])") == results("unbroken"))
    // Nothing is left to resume.
    let again = try sandbox.run("run", "study.lua", "--resume")
    #expect(again.status == 2 && again.errors.contains("leave out --resume"), "\(again.errors)")
  }

  @Test func aRunThatStillRunsIsNotResumed() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      nj.run.log("step", 1, 1)
      print("running")
      while true do nj.randn { 100 }:sum() end
      """, to: "endless.lua")
    let first = try sandbox.run(["run", "endless.lua"]) { process in
      eventually { sandbox.read("stdout").contains("running") }
      let second = try? sandbox.run("run", "endless.lua", "--resume")
      #expect(
        second?.status == 2 && second?.errors.contains("still running") == true, "\(second?.errors ?? "")")
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(first.status == SIGKILL)
  }

  /// A run has no folder before it has saved something; the states of its trainings are its own from the start.
  @Test func ofTwoRunsOfAScriptTheFirstKeepsItsTrainings() throws {
    try sandbox.write(
      """
      print("running")
      while true do end
      """, to: "endless.lua")
    let first = try sandbox.run(["run", "endless.lua"]) { process in
      eventually { sandbox.read("stdout").contains("running") }
      let states = {
        try? FileManager.default.contentsOfDirectory(atPath: self.sandbox.path("cache/nightjar/scripts"))
      }
      guard let lock = states()?.first(where: { $0.hasSuffix(".lock") }) else {
        Issue.record("no lock: \(states() ?? [])")
        kill(process.processIdentifier, SIGKILL)
        return
      }
      let state = lock.replacing(".lock", with: ".1.checkpoint")
      try? sandbox.write("of the first", to: "cache/nightjar/scripts/\(state)")
      let second = try? sandbox.run("run", "endless.lua", "--resume")
      #expect(second?.errors.contains("still running") == true, "\(second?.errors ?? "")")
      let third = try? sandbox.run("run", "endless.lua", "--limit", "time=100ms")
      #expect(third?.status == 4)
      #expect(states()?.contains(state) == true)
      kill(process.processIdentifier, SIGKILL)
    }
    #expect(first.status == SIGKILL)
  }

  @Test func whatHappensIsStreamedAsLinesOfJSON() throws {
    try sandbox.write(
      """
      local nj = require "nightjar"
      nj.run.log("loss", 0.5, 1)
      print("hello")
      error("over")
      """, to: "study.lua")
    let end = try sandbox.run("run", "study.lua", "--json-lines")
    let events = try end.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(events.map { $0["event"] as? String } == ["start", "log", "print", "end"])
    #expect(events[1]["value"] as? Double == 0.5 && events[2]["text"] as? String == "hello\n")
    #expect(end.status == 1 && events[3]["exit_code"] as? Int == 1)
    let bench = try sandbox.bench(["--json-lines", "--learner", "cosine"])
    let rows = bench.output.split(separator: "\n").filter { $0.contains("\"event\":\"result\"") }
    // Two repeats, each before the first and after both sessions.
    #expect(bench.status == 0 && rows.count == 6, "\(bench.output) \(bench.errors)")
    let listed = try sandbox.run("runs", "list", "--json-lines")
    #expect(listed.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
  }
}
