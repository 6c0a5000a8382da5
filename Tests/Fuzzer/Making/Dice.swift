import Tensors

/// Random choices that follow from a seed.
struct Dice {
  private var stream: RandomStream

  init(seed: UInt64, number: Int) {
    stream = RandomStream(seed: seed, purpose: "fuzz", index: UInt64(number))
  }

  /// An integer in a range.
  mutating func roll(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + stream.below(range.upperBound - range.lowerBound + 1)
  }

  mutating func chance(_ probability: Double) -> Bool { stream.uniform() < probability }

  /// One of a list that is not empty.
  mutating func pick<T>(_ choices: [T]) -> T { choices[stream.below(choices.count)] }
}
