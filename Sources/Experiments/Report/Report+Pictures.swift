import Figures

/// Pictures of what a network and its learners make of words.
extension Report {
  /// The most words whose confusions are drawn one by one; of more, those of their languages are.
  private static let maxWords = 40
  /// The most pairs that are listed.
  private static let maxPairs = 12

  /// A matrix of labels and predictions for each learner, and the words that are taken for others most often.
  var confusion: HTML? {
    let parts = runs.flatMap { run in
      run.content.confusions.grouped { $0.learner }.map { learner, cells -> HTML in
        """
        <div><h3>\(named(learner, run.letter))</h3>\(Self.matrix(cells, of: named(learner, run.letter)))
        \(Self.pairs(cells))</div>
        """
      }
    }
    if parts.isEmpty { return nil }
    return """
      <div class="charts">\(parts)</div>
      <p>Tests after the last session, all repeats together. Rows are what was said, columns what was predicted; a cell
      is as dark as its fraction of the row.</p>\(captions)
      """
  }

  private static func matrix(_ cells: [WordConfusion], of name: String) -> HTML {
    let words = Set(
      cells.map { [$0.language, $0.word] } + cells.map { [$0.predictedLanguage, $0.prediction] })
    let hasWords = words.count <= maxWords
    let label = { (cell: WordConfusion) in hasWords ? cell.word : cell.language }
    let predicted = { (cell: WordConfusion) in hasWords ? cell.prediction : cell.predictedLanguage }
    let order = words.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
    var names: [String] = []
    for word in order where !names.contains(word[hasWords ? 1 : 0]) { names.append(word[hasWords ? 1 : 0]) }
    var counts: [[String]: Int] = [:]
    var totals: [String: Int] = [:]
    for cell in cells {
      counts[[label(cell), predicted(cell)], default: 0] += cell.count
      totals[label(cell), default: 0] += cell.count
    }
    let rows = names.map { row in
      names.map { column in
        totals[row].map { Double(counts[[row, column]] ?? 0) / Double($0) }
      }
    }
    let kind = hasWords ? "words" : "languages"
    return ReportChart.matrix(
      names, rows, alt: "Confusion matrix of \(names.count) \(kind), \(name)")
  }

  /// The pairs of different words that are confused most often.
  private static func pairs(_ cells: [WordConfusion]) -> HTML {
    var totals: [[String]: Int] = [:]
    for cell in cells { totals[[cell.language, cell.word], default: 0] += cell.count }
    let wrong = cells.filter { $0.word != $0.prediction || $0.language != $0.predictedLanguage }
    let order = wrong.sorted {
      ($1.count, $0.language, $0.word, $0.prediction) < ($0.count, $1.language, $1.word, $1.prediction)
    }
    if order.isEmpty { return "<p>No word was taken for another.</p>" }
    let rows = order.prefix(maxPairs).map { cell -> [ResultTable.Cell] in
      let total = totals[[cell.language, cell.word]] ?? cell.count
      return [
        .text("\(cell.word) (\(cell.language))"), .text("\(cell.prediction) (\(cell.predictedLanguage))"),
        .number(Double(cell.count)), .number(100 * Double(cell.count) / Double(total)),
      ]
    }
    return html(
      ResultTable(
        title: "Most frequent confusions",
        columns: [
          .init("word"), .init("predicted"), .init("tests", decimals: 0),
          .init("of its tests, %", decimals: 1),
        ], rows: Array(rows)))
  }

  /// The embeddings of each run in two dimensions.
  var embedding: HTML? {
    let parts = runs.compactMap { run -> HTML? in
      let samples = run.content.embedding
      if samples.isEmpty { return nil }
      let points = samples.map { sample in
        ReportChart.Point(
          x: sample.x, y: sample.y, group: sample.isBase ? 0 : 1, name: "\(sample.word) (\(sample.language))")
      }
      let words = Set(samples.map { [$0.language, $0.word] }).count
      let chart = ReportChart.scatter(
        points, groups: ["base words", "new words"],
        alt: "Embeddings of \(samples.count) clips of \(words) words in two dimensions")
      let name: HTML = runs.count == 1 ? "" : "<h3>\(run.letter) \(run.entry.summary.name)</h3>"
      return "<div>\(name)\(chart)</div>"
    }
    if parts.isEmpty { return nil }
    return """
      <div class="charts">\(parts)</div>
      <p>Clips of the tests, up to eight a word, as the trained network embeds them: the two directions in which the
      means of the words differ most (principal components). A large ring is the mean of a word.</p>\(captions)
      """
  }
}

extension Array {
  /// The elements in groups of equal keys, in order of the first of each.
  fileprivate func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(Key, [Element])] {
    var order: [Key] = []
    var groups: [Key: [Element]] = [:]
    for element in self {
      if groups[key(element)] == nil { order.append(key(element)) }
      groups[key(element), default: []].append(element)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}
