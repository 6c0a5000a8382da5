/// Finds the second of a clip with the most energy, of which samples come in blocks.
///
/// The mean does not count as energy. Where several seconds are as loud, as around a short word, it is the middle one.
struct LoudestSecond {
  private let rate: Int
  /// Samples of a hundredth of a second, over which energies are summed.
  private let hop: Int
  private var count = 0
  private var sums: [Double] = []
  private var squares: [Double] = []

  /// - Parameter rate: the clip's rate in Hz.
  init(rate: Int) {
    self.rate = rate
    hop = max(1, rate / 100)
  }

  /// Takes the next samples.
  mutating func add(_ block: some Collection<Float>) {
    var rest = block[...]
    while !rest.isEmpty {
      if count % hop == 0 {
        sums.append(0)
        squares.append(0)
      }
      let part = rest.prefix(hop - count % hop)
      var sum = 0.0
      var square = 0.0
      for sample in part {
        let x = Double(sample)
        sum += x
        square += x * x
      }
      sums[sums.count - 1] += sum
      squares[squares.count - 1] += square
      count += part.count
      rest = rest.dropFirst(part.count)
    }
  }

  /// The index of its first sample, exact to a hundredth of a second, and how much of its energy the first second has.
  var result: (start: Int, firstFraction: Double) {
    let width = rate / hop
    guard count > rate, sums.count > width else { return (0, 1) }
    let mean = sums.reduce(0, +) / Double(count)
    let energies = zip(sums, squares).enumerated().map { index, pair in
      let samples = Double(min(hop, count - index * hop))
      return max(0, pair.1 - 2 * mean * pair.0 + samples * mean * mean)
    }
    var seconds = [energies[..<width].reduce(0, +)]
    for end in width..<energies.count {
      seconds.append(max(0, seconds[end - width] + energies[end] - energies[end - width]))
    }
    let loudest = seconds.max() ?? 0
    guard loudest > 0, let first = seconds.firstIndex(where: { $0 >= 0.999 * loudest }) else { return (0, 1) }
    let plateau = seconds[first...].prefix { $0 >= 0.999 * loudest }.count
    let start = min((first + (plateau - 1) / 2) * hop, count - rate)
    return (start, seconds[0] / loudest)
  }
}
