/// One transform of one size, done by both sides on the same input.
struct Comparison {
  let name: String
  let size: Int
  let ours: () -> Void
  let kissFFT: () -> Void
  /// The numbers that each side's last call gave, in the same order.
  let results: () -> (ours: [Float], kissFFT: [Float])

  /// The largest difference between the results, in units of the largest result.
  func difference() -> Double {
    ours()
    kissFFT()
    let results = results()
    precondition(results.ours.count == results.kissFFT.count)
    let largest = results.kissFFT.reduce(0) { max($0, abs($1)) }
    return Double(zip(results.ours, results.kissFFT).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest)
  }

  /// Microseconds that one call takes, in each of `rounds` rounds of about 20 ms a side; the sides take turns in being
  /// the first.
  func measure(rounds: Int) -> [(ours: Double, kissFFT: Double)] {
    // Warm-up, which also tells how many calls make a round.
    let first = Self.microseconds(100, kissFFT) + Self.microseconds(100, ours)
    let calls = max(1, Int(40_000 / first))
    return (0..<rounds).map { round in
      if round.isMultiple(of: 2) {
        let ours = Self.microseconds(calls, ours)
        return (ours, Self.microseconds(calls, kissFFT))
      }
      let kissFFT = Self.microseconds(calls, kissFFT)
      return (Self.microseconds(calls, ours), kissFFT)
    }
  }

  private static func microseconds(_ calls: Int, _ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure {
      for _ in 0..<calls { body() }
    }
    return duration / .microseconds(calls)
  }
}
