/// What is kept of one category over all images: 40 bytes per detection, no boxes.
struct CategoryRecord: Sendable {
  /// A detection after its image was judged. Lanes are the areas of ``CocoRule/areas``, bits the thresholds.
  private struct Judged: Sendable {
    let score: Double
    let image: Int
    /// Its place among the detections of its image, 0 for the surest.
    let rank: Int
    let found: SIMD4<UInt16>
    let ignored: SIMD4<UInt16>
  }

  /// How many truths count, by area.
  private(set) var truths = SIMD4<Int>()
  private var detections: [Judged] = []

  mutating func add(image: Int, _ matching: ImageMatching) {
    let verdicts = CocoRule.areas.map { matching.verdict(area: $0) }
    for (area, verdict) in verdicts.enumerated() { truths[area] += verdict.counted }
    for (rank, detection) in matching.detections.enumerated() {
      var found = SIMD4<UInt16>()
      var ignored = SIMD4<UInt16>()
      for (area, verdict) in verdicts.enumerated() {
        found[area] = verdict.found[rank]
        ignored[area] = verdict.ignored[rank]
      }
      detections.append(
        Judged(score: detection.score ?? 0, image: image, rank: rank, found: found, ignored: ignored))
    }
  }

  /// Puts the surest detection first; among equals the one of the lower image number, then of the better rank.
  ///
  /// That is what numpy's stable sort makes of images in the order of their numbers.
  func sorted() -> CategoryRecord {
    var result = self
    result.detections.sort { left, right in
      left.score == right.score
        ? (left.image, left.rank) < (right.image, right.rank) : left.score > right.score
    }
    return result
  }

  /// The share of truths found at threshold `step`, when `limit` detections per image count; nil without truths.
  func recall(area: Int, step: Int, limit: Int) -> Double? {
    guard truths[area] > 0 else { return nil }
    let bit = UInt16(1) << UInt16(step)
    let hits = detections.count { $0.rank < limit && $0.found[area] & ~$0.ignored[area] & bit != 0 }
    return Double(hits) / Double(truths[area])
  }

  /// Precision read at ``CocoRule/recalls`` for threshold `step`, of a sorted record; nil without truths.
  ///
  /// After each detection, precision is `TP / (TP + FP + ε)` and recall `TP / truths`. Precision is then made to
  /// fall only, by the largest to its right, and read where recall first reaches each point; 0 where it never does.
  func precisions(area: Int, step: Int) -> [Double]? {
    guard truths[area] > 0 else { return nil }
    let bit = UInt16(1) << UInt16(step)
    let count = Double(truths[area])
    var hits = 0.0
    var misses = 0.0
    var recall: [Double] = []
    var precision: [Double] = []
    for detection in detections {
      if detection.ignored[area] & bit == 0 {
        if detection.found[area] & bit != 0 { hits += 1 } else { misses += 1 }
      }
      recall.append(hits / count)
      precision.append(hits / (misses + hits + Double.ulpOfOne))
    }
    for index in precision.indices.dropFirst().reversed() {
      precision[index - 1] = max(precision[index - 1], precision[index])
    }
    var place = 0
    return CocoRule.recalls.map { wanted in
      while place < recall.count, recall[place] < wanted { place += 1 }
      return place < precision.count ? precision[place] : 0
    }
  }
}
