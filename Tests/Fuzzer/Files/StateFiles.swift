import Foundation
import Networks
import Support
import Tensors

/// Mutated state files.
struct StateFiles: MutatedFiles {
  static let name = "files"
  static let abstract = "Reads so many mutated state files"

  /// The folders of the files that mutations start from.
  private static let folders = ["Tests/Fixtures/files", "Tests/Fixtures/golden"]
  private static let endings: Set = ["pt", "ckpt", "npz", "npy", "safetensors"]
  /// Larger ones have nothing that smaller ones have not.
  private static let maxBytes = 20_000

  private let seeds: [Data]

  /// - Throws: `FileError` when there are no files to start from.
  init() throws {
    seeds = Self.folders.flatMap { folder in
      ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        .filter { Self.endings.contains(($0 as NSString).pathExtension) }
        .compactMap { FileManager.default.contents(atPath: folder + "/" + $0) }
    }.filter { $0.count <= Self.maxBytes }
    guard !seeds.isEmpty else {
      throw FileError(
        "find the files in", Self.folders[0], reason: "there are none", hint: "start it in the repository")
    }
  }

  func file(seed: UInt64, number: Int) -> (origin: String?, bytes: Data) {
    var mutation = FileMutation(of: seeds, seed: seed, number: number)
    return (nil, mutation.make())
  }

  func trial() -> StateFileTrial { StateFileTrial() }
}

/// Reads one mutated file.
struct StateFileTrial: MutationTrial {
  private static let names = ["a.pt", "a.npz", "a.npy", "a.safetensors", "a"]
  private let device = Device(memory: 1 << 26)

  /// - Throws: ``Finding`` for an error of another kind than the reader has, and for memory that stays counted.
  func run(_ file: Data, number: Int) throws {
    do {
      let value = try StateFile.decode(file, named: Self.names[number % Self.names.count], on: device)
      for entry in value.entries {
        _ = try entry.tensor?.bytes
        if let problem = entry.problem, problem.reason.what.isEmpty {
          throw Finding("a problem without a reason")
        }
      }
    } catch let error as any NightjarError {
      guard error is NetworkError || error is TensorError else {
        throw Finding("an error of \(type(of: error))")
      }
    }
    guard device.pool.usage.live == 0 else { throw Finding("\(device.pool.usage.live) bytes stay counted") }
  }
}
