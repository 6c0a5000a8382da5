import Foundation
import Networks
import Tensors
import Testing

/// Differences between a file and a model that do not matter, and those that do.
@Suite struct StateLoadingTests {
  private let device = Device()

  private func made() throws -> SequentialLayer {
    var initialiser = Initialiser(seed: 1, device: device)
    return try SequentialLayer([
      ("a", try LinearLayer(2, 3, with: &initialiser)), ("b", try BatchNorm1dLayer(3, with: &initialiser)),
    ])
  }

  /// Loads the model's own state after a change of it.
  private func load(
    _ names: StateNames = StateNames(), into model: SequentialLayer,
    _ change: (inout [(String, Tensor)]) throws -> Void
  ) throws -> [String] {
    let path = FileManager.default.temporaryDirectory.path + "/state-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var state = try made().state.map { ($0.name, $0.tensor) }
    try change(&state)
    try SafeTensors.write(state, to: path)
    return try model.load(file: path, names: names, for: "it", on: device)
  }

  @Test func aMissingCounterIsZero() throws {
    let model = try made()
    let counter = try #require(model.state.first { $0.name == "b.num_batches_tracked" }?.tensor)
    try counter.assign(7)
    #expect(try load(into: model) { $0.removeAll { $0.0 == "b.num_batches_tracked" } }.isEmpty)
    #expect(try model.state.first { $0.name == "b.num_batches_tracked" }?.tensor.numbers == [0])
    let error = #expect(throws: NetworkError.self) {
      try load(into: model) { $0.removeAll { $0.0.hasPrefix("b.") && $0.0 != "b.bias" } }
    }
    #expect(error?.description.contains("not in the file: b.weight, b.running_mean, b.running_var") == true)
  }

  @Test func whatAProfilerLeftIsPassedOverWithARemark() throws {
    let device = device
    let remarks = try load(into: made()) {
      $0 += [("total_ops", try .zeros([1], on: device)), ("a.total_params", try .zeros([1], on: device))]
    }
    #expect(remarks == ["passed over what a profiler left: a.total_params, total_ops"])
  }

  @Test func otherLeftoversNeedAPattern() throws {
    let device = device
    let add = { (state: inout [(String, Tensor)]) in
      state += [("head.weight", try .zeros([1], on: device)), ("head.bias", try .zeros([1], on: device))]
    }
    let error = #expect(throws: NetworkError.self) { try load(into: made(), add) }
    #expect(error?.description.contains("not in the model: head.bias, head.weight") == true)
    #expect(try load(StateNames(ignored: ["head.*"]), into: made(), add).isEmpty)
    #expect(
      try load(StateNames(ignored: ["head.*", "tail?"]), into: made(), add) == [
        "nothing is left over that matches: tail?"
      ])
    // What the model has is loaded, whatever is ignored.
    let model = try made()
    _ = try load(StateNames(ignored: ["*"]), into: model) { state in
      for entry in state where entry.0 == "a.bias" { try entry.1.assign(5) }
    }
    #expect(try model.state.first { $0.name == "a.bias" }?.tensor.numbers == [5, 5, 5])
  }

  /// A whole module of PyTorch gives the state that `state_dict()` would.
  @Test(arguments: [("whole.pt", "net."), ("whole_old.pt", "")]) func aWholeModuleIsItsState(
    _ name: String, _ prefix: String
  ) throws {
    let file = try StateFixture(name)
    let tensors = file.value.tensors
    #expect(
      tensors.map(\.name)
        == [
          "scale", "steps", "inner.0.weight", "inner.0.bias", "inner.1.weight", "inner.1.bias",
          "inner.1.running_mean",
          "inner.1.running_var", "inner.1.num_batches_tracked",
        ].map { prefix + $0 })
    #expect(try tensors[0].tensor.numbers == [5] && tensors[1].tensor.numbers == [4, 5])
    // Every parameter was set to the length of its name.
    #expect(try tensors[2].tensor.numbers == [14, 14])
    let trace = try #require(file.value.entries.first { $0.name == prefix + "trace" })
    #expect(try trace.isAttribute && trace.tensor?.numbers == [7, 8])
    #expect(!file.value.entries.contains { $0.name == prefix + "scratch" })
  }

  /// Every protocol, and the layout before PyTorch 1.6.
  @Test(arguments: ["odd2.pt", "odd4.pt", "odd5.pt", "odd_old.pt"]) func oddValuesShutNoFile(_ name: String)
    throws
  {
    let file = try StateFixture(name)
    try file.expect("w", [1, 2], [2], .float32, as: .float32)
    try file.expect("u16", [65535], [1], .int32, as: .uint16)
    try file.expect("u32", [7], [1], .int32, as: .uint32)
    try file.expect("z", [9], [1], .float32, as: .float32)
    guard case .table(let fields) = file.value else { return #expect(Bool(false)) }
    #expect(
      Set(fields.map(\.name)).isSuperset(of: ["(1, a)", "2.5", "None", "True", "set", "frozen", "counts"]))
    guard case .object("pathlib.PurePosixPath", _)? = file.at("path"), case .list(let set)? = file.at("set"),
      case .integer(1)? = file.at("counts.a"), case .unusable(let f8)? = file.at("f8"),
      case .unusable(let complex)? = file.at("complex")
    else { return #expect(Bool(false), "\(file.value)") }
    #expect(set.count == 2 && f8.type.contains("float8_e4m3fn") && complex.type.contains("Complex"))
  }
}
