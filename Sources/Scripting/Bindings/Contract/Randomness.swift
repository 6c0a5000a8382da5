import Networks
import Tensors

/// Everything random in a script, at one place of its streams.
struct Randomness {
  /// What `nj.run.seed` shows.
  var seed: UInt64
  /// Numbers for `nj.randn` and its like.
  var random: RandomStream
  /// The seed and streams of layers that are made.
  var initialiser: Initialiser

  /// - Parameter shown: the seed scripts see, where it is not the one that numbers are drawn from.
  init(seed: UInt64, shown: UInt64? = nil, device: Device) {
    self.seed = shown ?? seed
    random = RandomStream(seed: seed, purpose: "script")
    initialiser = Initialiser(seed: seed, device: device)
  }
}

extension ScriptContext {
  /// Numbers for `nj.randn` and its like.
  var random: RandomStream {
    get { randomness.random }
    set { randomness.random = newValue }
  }

  /// The seed and streams of layers that are made.
  var initialiser: Initialiser {
    get { randomness.initialiser }
    set { randomness.initialiser = newValue }
  }

  /// Runs `body` with random numbers of its own, which go on where they stopped, and leaves the session's as they are.
  func drawing<Result>(from own: inout Randomness, _ body: () throws -> Result) rethrows -> Result {
    swap(&randomness, &own)
    defer { swap(&randomness, &own) }
    return try body()
  }
}
