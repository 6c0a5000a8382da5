import OrderedCollections

extension NetworkMetric {
  /// Metrics that compare boxes in images.
  public static let detectionMetrics = [cocoMap]

  public static let cocoMap = NetworkMetric(
    name: "CocoMap", summary: "COCO's mean average precision of boxes", kind: .detection { CocoMap() })
}

/// A metric that compares boxes in images, batch by batch.
public protocol DetectionMetric: Sendable {
  /// Adds the images of a batch.
  ///
  /// - Throws: ``DetectionError`` for boxes that cannot be judged.
  mutating func add(_ images: [ImageBoxes]) throws
  /// The value over all images so far.
  ///
  /// - Throws: ``MetricError`` where nothing was measured.
  func value() throws -> MetricValue
}

/// The boxes of one image, as rows of numbers; see ``BoundingBox/truths(_:image:)`` and
/// ``BoundingBox/detections(_:image:)``.
public struct ImageBoxes: Sendable {
  public var truths: [[Double]]
  public var detections: [[Double]]

  public init(truths: [[Double]], detections: [[Double]]) {
    self.truths = truths
    self.detections = detections
  }
}

/// COCO's mean average precision and recall of bounding boxes, over images that are added one by one.
///
/// The 12 numbers of pycocotools' COCOeval with `iouType = "bbox"`, exactly: ten overlaps from 0.50 to 0.95,
/// 101 recalls, sizes by the truths' areas, up to 100 detections per image and category, crowds ignored, ties of
/// scores by image number and then by the order given. A truth's own `ignore` flag has no effect in COCOeval, which
/// replaces it by `iscrowd`, so there is no such flag here.
///
/// Categories need not be declared: one without truths has no effect. Memory is 40 bytes per detection and one number
/// per image. Source: Lin et al. 2014, arXiv 1405.0312, and cocodataset.org, "Detection evaluation".
public struct CocoMap: Sendable {
  private var categories: [Int: CategoryRecord] = [:]
  private var images: Set<Int> = []

  public init() {}

  /// How many images were added.
  public var imageCount: Int { images.count }

  /// Adds the image of number `image`; either list may be empty. Nothing is added when it throws.
  ///
  /// Ties between images are ordered by their numbers, so pass COCO's ids to get COCO's numbers.
  ///
  /// - Throws: ``DetectionError`` for an invalid box, and an image that was added before.
  public mutating func add(
    image: Int, truths: [BoundingBox], detections: [BoundingBox]
  ) throws(DetectionError) {
    guard !images.contains(image) else { throw .repeatedImage(image) }
    for (index, box) in truths.enumerated() {
      try box.check(BoxLocation(image: image, list: .truths, box: index))
    }
    for (index, box) in detections.enumerated() {
      try box.check(BoxLocation(image: image, list: .detections, box: index))
    }
    images.insert(image)
    let real = Dictionary(grouping: truths, by: \.category)
    let found = Dictionary(grouping: detections, by: \.category)
    for category in Set(real.keys).union(found.keys) {
      let matching = ImageMatching(truths: real[category] ?? [], detections: found[category] ?? [])
      categories[category, default: CategoryRecord()].add(image: image, matching)
    }
  }

  /// The 12 numbers over the images so far.
  public var summary: CocoSummary { CocoSummary(categories.mapValues { $0.sorted() }) }
}

extension CocoMap: DetectionMetric {
  /// Adds images under the next numbers, from 1.
  ///
  /// - Throws: ``DetectionError`` for a row that is not a valid box; the images before it are added.
  public mutating func add(_ images: [ImageBoxes]) throws {
    for boxes in images {
      let image = imageCount + 1
      try add(
        image: image, truths: BoundingBox.truths(boxes.truths, image: image),
        detections: BoundingBox.detections(boxes.detections, image: image))
    }
  }

  /// pycocotools' 12 numbers, without those for which no truth counts.
  ///
  /// - Throws: ``MetricError/values(metric:reason:hint:)`` when no image has a truth that counts.
  public func value() throws -> MetricValue {
    let summary = self.summary
    guard summary.averagePrecision != nil else {
      throw MetricError.values(metric: "CocoMap", reason: "no image has a box that counts")
    }
    let parts = CocoSummary.names.compactMap { name in summary[name].map { (name, $0) } }
    return .parts(OrderedDictionary(uniqueKeysWithValues: parts))
  }
}

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

  /// The number called so; nil where no truth counts, or for an unknown name.
  public subscript(name: String) -> Double? {
    Self.names.firstIndex(of: name).flatMap { values[$0] }
  }

  /// The numbers as pycocotools returns them (`COCOeval.stats`): −1 where no truth counts.
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
    values += (1...3).map { recall($0, CocoRule.maxDetections) }
    self.values = values
    let counted = ordered.filter { $0.value.truths[0] > 0 }.map(\.key)
    categories = Dictionary(
      uniqueKeysWithValues: zip(counted, precisions[0].map(Statistics.mean)))
  }

  private static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : Statistics.mean(values)
  }
}

/// The parameters of COCO's evaluation: pycocotools' `Params` for boxes.
enum CocoRule {
  /// Overlaps from which a detection matches a truth: 0.50, 0.55 … 0.95, as `numpy.linspace` makes them.
  static let overlaps = spaced(from: 0.5, to: 0.95, count: 10)
  /// Recalls at which precision is read: 0, 0.01 … 1.
  static let recalls = spaced(from: 0, to: 1, count: 101)
  /// Areas in square pixels, both ends included: all, small (up to 32²), medium (up to 96²), large.
  static let areas: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]
  /// How many detections of a category in an image count, the highest scores first.
  static let limits = [1, 10, 100]
  /// The largest number that ever counts.
  static let maxDetections = 100

  private static func spaced(from first: Double, to last: Double, count: Int) -> [Double] {
    let step = (last - first) / Double(count - 1)
    return (0..<count - 1).map { Double($0) * step + first } + [last]
  }
}
