import Foundation
import Networks
import Support
import Tensors
import TestSupport
import Testing

/// A checkpoint is used as it was written, or not at all.
@Suite struct CheckpointTests {
  private let device = Device()
  private let folder: TemporaryFolder
  private var path: String { folder.path + "/training.checkpoint" }

  init() throws { folder = try TemporaryFolder() }

  private func network(seed: UInt64) throws -> LinearLayer {
    var initialiser = Initialiser(seed: seed, device: device)
    return try LinearLayer(3, 2, with: &initialiser)
  }

  private func load(into network: LinearLayer) throws -> Checkpoint? {
    let optimizer = try Adam(network.namedParameters.map(\.tensor))
    return try Checkpoint.load(path, into: network, optimizer, on: device)
  }

  private func save(_ network: LinearLayer) throws -> Data {
    let optimizer = try Adam(network.namedParameters.map(\.tensor))
    try Checkpoint(epoch: 3, loss: 0.5, positions: ["shuffle": 7]).save(network, optimizer, to: path)
    return try Data(contentsOf: URL(fileURLWithPath: path))
  }

  @Test func whatWasWrittenIsRead() throws {
    let trained = try network(seed: 1)
    _ = try save(trained)
    let other = try network(seed: 2)
    let checkpoint = try #require(try load(into: other))
    #expect(checkpoint.epoch == 3 && checkpoint.loss == 0.5 && checkpoint.positions == ["shuffle": 7])
    #expect(try other.weight.floatValues == trained.weight.floatValues)
  }

  /// A bit of a weight, of the epoch, of a name: a training that went on from there would be another one.
  @Test func whatWasChangedIsNot() throws {
    let bytes = try save(try network(seed: 1))
    let other = try network(seed: 2)
    let before = try other.weight.floatValues
    for position in stride(from: 0, to: bytes.count, by: 3) {
      var changed = bytes
      changed[position] ^= 1
      try changed.write(to: URL(fileURLWithPath: path))
      #expect((try? load(into: other)) ?? nil == nil, "byte \(position)")
    }
    for count in stride(from: 0, to: bytes.count, by: 16) {
      try bytes.prefix(count).write(to: URL(fileURLWithPath: path))
      #expect(try load(into: other) == nil)
    }
    #expect(try other.weight.floatValues == before)
  }
}
