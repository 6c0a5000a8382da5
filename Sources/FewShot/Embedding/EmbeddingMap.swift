import Datasets
import Tensors

/// Embedded samples of every class in two dimensions, for a picture.
public struct EmbeddingMap: Sendable, Equatable {
  /// A sample.
  public struct Point: Sendable, Equatable {
    public let label: Int
    public let x: Double
    public let y: Double
  }

  public let points: [Point]
  /// Labels of the classes that the network was trained on.
  public let base: Set<Int>

  /// The most classes and samples of each: a picture of more says no more.
  private static let maxClasses = 400
  private static let samplesPerClass = 8

  /// A map of samples of tests.
  ///
  /// Its axes are the first two principal components of the class means (Pearson 1901): what tells classes apart. Nil
  /// for fewer than three classes, and for embeddings that are not finite.
  ///
  /// - Parameters:
  ///   - labels: of all samples.
  ///   - base: the classes that the network was trained on.
  ///   - embedding: the embedding of a sample, by its row.
  /// - Throws: what `embedding` throws.
  init?(labels: [Int], base: [Int], embedding: ([Int]) throws -> [[Float]]) throws {
    var rowsByLabel: [Int: [Int]] = [:]
    for (row, label) in labels.enumerated() where rowsByLabel[label, default: []].count < Self.samplesPerClass
    {
      rowsByLabel[label, default: []].append(row)
    }
    let classes = rowsByLabel.keys.sorted().prefix(Self.maxClasses)
    guard classes.count > 2 else { return nil }
    let rows = classes.flatMap { rowsByLabel[$0] ?? [] }
    let samples = try embedding(rows).map { $0.map(Double.init) }
    guard samples.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
    var start = 0
    let means = classes.map { label -> [Double] in
      let count = rowsByLabel[label]?.count ?? 0
      defer { start += count }
      return Self.mean(samples[start..<(start + count)])
    }
    let center = Self.mean(means[...])
    let centered = means.map { zip($0, center).map(-) }
    let axes = Self.principalAxes(of: centered)
    self.base = Set(base)
    points = zip(rows, samples).map { row, sample in
      let offset = zip(sample, center).map(-)
      return Point(label: labels[row], x: Self.dot(offset, axes.0), y: Self.dot(offset, axes.1))
    }
  }

  /// The two directions of the largest variance among centred rows, each of length 1.
  ///
  /// They are combinations of the rows, so that the eigenvectors of the rows' products with each other are enough: a
  /// matrix as large as the number of classes, whatever the width of the embedding. Found by power iteration, with a
  /// sign that makes the entry of the largest size positive.
  private static func principalAxes(of rows: [[Double]]) -> ([Double], [Double]) {
    var products = rows.map { _ in [Double](repeating: 0, count: rows.count) }
    for (number, row) in rows.enumerated() {
      for other in 0...number {
        products[number][other] = dot(row, rows[other])
        products[other][number] = products[number][other]
      }
    }
    var found: [[Double]] = []
    for number in 0..<2 {
      // Any start will do that is not at a right angle to the answer.
      var vector = rows.indices.map { 1 / Double($0 + number + 1) }
      for _ in 0..<200 {
        var next = products.map { dot($0, vector) }
        for other in found {
          let overlap = dot(next, other)
          next = zip(next, other).map { $0 - overlap * $1 }
        }
        let length = dot(next, next).squareRoot()
        guard length > 0 else { break }
        vector = next.map { $0 / length }
      }
      found.append(vector)
    }
    let axes = found.map { weights -> [Double] in
      var axis = [Double](repeating: 0, count: rows[0].count)
      for (row, weight) in zip(rows, weights) {
        for (index, value) in row.enumerated() { axis[index] += weight * value }
      }
      let length = dot(axis, axis).squareRoot()
      let largest = axis.max { abs($0) < abs($1) } ?? 0
      return length > 0 ? axis.map { largest < 0 ? -$0 / length : $0 / length } : axis
    }
    return (axes[0], axes[1])
  }

  private static func dot(_ one: [Double], _ other: [Double]) -> Double {
    var sum = 0.0
    for index in one.indices { sum += one[index] * other[index] }
    return sum
  }

  private static func mean(_ rows: ArraySlice<[Double]>) -> [Double] {
    var sum = [Double](repeating: 0, count: rows.first?.count ?? 0)
    for row in rows { for (index, value) in row.enumerated() { sum[index] += value } }
    return sum.map { $0 / Double(rows.count) }
  }
}
