import Foundation
import Networks
import Support
import Tensors
import TestSupport
import Testing

/// Numbers in files that a stranger may have written: none ends the process.
@Suite struct ClaimedNumbersTests {
  @Test(arguments: [
    ["epoch": "9223372036854775807"], ["epoch": "-9223372036854775808"], ["epoch": "-1"],
    ["place.schedule": "18446744073709551615"], ["place.pass": "18446744073709551615"],
    ["layer.a": "18446744073709551615"], ["place.script": "-1"],
  ]) func aCheckpointOfImpossibleNumbersIsDamaged(_ claims: [String: String]) throws {
    let folder = try TemporaryFolder()
    let device = Device()
    var initialiser = Initialiser(seed: 1, device: device)
    let model = try LinearLayer(1, 1, with: &initialiser)
    let optimizer = try SGD(model.parameters.map(\.tensor), learningRate: 0.1)
    let path = folder.path + "/checkpoint.safetensors"
    let numbers = ["epoch": "1", "loss": "0.5"].merging(claims) { $1 }
    try SafeTensors.write(
      model.state.map { ("model." + $0.name, $0.tensor) }, metadata: numbers, to: path)
    #expect(try Checkpoint.load(path, into: model, optimizer, on: device) == nil)
  }

  /// Lengths whose product is a small number once it has overflowed.
  @Test func aFileOfRowsWithImpossibleLengthsIsNone() throws {
    let folder = try TemporaryFolder()
    let numbers: [UInt64] = [0x3153_574F_524A_4E21, 2, 1 << 62, 4, 0, 0, 0, 0]
    let header = numbers.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
    for numbers in [header, header + [UInt8](repeating: 0, count: 64)] {
      try folder.write(Data(numbers), to: "rows")
      #expect(throws: FileError.self) { try RowFile(folder.path + "/rows") }
    }
  }

  @Test func noBudgetAdmitsAllNumbers() throws {
    let device = Device(memory: 1 << 20)
    let held = try Tensor.zeros([64], on: device)
    #expect(throws: TensorError.self) {
      try MemoryCharge(.max, on: device, operation: "load", shape: [.max])
    }
    #expect(held.count == 64)
  }
}
