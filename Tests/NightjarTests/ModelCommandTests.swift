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
    let shown = try sandbox.run("model", "show", "m5.npz").output
    #expect(shown.contains("output.weight            [20, 32]"), "\(shown)")
    let untrained = try sandbox.run("model", "export", "gru.onnx", "--model", "gru", "--time", "50", "--json")
    #expect(untrained.status == 0 && untrained.output.contains("(50, 20) and 200 classes"))
    #expect(untrained.errors.contains("the weights are untrained"))
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
      layer.status == 1 && layer.errors.contains("in layer embedder.0.0, TemporalBlock: it is not a built-in")
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
