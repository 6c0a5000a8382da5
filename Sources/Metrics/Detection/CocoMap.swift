/// COCO's mean average precision and recall of bounding boxes, over images that come one by one.
///
/// The 12 numbers of pycocotools' COCOeval with `iouType = "bbox"`, exactly: ten overlaps from 0.50 to 0.95,
/// 101 recalls, sizes by the truths' areas, up to 100 detections per image and category, crowds ignored, ties of
/// scores by image number and then by the order given. A truth's own `ignore` flag has no say there (COCOeval
/// puts `iscrowd` in its place), so there is none here.
///
/// Categories need not be declared: one without truths has no say. Memory is 40 bytes per detection and one number
/// per image. Source: Lin et al. 2014, arXiv 1405.0312, and cocodataset.org, "Detection evaluation".
public struct CocoMap: Sendable {
  private var categories: [Int: CategoryRecord] = [:]
  private var images: Set<Int> = []

  public init() {}

  /// How many images were added.
  public var imageCount: Int { images.count }

  /// Adds one image; either list may be empty. Nothing is added when it throws.
  ///
  /// - Parameter image: its number; ties between images go by it, so give COCO's ids to get COCO's numbers.
  /// - Throws: ``DetectionError`` for a box that is none, or an image that was added before.
  public mutating func add(
    image: Int, truths: [BoundingBox], detections: [BoundingBox]
  ) throws(DetectionError) {
    guard !images.contains(image) else { throw .repeatedImage(image) }
    for (index, box) in truths.enumerated() {
      try box.check(BoxPlace(image: image, list: .truths, box: index))
    }
    for (index, box) in detections.enumerated() {
      try box.check(BoxPlace(image: image, list: .detections, box: index))
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
  public var value: CocoSummary { CocoSummary(categories.mapValues { $0.sorted() }) }
}
