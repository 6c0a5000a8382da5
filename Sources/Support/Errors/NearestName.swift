extension String {
  /// The name of `candidates` that is nearest to this one, for "did you mean"; nil when nothing is close.
  public func nearest(in candidates: some Sequence<String>) -> String? {
    // Nothing is that long; a text of megabytes would be compared for minutes.
    guard utf8.count <= 200 else { return nil }
    let limit = Swift.max(2, count / 2)
    let best = candidates.map { (name: $0, distance: editDistance(to: $0)) }.min { $0.distance < $1.distance }
    guard let best, best.distance <= limit else { return nil }
    return best.name
  }

  /// Levenshtein's distance: the fewest insertions, deletions and replacements of characters.
  func editDistance(to other: String) -> Int {
    let target = Array(other.lowercased())
    var row = Array(0...target.count)
    for (i, character) in lowercased().enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in target.indices {
        let replaced = diagonal + (character == target[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[target.count]
  }
}
