import Foundation
import Tensors
import Testing

/// `nj.export` through the file gate.
@Suite struct BindingsExportTests {
  @Test func writesEveryFormat() throws {
    let given = try BindingsState().run(
      """
      local nn = nj.nn
      local model = nn.Sequential { { "first", nn.Linear(3, 4) }, { "spikes", nn.Leaky { reset = "zero" } } }
      local input = { time = 5, channels = 3 }
      for _, ending in ipairs { "onnx", "nir", "h5" } do
        nj.export(FILES .. "/m." .. ending, model, { input = input, dt = 0.01 })
      end
      nj.export(FILES .. "/m.npz", model)
      nj.export(nj.run.out .. "/m.safetensors", model)
      return nj.fs.read(FILES .. "/m.onnx"):find("nightjar", 1, true) ~= nil, nj.fs.read(FILES .. "/m.nir"):sub(2, 4),
        nj.load(FILES .. "/m.npz")["first.weight"].shape, nj.load(nj.run.out .. "/m.safetensors")["first.bias"].shape
      """)
    #expect(given == [true, "HDF", [4, 3], [4]])
  }

  static let bad = [
    BadScript("nj.export(SECRET .. '/a.onnx', nj.nn.ReLU(), { input = { channels = 3 } })", "fs.write"),
    BadScript("nj.export(FILES .. '/a.txt', nj.nn.ReLU())", "\"txt\" is unknown. Hint: .onnx"),
    BadScript(
      "nj.export(FILES .. '/a.onnx', nj.nn.ReLU())",
      "the model does not say the sizes of its input. Hint: { input = { time = 201, channels = 20 } }"),
    BadScript(
      "nj.export(FILES .. '/a.onnx', nj.nn.Linear(3, 4), { input = { time = 5, channels = 2 } })",
      "Linear(3, 4): it takes 3 channels, but its input is (batch, 5, 2)"),
    BadScript(
      "local Own = nj.nn.module { name = 'Own', forward = function(self, x) return x end } "
        + "nj.export(FILES .. '/a.onnx', nj.nn.Sequential { nj.nn.ReLU(), Own() }, { input = { channels = 2 } })",
      "in layer 1, Own: it is not a built-in layer, so what it computes cannot be written as ONNX. "
        + "Hint: build the model from nn.Sequential"),
    BadScript(
      "nj.export(FILES .. '/a.nir', nj.nn.ReLU(), { input = { channels = 2 } })", "ReLU: NIR has no node"),
    BadScript("nj.export(FILES .. '/a.onnx', nj.nn.ReLU(), { input = { time = 0 } })", "time"),
    BadScript(
      "nj.export(FILES .. '/a.nir', nj.nn.Linear(2, 2), { input = { channels = 2 }, dt = 0 })",
      "the time step is 0"),
  ]

  @Test(arguments: bad) func isExplained(_ c: BadScript) throws { c.check(in: try BindingsState()) }
}
