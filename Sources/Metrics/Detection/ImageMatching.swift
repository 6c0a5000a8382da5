/// One category in one image: which detections match which truths.
///
/// The detection with the highest score chooses first. It takes the free truth with the largest overlap of at least the
/// threshold; a later truth of equal overlap wins. Truths of another size and crowds are ignored: they come last, are
/// taken only when no other fits, and a detection that takes one is ignored too. A crowd can be taken repeatedly.
///
/// Source: `evaluateImg` of pycocotools' COCOeval.
struct ImageMatching {
  let truths: [BoundingBox]
  /// The highest score first, ties in the order given, at most ``CocoRule/maxDetections``.
  let detections: [BoundingBox]
  /// (detections, truths)
  private let overlaps: [[Double]]

  init(truths: [BoundingBox], detections: [BoundingBox]) {
    let score = { (index: Int) in detections[index].score ?? 0 }
    let ranked = detections.indices.sorted {
      score($0) == score($1) ? $0 < $1 : score($0) > score($1)
    }
    self.truths = truths
    self.detections = ranked.prefix(CocoRule.maxDetections).map { detections[$0] }
    overlaps = self.detections.map { detection in truths.map { detection.overlap(with: $0) } }
  }

  /// The outcome for the detections when only truths of some sizes count.
  struct Verdict {
    /// How many truths count.
    var counted = 0
    /// One per detection; bit t says whether it matches a truth at threshold t of ``CocoRule/overlaps``.
    var matched: [UInt16]
    /// One per detection; bit t says whether it is ignored at threshold t.
    var ignored: [UInt16]
  }

  func verdict(area range: ClosedRange<Double>) -> Verdict {
    let ignoresTruth = truths.map { truth in
      truth.isCrowd || !range.contains(truth.area ?? truth.width * truth.height)
    }
    let order = truths.indices.filter { !ignoresTruth[$0] } + truths.indices.filter { ignoresTruth[$0] }
    let none = [UInt16](repeating: 0, count: detections.count)
    var verdict = Verdict(matched: none, ignored: none)
    verdict.counted = ignoresTruth.count { !$0 }
    for (step, threshold) in CocoRule.overlaps.enumerated() {
      var isTaken = [Bool](repeating: false, count: truths.count)
      for (index, detection) in detections.enumerated() {
        let bit = UInt16(1) << UInt16(step)
        if let choice = choice(of: index, at: threshold, order, isTaken, ignoresTruth) {
          isTaken[choice] = true
          verdict.matched[index] |= bit
          if ignoresTruth[choice] { verdict.ignored[index] |= bit }
        } else if !range.contains(detection.width * detection.height) {
          verdict.ignored[index] |= bit
        }
      }
    }
    return verdict
  }

  private func choice(
    of detection: Int, at threshold: Double, _ order: [Int], _ isTaken: [Bool], _ ignoresTruth: [Bool]
  ) -> Int? {
    var best = threshold
    var choice = Int?.none
    for truth in order where !isTaken[truth] || truths[truth].isCrowd {
      if let choice, !ignoresTruth[choice], ignoresTruth[truth] { break }
      guard overlaps[detection][truth] >= best else { continue }
      best = overlaps[detection][truth]
      choice = truth
    }
    return choice
  }
}

/// The record of one category over all images: 40 bytes per detection, no boxes.
struct CategoryRecord: Sendable {
  /// A detection after its image was judged. Lanes are the areas of ``CocoRule/areas``, bits the thresholds.
  private struct Judged: Sendable {
    let score: Double
    let image: Int
    /// Its rank among the detections of its image, 0 for the highest score.
    let rank: Int
    let matched: SIMD4<UInt16>
    let ignored: SIMD4<UInt16>
  }

  /// How many truths count, by area.
  private(set) var truths = SIMD4<Int>()
  private var detections: [Judged] = []

  mutating func add(image: Int, _ matching: ImageMatching) {
    let verdicts = CocoRule.areas.map { matching.verdict(area: $0) }
    for (area, verdict) in verdicts.enumerated() { truths[area] += verdict.counted }
    for (rank, detection) in matching.detections.enumerated() {
      var matched = SIMD4<UInt16>()
      var ignored = SIMD4<UInt16>()
      for (area, verdict) in verdicts.enumerated() {
        matched[area] = verdict.matched[rank]
        ignored[area] = verdict.ignored[rank]
      }
      detections.append(
        Judged(score: detection.score ?? 0, image: image, rank: rank, matched: matched, ignored: ignored))
    }
  }

  /// The record with the highest score first; among equal scores the lower image number, then the lower rank.
  ///
  /// As numpy's stable sort orders images by their numbers.
  func sorted() -> CategoryRecord {
    var result = self
    result.detections.sort { left, right in
      left.score == right.score
        ? (left.image, left.rank) < (right.image, right.rank) : left.score > right.score
    }
    return result
  }

  /// The fraction of truths matched at threshold `step`, when `limit` detections per image count; nil without truths.
  func recall(area: Int, step: Int, limit: Int) -> Double? {
    guard truths[area] > 0 else { return nil }
    let bit = UInt16(1) << UInt16(step)
    let hits = detections.count { $0.rank < limit && $0.matched[area] & ~$0.ignored[area] & bit != 0 }
    return Double(hits) / Double(truths[area])
  }

  /// Precision read at ``CocoRule/recalls`` for threshold `step`, of a sorted record; nil without truths.
  ///
  /// After each detection, precision is `TP / (TP + FP + ε)` and recall `TP / truths`. Each
  /// precision is then replaced by the largest to its right, and read where recall first reaches each point; 0 where it
  /// never does.
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
        if detection.matched[area] & bit != 0 { hits += 1 } else { misses += 1 }
      }
      recall.append(hits / count)
      precision.append(hits / (misses + hits + Double.ulpOfOne))
    }
    for index in precision.indices.dropFirst().reversed() {
      precision[index - 1] = max(precision[index - 1], precision[index])
    }
    var index = 0
    return CocoRule.recalls.map { wanted in
      while index < recall.count, recall[index] < wanted { index += 1 }
      return index < precision.count ? precision[index] : 0
    }
  }
}
