import Foundation
import TestSupport
import Testing

/// `runs`, `model` and `doctor`.
@Suite struct HousekeepingTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  @Test func listsShowsAndDeletesRuns() throws {
    try sandbox.write("require('nightjar').run.log('loss', 0.25, 1)", to: "study.lua")
    #expect(try sandbox.run("study.lua").status == 0)
    #expect(try sandbox.run("runs", "list").output.contains("-study"))
    let shown = try sandbox.run("runs", "show", "study").output
    #expect(shown.contains("files    outcome.json scalars.csv settings.json"))
    #expect(shown.contains("study.lua"))
    // Two names of one run.
    #expect(try sandbox.run("runs", "delete", "study", "latest").status == 0)
    #expect(try sandbox.run("runs", "list").errors == "no runs in runs\n")
    #expect(try sandbox.run("runs", "list", "--json").output == "[\n\n]\n")
    #expect(try sandbox.run("runs", "delete", "study").status == 2)
  }

  @Test func showsStateFiles() throws {
    try sandbox.write(
      "local nj = require 'nightjar' nj.run.save('state', { weight = nj.zeros{2, 3}, bias = nj.zeros{2} })",
      to: "save.lua")
    #expect(try sandbox.run("save.lua", "--out", "out").status == 0)
    let end = try sandbox.run("model", "show", "out/state.safetensors")
    #expect(end.output.contains("weight  [2, 3]  float32       6"))
    #expect(end.output.contains("2 tensors, 8 values"))
    for (file, line, sum) in [
      (
        "m5_small.pt", "conv1.weight             [16, 20, 4]  float32",
        "30 tensors, 7800 values, 7604 parameters"
      ),
      ("checkpoint.ckpt", "optimizer_states.0.state.0.exp_avg", "19 tensors"),
      ("arrays.npz", "int32 (int64 in the file)", "20 tensors"),
      ("lone.npy", "(the tensor itself)  [2, 3]  float32 (float64 in the file)", "1 tensor, 6 values"),
    ] {
      let end = try sandbox.run("model", "show", Fixtures.path("files/" + file))
      #expect(
        end.status == 0 && end.output.contains(line) && end.output.contains(sum), "\(end.output)\(end.errors)"
      )
    }
    let foreign = try sandbox.run("model", "show", Fixtures.path("files/foreign.pt"))
    #expect(foreign.status == 3 && foreign.errors.contains("__builtin__.print"), "\(foreign.errors)")
    try sandbox.write("nothing of the sort", to: "bad.safetensors")
    #expect(try sandbox.run("model", "show", "bad.safetensors").status == 3)
  }

  @Test func doctorChecksEverything() throws {
    let end = try sandbox.run("doctor")
    #expect(end.status == 0, "\(end.output)\(end.errors)")
    let subjects = [
      "processor", "memory", "kernels", "sound", "speech", "figures", "exports", "prompt", "plugins", "data",
      "cache",
      "runs",
    ]
    for subject in subjects { #expect(end.output.contains(" \(subject) ")) }
    #expect(end.output.contains(sandbox.path("cache")))
  }

  @Test func doctorMissesTheShippedPlugins() throws {
    let end = try sandbox.run("doctor", environment: ["NIGHTJAR_HOME": sandbox.folder])
    #expect(end.status == 3)
    #expect(end.output.contains("missing  plugins"))
    #expect(end.output.contains("→ set NIGHTJAR_HOME"))
  }
}
