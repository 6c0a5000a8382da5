import Foundation

/// A sound file made wrong: its header changed, itself cut or continued.
struct SoundMutation {
  /// Sizes that are wrong, open or at the limit of a number.
  private static let extremes: [UInt64] = [
    0, 1, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFE,
    0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, .max, 2_000_000_000,
  ]

  private let seeds: SoundSeeds
  private var dice: Dice

  init(of seeds: SoundSeeds, seed: UInt64, number: Int) {
    self.seeds = seeds
    dice = Dice(seed: seed, number: number)
  }

  /// The file, and the name of the format that it was made from.
  mutating func make() -> (name: String, bytes: [UInt8]) {
    let (name, data) = dice.pick(seeds.files)
    var file = [UInt8](data)
    for _ in 0...dice.pick([0, 0, 0, 1, 2]) where file.count > 16 { change(&file) }
    return (name, file)
  }

  /// Where the header is: most often in the first bytes.
  private mutating func position(in file: [UInt8]) -> Int {
    dice.roll(0...min(file.count, dice.pick([16, 64, 64, 128, 1_000_000])) - 1)
  }

  private mutating func change(_ file: inout [UInt8]) {
    let at = position(in: file)
    switch dice.roll(0...9) {
    case 0: file[at] = UInt8(dice.roll(0...255))
    case 1: file[at] ^= 1 << UInt8(dice.roll(0...7))
    case 2, 3: overwrite(&file, at & ~3, dice.pick(Self.extremes), dice.pick([2, 4, 4, 8]))
    case 4:
      // A size that is off by a few bytes.
      let offset = at & ~3
      guard offset + 4 <= file.count else { return }
      let old = file[offset..<offset + 4].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      overwrite(&file, offset, old &+ UInt64(bitPattern: Int64(dice.roll(-40...40))), 4)
    case 5, 6: file.removeLast(dice.roll(1...file.count - 1))
    case 7: file += (0..<dice.roll(1...40)).map { _ in UInt8(dice.roll(0...255)) }
    case 8: file.insert(UInt8(dice.roll(0...255)), at: at)
    default: file.remove(at: at)
    }
  }

  private mutating func overwrite(_ file: inout [UInt8], _ offset: Int, _ value: UInt64, _ width: Int) {
    let little = (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    let bytes = dice.chance(0.5) ? little : little.reversed()
    for (i, byte) in bytes.enumerated() where offset + i < file.count { file[offset + i] = byte }
  }
}
