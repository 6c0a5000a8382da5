import Foundation
import Networks
import TestSupport
import Support
import Tensors
import Testing

@Suite struct TorchFileTests {
  @Test(arguments: ["elements.pt", "deflated.pt"]) func elementTypesAndViewsAreRead(_ name: String) throws {
    let file = try StateFixture(name)
    try file.expect("float32", [1.5, -2, .infinity, 3], [2, 2], .float32, as: .float32)
    try file.expect("float64", [Double(Float(0.1)), -.infinity], [2], .float32, as: .float64)
    try file.expect("float16", [0.5, 65504], [2], .float32, as: .float16)
    try file.expect("bfloat16", [1.5, -3], [2], .float32, as: .bfloat16)
    try file.expect("int8", [-128, 127], [2], .int32, as: .int8)
    try file.expect("uint8", [0, 255], [2], .int32, as: .uint8)
    try file.expect("int16", [-32768, 32767], [2], .int32, as: .int16)
    try file.expect("int32", [-2_147_483_648, 2_147_483_647], [2], .int32, as: .int32)
    try file.expect("int64", [7, -8], [2], .int32, as: .int64)
    try file.expect("bool", [1, 0, 1], [3], .bool, as: .bool)
    try file.expect("scalar", [2.5], [], .float32, as: .float32)
    try file.expect("empty", [], [0, 3], .float32, as: .float32)
    try file.expect("turned", [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], [4, 3], .float32, as: .float32)
    try file.expect("part", [5, 6, 9, 10], [2, 2], .float32, as: .float32)
    try file.expect("every_third", [2, 5, 8, 11], [4], .float32, as: .float32)
    try file.expect("expanded", [1, 2, 1, 2, 1, 2], [3, 2], .float32, as: .float32)
    try file.expect("parameter", [1, 1], [2], .float32, as: .float32)
    guard case .table(let fields) = file.value else { return #expect(Bool(false)) }
    #expect(fields.count == 17 && fields.first?.name == "float32" && fields.last?.name == "parameter")
  }

  @Test func checkpointsAreTablesWithinTables() throws {
    let file = try StateFixture("checkpoint.ckpt")
    let names = file.value.tensors.map(\.name)
    #expect(
      names.contains("state_dict.model.first.weight") && names.contains("optimizer_states.0.state.0.exp_avg"))
    guard case .integer(3) = file.at("epoch"), case .integer(1_099_511_627_776) = file.at("seed"),
      case .number(0.125) = file.at("loss"), case .boolean(true) = file.at("best"),
      case .none? = file.at("nothing"),
      case .text("tiny – ü") = file.at("name"), case .number(0x1p70) = file.at("huge"),
      case .text("torch.float16") = file.at("dtype"), case .text("cuda:1") = file.at("device"),
      case .integer(3) = file.at("shape.1"), case .none? = file.at("mixed.1"),
      case .text("x") = file.at("mixed.2"),
      case .integer(1) = file.at("schedule.milestones.5"),
      case .number(0.25) = file.at("optimizer_states.0.param_groups.0.lr")
    else { return #expect(Bool(false), "\(file.value)") }
    // Adam's first step moves every weight by the learning rate.
    let weight = try #require(file.value.tensors.first { $0.name == "state_dict.model.first.weight" })
    #expect(weight.tensor.shape == [3, 2])
    #expect(try weight.tensor.numbers.allSatisfy { abs($0 - 0.25) < 1e-6 })
  }

  @Test func aModuleIsItsState() throws {
    #expect(try StateFixture("module.pt").value.tensors.map(\.name) == ["weight", "bias"])
  }

  @Test func theLayoutBefore16IsRead() throws {
    try StateFixture("old.pt").expect("x", [1], [1], .float32, as: .float32)
  }

  @Test func aLoneTensorIsItself() throws {
    try StateFixture("lone.pt").expect("", [1, 2], [2], .float32, as: .float32)
  }

  static let refused = [
    RefusedFile("foreign.pt", "tensor x: it is an object of __builtin__.print", "nothing was run"),
    RefusedFile("program.pt", "a TorchScript program", "Hint: in Python"),
    RefusedFile("too_large.pt", "tensor n: ", "2147483648 does not fit an int32"),
  ]

  @Test(arguments: refused) func otherFilesAreRefused(_ c: RefusedFile) throws {
    expectRefused(try StateFixture.bytes(c.testDescription), c.says, named: c.testDescription)
  }

  /// NeuroBench's names, PyTorch's file, our M5.
  @Test func m5Loads() throws {
    let device = Device()
    let tensors = try StateFixture("m5_small.pt", on: device).value.tensors
    let golden = try GoldenFixture("m5_small")
    let stored = try golden.state("state/", on: device)
    #expect(Set(names: tensors.map(\.name)) == Set(stored.keys))
    for entry in tensors { #expect(try stored[entry.name]?.numbers == entry.tensor.numbers, "\(entry.name)") }
  }

  @Test func theBudgetHolds() throws {
    let bytes = try StateFixture.bytes("m5_small.pt")
    let device = Device(memory: 1 << 14)
    let error = #expect(throws: TensorError.self) { try StateFile.decode(bytes, named: "m5.pt", on: device) }
    #expect(error?.exitCode == .limit)
    #expect(device.pool.usage.live == 0)
  }
}
