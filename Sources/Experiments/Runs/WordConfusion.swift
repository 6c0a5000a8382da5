import Datasets
import FewShot
import Figures
import Foundation
import Support

/// How often one word was taken for another, or for itself, in the tests after the last session of all repeats.
struct WordConfusion: Sendable, Hashable {
  let learner: String
  let word: String
  let language: String
  let prediction: String
  /// Of the word that was predicted.
  let predictedLanguage: String
  let count: Int

  /// The name of its table in a run's folder.
  static let file = "confusion"
  private static let columns = ["learner", "language", "word", "predicted_language", "predicted", "count"]

  /// The counts of several seeds together, by learner, word and prediction.
  static func all(_ bySeed: [FewShotResults]) -> [WordConfusion] {
    guard let words = bySeed.first?.words else { return [] }
    var learners: [String] = []
    var counts: [String: [ConfusionCounts.Cell: Int]] = [:]
    for learner in bySeed.flatMap(\.learners) {
      if counts[learner.name] == nil { learners.append(learner.name) }
      counts[learner.name, default: [:]].merge(learner.confusion.counts, uniquingKeysWith: +)
    }
    return learners.flatMap { learner in
      (counts[learner] ?? [:]).sorted { $0.key < $1.key }.map { cell, count in
        WordConfusion(
          learner: learner, word: words[cell.label].name, language: words[cell.label].language,
          prediction: words[cell.prediction].name, predictedLanguage: words[cell.prediction].language,
          count: count)
      }
    }
  }

  /// What a run's folder has; empty where it has none.
  static func read(run folder: String) -> [WordConfusion] {
    SavedTable.rows("\(folder)/\(file).csv", columns).compactMap { row in
      guard let count = Int(row[5]) else { return nil }
      return WordConfusion(
        learner: row[0], word: row[2], language: row[1], prediction: row[4], predictedLanguage: row[3],
        count: count)
    }
  }
}

/// A sample in two dimensions, as a network embeds it.
struct EmbeddedSample: Sendable, Hashable {
  let word: String
  let language: String
  /// Whether the network was trained on the word.
  let isBase: Bool
  let x: Double
  let y: Double

  /// The name of its table in a run's folder.
  static let file = "embedding"
  private static let columns = ["language", "word", "words", "x", "y"]

  /// The samples of a map with their words.
  static func all(_ map: EmbeddingMap, words: [Word]) -> [EmbeddedSample] {
    map.points.map { point in
      EmbeddedSample(
        word: words[point.label].name, language: words[point.label].language,
        isBase: map.base.contains(point.label), x: point.x, y: point.y)
    }
  }

  /// What a run's folder has; empty where it has none.
  static func read(run folder: String) -> [EmbeddedSample] {
    SavedTable.rows("\(folder)/\(file).csv", columns).compactMap { row in
      guard let x = Double(row[3]), let y = Double(row[4]) else { return nil }
      return EmbeddedSample(word: row[1], language: row[0], isBase: row[2] == "base", x: x, y: y)
    }
  }
}

extension WordConfusion {
  /// One row for each learner, word and prediction that occurred.
  ///
  /// Other than the tables of results, rows do not repeat what they are of: there are tens of thousands.
  static func table(_ confusions: [WordConfusion]) -> ResultTable {
    ResultTable(
      columns: columns.map { .init($0) },
      rows: confusions.map { cell in
        [cell.learner, cell.language, cell.word, cell.predictedLanguage, cell.prediction].map { .text($0) }
          + [.number(Double(cell.count))]
      })
  }
}

extension EmbeddedSample {
  /// One row for each sample.
  static func table(_ samples: [EmbeddedSample]) -> ResultTable {
    ResultTable(
      columns: columns.map { .init($0) },
      rows: samples.map { sample in
        [sample.language, sample.word, sample.isBase ? "base" : "new"].map { .text($0) }
          + [.number(sample.x), .number(sample.y)]
      })
  }
}

/// Reads a table that a run has saved.
private enum SavedTable {
  /// The cells of some columns, row by row; empty for a file that is missing, damaged or of other columns.
  static func rows(_ path: String, _ columns: [String]) -> [[String]] {
    guard let data = FileManager.default.contents(atPath: path),
      var reader = try? CSVReader([UInt8](data), file: path), let head = try? reader.next()
    else { return [] }
    let indices = columns.compactMap { head.firstIndex(of: $0) }
    guard indices.count == columns.count else { return [] }
    var rows: [[String]] = []
    while let row = try? reader.next() {
      guard row.count == head.count else { return [] }
      rows.append(indices.map { row[$0] })
    }
    return rows
  }
}
