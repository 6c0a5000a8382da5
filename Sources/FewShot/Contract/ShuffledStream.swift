import Tensors

/// All rows of a table, the clips of every split, in one random order and in full batches, so that neither the order
/// nor the size of a batch tells a script's code which split a clip is of.
///
/// At the end some rows are computed again, in a batch of clips of one class, and compared: a row must not depend on
/// the rows that were computed with it or before it.
package struct ShuffledStream {
  /// The rows of every batch. All batches have one size: the last one is filled up with rows of the ones before.
  let batches: [[Int]]
  /// The number of rows of the last batch that were in no batch before; the others are complete.
  private let newInLast: Int
  /// Rows that are computed again at the end; none that was first in its batch, if there are others.
  private let probes: [Int]
  /// The batch that they are computed again in.
  private let company: [Int]
  private let width: Int

  private static let maxProbes = 32
  /// In a small batch: of several rows one is far from the first one.
  private static let minProbes = 4
  /// What a row may differ by, relative to what rows differ by among each other (root mean squares): products of
  /// matrices are rounded by the place in the batch (10⁻⁶), and spiking neurons may then spike a step earlier or later,
  /// which was 0.01 for `radlif`; the mean of another batch, subtracted from every row, is 0.3 and more.
  private static let tolerance = 0.05

  /// Batches of at most `size` rows, drawn from `random`; `labels` has the class of every row.
  package init(labels: [Int], size: Int, random: inout RandomStream) {
    let order = random.permutation(labels.count)
    let width = max(1, min(size, labels.count))
    var batches = stride(from: 0, to: order.count, by: width).map {
      Array(order[$0..<min(order.count, $0 + width)])
    }
    newInLast = batches.last?.count ?? 0
    if newInLast < width, !batches.isEmpty {
      let filling = random.permutation(order.count - newInLast).prefix(width - newInLast).map { order[$0] }
      batches[batches.count - 1] += filling
    }
    self.batches = batches
    self.width = width
    let leads = Set(batches.compactMap(\.first))
    let candidates = random.permutation(labels.count)
    let followers = candidates.filter { !leads.contains($0) }
    probes = Array(
      (followers.isEmpty ? candidates : followers).prefix(min(Self.maxProbes, max(Self.minProbes, width / 8)))
    )
    let others = Self.ofFewClasses(
      labels, atLeast: min(width, max(1, labels.count / 4)), random: &random)
    let filling = (0..<max(0, width - probes.count)).map { others[$0 % max(1, others.count)] }
    let unordered = probes + filling
    company = random.permutation(unordered.count).map { unordered[$0] }
  }

  /// Rows of classes in random order, until there are enough.
  private static func ofFewClasses(_ labels: [Int], atLeast count: Int, random: inout RandomStream) -> [Int] {
    let byClass = Dictionary(grouping: labels.indices) { labels[$0] }.sorted { $0.key < $1.key }.map(\.value)
    var rows: [Int] = []
    for number in random.permutation(byClass.count) where rows.count < count { rows += byClass[number] }
    return rows
  }

  /// Computes every batch by `compute`, which returns one row for each of the given ones, and passes what it returned
  /// to `store`, every row once.
  ///
  /// - Returns: whether the rows that were computed again are the same but for rounding.
  /// - Throws: what `compute` and `store` throw.
  package func forEach(
    _ compute: (_ rows: [Int]) throws -> Tensor, store: (_ values: Tensor, _ rows: [Int]) throws -> Void
  ) throws -> Bool {
    var first: [Int: [Float]] = [:]
    var farthest: (row: Int, distance: Double)?
    let watched = Set(probes)
    for (number, rows) in batches.enumerated() {
      let values = try compute(rows)
      let count = number == batches.count - 1 ? newInLast : rows.count
      let new = count == rows.count ? values : try values.narrow(0, from: 0, count: count).contiguous()
      let newRows = Array(rows.prefix(count))
      let found = newRows.indices.filter { watched.contains(newRows[$0]) }
      let lead = try found.isEmpty ? [] : new.narrow(0, from: 0, count: 1).floatValues
      for position in found {
        let own = try new.narrow(0, from: position, count: 1).floatValues
        first[newRows[position]] = own
        let distance = Self.squaredDistance(own, lead)
        if distance > farthest?.distance ?? -1 { farthest = (newRows[position], distance) }
      }
      try store(new, newRows)
    }
    guard let farthest else { return true }
    let company = company(beginningWith: farthest.row)
    let again = try compute(company)
    var pairs: [(first: [Float], again: [Float])] = []
    for (position, row) in company.enumerated() {
      guard let values = first.removeValue(forKey: row) else { continue }
      pairs.append((values, try again.narrow(0, from: position, count: 1).floatValues))
    }
    return Self.areEqual(pairs)
  }

  /// The rows that are computed again, one of the probes first: the one farthest from the first row of its batch.
  ///
  /// What takes the first row of a batch from every row then certainly gives other values: of that probe alone it takes
  /// away what it is away from its batch's first row, the square of which is no less than the mean of all probes'
  /// squares, and so at least 1/32 of their sum, where ``tolerance`` allows 1/400. A first row at random could be the
  /// same as before, or hardly differ from it.
  private func company(beginningWith row: Int) -> [Int] {
    var rows = company
    if let position = rows.firstIndex(of: row) { rows.swapAt(0, position) }
    return rows
  }

  private static func squaredDistance(_ a: [Float], _ b: [Float]) -> Double {
    zip(a, b).reduce(0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
  }

  /// Whether rows agree within ``tolerance``.
  static func areEqual(_ pairs: [(first: [Float], again: [Float])]) -> Bool {
    guard let width = pairs.first?.first.count, width > 0 else { return true }
    var mean = [Double](repeating: 0, count: width)
    for pair in pairs {
      guard pair.again.count == width, pair.first.count == width else { return false }
      for index in 0..<width { mean[index] += Double(pair.first[index]) / Double(pairs.count) }
    }
    var difference = 0.0
    var spread = 0.0
    var size = 0.0
    for pair in pairs {
      for index in 0..<width {
        let value = Double(pair.first[index])
        difference += (Double(pair.again[index]) - value) * (Double(pair.again[index]) - value)
        spread += (value - mean[index]) * (value - mean[index])
        size += value * value
      }
    }
    // Where rows hardly differ among each other, by their size.
    return difference <= tolerance * tolerance * max(spread, 1e-4 * size)
  }
}
