import Networks
import Tensors

/// The random streams of a script, each at its position.
struct Randomness {
  /// The value of `nj.run.seed`.
  var seed: UInt64
  /// Numbers for `nj.randn` and its like.
  var random: RandomStream
  /// The seed and streams of layers that are made.
  var initialiser: Initialiser

  /// Streams that draw from `seed`; scripts see `reported` instead where it is given.
  init(seed: UInt64, reported: UInt64? = nil, device: Device) {
    self.seed = reported ?? seed
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

  /// Runs `body` with random streams of its own, which continue where they stopped, and leaves the context's as
  /// they are.
  func drawing<Result>(from own: inout Randomness, _ body: () throws -> Result) rethrows -> Result {
    swap(&randomness, &own)
    defer { swap(&randomness, &own) }
    return try body()
  }
}
