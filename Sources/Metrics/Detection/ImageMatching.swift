/// One category in one image: which detections have found which truths.
///
/// The surest detection chooses first. It takes the free truth it overlaps most, if by the threshold or more; a
/// later truth of equal overlap wins. Truths of another size and crowds are ignored: they come last, are taken
/// only when no other fits, and who takes one is ignored too. A crowd can be taken again and again.
///
/// Source: `evaluateImg` of pycocotools' COCOeval.
struct ImageMatching {
  let truths: [BoundingBox]
  /// The surest first, ties in the order given, at most ``CocoRule/most``.
  let detections: [BoundingBox]
  /// (detections, truths)
  private let overlaps: [[Double]]

  init(truths: [BoundingBox], detections: [BoundingBox]) {
    let score = { (index: Int) in detections[index].score ?? 0 }
    let ranked = detections.indices.sorted {
      score($0) == score($1) ? $0 < $1 : score($0) > score($1)
    }
    self.truths = truths
    self.detections = ranked.prefix(CocoRule.most).map { detections[$0] }
    overlaps = self.detections.map { detection in truths.map { detection.overlap(with: $0) } }
  }

  /// What becomes of the detections when only truths of some sizes count.
  struct Verdict {
    /// How many truths count.
    var counted = 0
    /// One per detection; bit t says whether it has found a truth at threshold t of ``CocoRule/overlaps``.
    var found: [UInt16]
    /// One per detection; bit t says whether it is ignored at threshold t.
    var ignored: [UInt16]
  }

  func verdict(area range: ClosedRange<Double>) -> Verdict {
    let ignoresTruth = truths.map { truth in
      truth.isCrowd || !range.contains(truth.area ?? truth.width * truth.height)
    }
    let order = truths.indices.filter { !ignoresTruth[$0] } + truths.indices.filter { ignoresTruth[$0] }
    let none = [UInt16](repeating: 0, count: detections.count)
    var verdict = Verdict(found: none, ignored: none)
    verdict.counted = ignoresTruth.count { !$0 }
    for (step, threshold) in CocoRule.overlaps.enumerated() {
      var isTaken = [Bool](repeating: false, count: truths.count)
      for (index, detection) in detections.enumerated() {
        let bit = UInt16(1) << UInt16(step)
        if let choice = choice(of: index, at: threshold, order, isTaken, ignoresTruth) {
          isTaken[choice] = true
          verdict.found[index] |= bit
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
