import Foundation
import Tensors
import TestSupport
import Testing

/// `nj.load` and `nj.save` of files that PyTorch and NumPy know.
@Suite struct BindingsStateFileTests {
  /// A state whose files are copies of `Tests/Fixtures/files`.
  private func state(with names: String...) throws -> BindingsState {
    let state = try BindingsState()
    for name in names {
      try FileManager.default.copyItem(
        atPath: Fixtures.path("files/" + name), toPath: state.files + "/" + name)
    }
    return state
  }

  @Test func checkpointsAreTablesWithinTables() throws {
    let given = try state(with: "checkpoint.ckpt").run(
      """
      local t = nj.load(FILES .. "/checkpoint.ckpt")
      return t.epoch, math.type(t.epoch), t.loss, t.best, t.nothing, t.name, t.dtype, t.shape, t.mixed[2] == nj.json.null,
        t.state_dict["model.first.weight"].shape, t.optimizer_states[1].state["0"].step:item()
      """)
    #expect(
      given == [3, "integer", 0.125, true, nil, "tiny – ü", "torch.float16", [2, 3], true, [3, 2], 1])
  }

  @Test func loneTensorsAreThemselves() throws {
    let given = try state(with: "lone.pt", "lone.npy").run(
      "return nj.load(FILES .. '/lone.pt'):totable(), nj.load(FILES .. '/lone.npy'):totable()")
    #expect(given == [[1, 2], [[0, 1, 2], [3, 4, 5]]])
  }

  /// A module is its state, an object its fields; what cannot be used is left out.
  @Test func wholeModulesAndOddValuesAreData() throws {
    let given = try state(with: "whole_old.pt", "odd4.pt").run(
      """
      local whole = nj.load(FILES .. "/whole_old.pt")
      local odd = nj.load(FILES .. "/odd4.pt")
      local layer = nj.nn.Sequential { nj.nn.Linear(2, 1), nj.nn.BatchNorm1d(1) }
      local state = {}
      for name, tensor in pairs(whole) do
        local rest = name:match("^inner%.(.*)")
        if rest then state[rest] = tensor end
      end
      layer:load_state(state)
      state["1.num_batches_tracked"] = nil
      layer:load_state(state)
      return whole.scale:item(), whole.trace, layer:state()["0.weight"]:totable(), odd.w:totable(), odd.f8, #odd.set,
        odd["(1, a)"]:item(), odd.path["1"]
      """)
    #expect(given == [5, nil, [[14, 14]], [1, 2], nil, 2, 1, "b"])
  }

  @Test func archivesComeBack() throws {
    let given = try BindingsState().run(
      """
      local path = FILES .. "/t.npz"
      nj.save(path, { ["conv1.weight"] = nj.tensor { { 1, 2 }, { 3, 4 } }, count = nj.tensor({ 7 }, { dtype = "int32" }) })
      local t = nj.load(path)
      return t["conv1.weight"]:totable(), t.count:totable(), t.count.dtype, nj.fs.read(path):sub(1, 2)
      """)
    #expect(given == [[[1, 2], [3, 4]], [7], "int32", "PK"])
  }

  static let bad = [
    BadScript(
      "nj.load(FILES .. '/foreign.pt')", "/foreign.pt: tensor x: it is an object of __builtin__.print", .data),
    BadScript("nj.load(FILES .. '/objects.npy')", "Python objects", .data),
    BadScript(
      "nj.fs.write(FILES .. '/a.pt', 'x') nj.load(FILES .. '/a.pt')", "it is not a zip archive", .data),
    BadScript(
      "nj.fs.write(FILES .. '/a.onnx', 'x') nj.load(FILES .. '/a.onnx')",
      "an ONNX file, which can be written", .data),
    BadScript("nj.fs.write(FILES .. '/a.nir', '\\x89HDF') nj.load(FILES .. '/a.nir')", "as NIR's are", .data),
    BadScript(
      "nj.save(FILES .. '/a.pt', { a = nj.zeros{1} })", "PyTorch files can only be read. Hint: name it ….npz"),
    BadScript(
      "nj.nn.Linear(2, 3):load_state(nj.load(FILES .. '/checkpoint.ckpt'))",
      "'best' is a boolean, not a tensor. Hint: a checkpoint has the state among other things; give load_state its "
        + "[\"state_dict\"]"),
    BadScript(
      "nj.nn.Sequential { { 'first', nj.nn.Linear(2, 3) }, { 'norm', nj.nn.BatchNorm1d(3) } }"
        + ":load_state(nj.load(FILES .. '/checkpoint.ckpt').state_dict)",
      "all names in the file begin with \"model.\"\nHint: local state = {} for name, tensor in pairs(file) do "
        + "state[name:sub(7)] = tensor end"),
  ]

  @Test(arguments: bad) func isExplained(_ c: BadScript) throws {
    c.check(in: try state(with: "foreign.pt", "objects.npy", "checkpoint.ckpt"))
  }
}
