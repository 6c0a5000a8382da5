import Foundation

/// A state file made wrong: bytes changed, cut, repeated or taken from another file, most often where its structure is.
struct FileMutation {
  /// Numbers at which lengths and offsets go wrong.
  private static let extremes: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF,
    0x8000_0000_0000_0000, .max,
  ]
  /// Instructions of pickles, each after which a value, a mark or a reference may be missing.
  private static let instructions =
    [UInt8]("()].012BCFGIJKLMNPQRSTUVXabcdeghijlopqrstu}".utf8) + [UInt8](0x80...0x98)

  private let seeds: [Data]
  private var dice: Dice

  init(of seeds: [Data], seed: UInt64, number: Int) {
    self.seeds = seeds
    dice = Dice(seed: seed, number: number)
  }

  /// The next file.
  mutating func make() -> Data {
    var file = dice.pick(seeds)
    for _ in 0...dice.roll(0...5) {
      guard file.count > 16 else { break }
      change(&file)
    }
    return file
  }

  /// A position: the start, where headers are, the end, where archives have their list, or anywhere.
  private mutating func position(in file: Data) -> Int {
    switch dice.roll(0...2) {
    case 0: dice.roll(0...min(file.count, 300) - 1)
    case 1: file.count - 1 - dice.roll(0...min(file.count, 600) - 1)
    default: dice.roll(0...file.count - 1)
    }
  }

  private mutating func change(_ file: inout Data) {
    let at = file.startIndex + position(in: file)
    switch dice.roll(0...8) {
    case 0: file[at] = UInt8(dice.roll(0...255))
    case 1: file[at] ^= 1 << UInt8(dice.roll(0...7))
    case 2: file[at] = dice.pick(Self.instructions)
    case 3: file.insert(dice.pick(Self.instructions), at: at)
    case 4: file.remove(at: at)
    case 5:
      let number = dice.pick(Self.extremes)
      for (i, byte) in withUnsafeBytes(of: number.littleEndian, Array.init).prefix(dice.pick([1, 2, 4, 8]))
        .enumerated()
      where at + i < file.endIndex { file[at + i] = byte }
    case 6: file = file.prefix(at - file.startIndex)
    case 7:
      let length = min(dice.roll(0...63), file.endIndex - at)
      file.insert(contentsOf: Array(file[at..<(at + length)]), at: file.startIndex + position(in: file))
    default:
      let other = dice.pick(seeds)
      let start = other.startIndex + position(in: other)
      let part = Array(other[start..<min(other.endIndex, start + dice.roll(0...199))])
      file.replaceSubrange(at..<min(file.endIndex, at + part.count), with: part)
    }
    file = Data(file)
  }
}
