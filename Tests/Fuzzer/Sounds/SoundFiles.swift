import Foundation

/// Mutated sound files.
struct SoundFiles: MutatedFiles {
  static let name = "sounds"
  static let abstract = "Reads so many mutated sound files and compares with libsndfile"

  private let seeds: SoundSeeds

  init() throws { seeds = try SoundSeeds() }

  func file(seed: UInt64, number: Int) -> (origin: String?, bytes: Data) {
    var mutation = SoundMutation(of: seeds, seed: seed, number: number)
    let (name, bytes) = mutation.make()
    return (name, Data(bytes))
  }

  func trial() throws -> SoundTrial { try SoundTrial() }
}
