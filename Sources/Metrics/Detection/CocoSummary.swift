/// COCO's 12 numbers, each 0 to 1: average precision (AP) and average recall (AR).
///
/// AP is the mean over categories and overlaps 0.50 to 0.95 of the mean precision at 101 recalls; AP50 and AP75
/// are for one overlap. AR is the mean over categories and overlaps of the recall with up to 1, 10 or 100
/// detections per image. s, m and l are for truths of up to 32², up to 96² and more square pixels.
public struct CocoSummary: Sendable, Hashable {
  /// What the numbers are called, in pycocotools' order.
  public static let names = [
    "AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl",
  ]

  /// The numbers in the order of ``names``; nil where no truth counts.
  public let values: [Double?]
  /// AP by category, of those that have truths that count.
  public let categories: [Int: Double]

  /// The mean average precision, AP; nil without truths.
  public var averagePrecision: Double? { self["AP"] }

  /// The number called so; nil where no truth counts, or for a name that is none.
  public subscript(name: String) -> Double? {
    Self.names.firstIndex(of: name).flatMap { values[$0] }
  }

  /// The numbers as pycocotools gives them (`COCOeval.stats`): −1 where no truth counts.
  public var stats: [Double] { values.map { $0 ?? -1 } }

  /// Sums over records that are sorted, in the order of the category numbers.
  init(_ records: [Int: CategoryRecord]) {
    let ordered = records.sorted { $0.key < $1.key }
    let steps = CocoRule.overlaps.indices
    // Mean precision over the recalls: (areas, categories that count, overlaps).
    let precisions = CocoRule.areas.indices.map { area in
      ordered.compactMap { _, record -> [Double]? in
        let row = steps.compactMap { record.precisions(area: area, step: $0).map(Statistics.mean) }
        return row.isEmpty ? nil : row
      }
    }
    let precision = { (area: Int, steps: Range<Int>) -> Double? in
      Self.mean(precisions[area].flatMap { $0[steps] })
    }
    let recall = { (area: Int, limit: Int) -> Double? in
      Self.mean(
        ordered.flatMap { _, record in
          steps.compactMap { record.recall(area: area, step: $0, limit: limit) }
        })
    }
    var values = [precision(0, steps), precision(0, 0..<1), precision(0, 5..<6)]
    values += (1...3).map { precision($0, steps) }
    values += CocoRule.limits.map { recall(0, $0) }
    values += (1...3).map { recall($0, CocoRule.most) }
    self.values = values
    let counted = ordered.filter { $0.value.truths[0] > 0 }.map(\.key)
    categories = Dictionary(
      uniqueKeysWithValues: zip(counted, precisions[0].map(Statistics.mean)))
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : Statistics.mean(values)
  }
}
