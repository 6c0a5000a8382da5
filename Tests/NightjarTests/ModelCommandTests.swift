import TestSupport
import Testing

/// `model import` and `model export`.
@Suite struct ModelCommandTests {
  private let sandbox: Sandbox

  init() throws { sandbox = try Sandbox() }

  private let small = ["--model", "m5", "--set", "model.channels=16", "--classes", "20"]

  @Test func bringsInAndGetsOut() throws {
    let state = Fixtures.path("files/m5_small.pt")
    let brought = try sandbox.run(["model", "import", state, "--out", "m5.safetensors"] + small)
    #expect(brought.status == 0, "\(brought.errors)")
    #expect(brought.output.contains("m5 for input (201, 20) and 20 classes, 7604 parameters"))
    for file in ["m5.onnx", "m5.npz"] {
      let got = try sandbox.run(["model", "export", file, "--state", "m5.safetensors"] + small)
      #expect(got.status == 0 && got.errors.isEmpty && sandbox.exists(file), "\(got.errors)")
    }
    let again = ["model", "export", "m5.npz", "--state", "m5.safetensors"] + small
    let refused = try sandbox.run(again)
    #expect(
      refused.status == 2 && refused.errors.contains("replace it with --overwrite"), "\(refused.errors)")
    #expect(try sandbox.run(again + ["--overwrite"]).status == 0)
    let shown = try sandbox.run("model", "show", "m5.npz").output
    #expect(shown.contains("output.weight            [20, 32]"), "\(shown)")
    let untrained = try sandbox.run("model", "export", "gru.onnx", "--model", "gru", "--time", "50", "--json")
    #expect(untrained.status == 0 && untrained.output.contains("(50, 20) and 200 classes"))
    #expect(untrained.errors.contains("the weights are untrained"))
  }

  /// What the model does not have is passed over where it is asked for, and a hint says how.
  @Test func passesOverWhatIsIgnored() throws {
    let state = Fixtures.path("files/whole_old.pt")
    try sandbox.write(
      """
      local nj = require "nightjar"
      return nj.model { name = "inner", summary = "s", api = 1,
        build = function(_, task) return nj.nn.Sequential { nj.nn.Linear(2, 1), nj.nn.BatchNorm1d(1) } end }
      """, to: "plugins/models/inner.lua")
    let load = ["model", "import", state, "--model", "inner", "--out", "a.safetensors"]
    let all = try sandbox.run(load)
    #expect(all.status == 3 && all.errors.contains("Hint: --prefix inner."), "\(all.errors)")
    #expect(try sandbox.run(load + ["--prefix", "inner."]).status == 0)
    try sandbox.write(
      """
      local nj = require "nightjar"
      nj.save(nj.run.out .. "/more.npz", { ["0.weight"] = nj.zeros { 1, 2 }, ["0.bias"] = nj.zeros { 1 },
        ["1.weight"] = nj.zeros { 1 }, ["1.bias"] = nj.zeros { 1 }, ["1.running_mean"] = nj.zeros { 1 },
        ["1.running_var"] = nj.zeros { 1 }, ["head.weight"] = nj.zeros { 1 }, ["head.bias"] = nj.zeros { 1 },
        ["0.total_ops"] = nj.zeros { 1 } })
      """, to: "more.lua")
    #expect(try sandbox.run("run", "more.lua", "--out", "more").status == 0)
    let more = ["model", "import", "more/more.npz", "--model", "inner", "--out", "b.safetensors"]
    let refused = try sandbox.run(more)
    #expect(
      refused.status == 3 && refused.errors.contains("--ignore 'head.*' passes over"), "\(refused.errors)")
    let taken = try sandbox.run(more + ["--ignore", "head.*"])
    #expect(
      taken.status == 0 && taken.errors.contains("what a profiler left: 0.total_ops"), "\(taken.errors)")
  }

  /// What stands for a file is called by its name, under any extension.
  @Test(arguments: ["pt", "ckpt", "npz", "npy", "safetensors", "bin"]) func saysWhatStandsForAFile(
    _ ending: String
  ) throws {
    for (content, says) in [
      ("", "it is empty"),
      ("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "a Git LFS pointer"),
      ("<!DOCTYPE html><html></html>", "a web page"),
    ] {
      try sandbox.write(content, to: "a.\(ending)")
      let end = try sandbox.run("model", "show", "a.\(ending)")
      #expect(end.status == 3 && end.errors.contains(says), "\(end.errors)")
    }
  }

  @Test func saysWhatDoesNotFit() throws {
    let state = Fixtures.path("files/m5_small.pt")
    let other = try sandbox.run("model", "import", state, "--model", "gru", "--out", "a.safetensors")
    #expect(other.status == 3 && !sandbox.exists("a.safetensors"))
    for line in ["not in the file: conv.weight, gru.weight_ih_l0", "not in the model: bn3.bias", "Hint: "] {
      #expect(other.errors.contains(line), "\(other.errors)")
    }
    let layer = try sandbox.run("model", "export", "a.onnx", "--model", "tcn")
    #expect(
      layer.status == 1
        && layer.errors.contains("in layer embedder, Embedder, receptive field 241 steps: it is not")
    )
    let place = try sandbox.run("model", "export", "nowhere/a.onnx")
    #expect(place.status == 3 && place.errors.contains("cannot write nowhere/a.onnx"), "\(place.errors)")
    for wrong in [
      ["export", "a.txt"], ["export", "a.nir", "--dt", "0"], ["import", state, "--out", "a.npz"],
      ["export", "a.onnx", "--classes", "0"],
    ] {
      #expect(try sandbox.run(["model"] + wrong).status == 2)
    }
    #expect(
      try sandbox.run("model", "export", "a.onnx", "--set", "model.chanels=3").errors.contains("channels"))
  }
}
