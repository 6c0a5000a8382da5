/// An upright rectangle in an image: something that is there, or something a detector found.
///
/// Lengths are in pixels, the corner (x, y) is the one with the smallest coordinates, as in COCO's files.
public struct BoundingBox: Sendable, Hashable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double
  /// What kind of thing it is; any number, such as COCO's category ids.
  public var category: Int
  /// How sure the detector is, in any unit; of detections only.
  public var score: Double?
  /// Whether it stands for a crowd, any number of whose members may be found; of truths only.
  public var isCrowd: Bool
  /// The area that sorts a truth into small, medium or large, in square pixels; nil: width · height.
  ///
  /// COCO's files have the area of the outline here, which is smaller. Of truths only: a detection's area is
  /// width · height, as pycocotools' `loadRes` sets it.
  public var area: Double?

  public init(
    x: Double, y: Double, width: Double, height: Double, category: Int, score: Double? = nil,
    isCrowd: Bool = false, area: Double? = nil
  ) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
    self.category = category
    self.score = score
    self.isCrowd = isCrowd
    self.area = area
  }

  /// How much of both boxes they share, 0 to 1: `|A ∩ B| / |A ∪ B|`; with a crowd, of the detection alone:
  /// `|A ∩ B| / |A|`. 0 when they only touch. `self` is the detection.
  ///
  /// Source: `bbIou` of pycocotools, and in its order of operations, so that overlaps that meet a threshold
  /// exactly do so here.
  func overlap(with truth: BoundingBox) -> Double {
    let shared = (
      min(width + x, truth.width + truth.x) - max(x, truth.x),
      min(height + y, truth.height + truth.y) - max(y, truth.y)
    )
    guard shared.0 > 0, shared.1 > 0 else { return 0 }
    let own = width * height
    let other = truth.width * truth.height
    let both = shared.0 * shared.1
    return both / (truth.isCrowd ? own : own + other - both)
  }
}

extension BoundingBox {
  /// The truths of one image from rows of numbers: x, y, width, height, category, and, if wanted, whether it is
  /// a crowd (0 or 1) and the area.
  ///
  /// - Throws: ``DetectionError`` for a row of another length, or a category or crowd flag that is none.
  public static func truths(
    _ rows: [[Double]], image: Int
  ) throws(DetectionError) -> [BoundingBox] {
    try boxes(rows, of: .truths, image: image, columns: 5...7)
  }

  /// The detections of one image from rows of numbers: x, y, width, height, category, score.
  ///
  /// - Throws: ``DetectionError`` for a row of another length, or a category that is none.
  public static func detections(
    _ rows: [[Double]], image: Int
  ) throws(DetectionError) -> [BoundingBox] {
    try boxes(rows, of: .detections, image: image, columns: 6...6)
  }

  private static func boxes(
    _ rows: [[Double]], of list: BoxList, image: Int, columns: ClosedRange<Int>
  ) throws(DetectionError) -> [BoundingBox] {
    var boxes: [BoundingBox] = []
    for (index, row) in rows.enumerated() {
      let place = BoxPlace(image: image, list: list, box: index)
      guard columns.contains(row.count) else { throw .badShape(place, columns: row.count) }
      guard let category = Int(exactly: row[4]) else { throw .badCategory(place, row[4]) }
      var box = BoundingBox(x: row[0], y: row[1], width: row[2], height: row[3], category: category)
      switch list {
      case .detections: box.score = row[5]
      case .truths:
        if row.count > 5 {
          guard row[5] == 0 || row[5] == 1 else { throw .badCrowd(place, row[5]) }
          box.isCrowd = row[5] == 1
        }
        if row.count > 6 { box.area = row[6] }
      }
      boxes.append(box)
    }
    return boxes
  }

  /// Throws what is wrong with the box as one of a list.
  func check(_ place: BoxPlace) throws(DetectionError) {
    for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] where !value.isFinite {
      throw .notFinite(place, field: name, value: value)
    }
    guard width >= 0, height >= 0 else { throw .negativeSize(place, width: width, height: height) }
    // Sums of two areas are made of these, so there is room left.
    guard (4 * width * height).isFinite, (x + width).isFinite, (y + height).isFinite else {
      throw .notFinite(place, field: "area", value: .infinity)
    }
    switch place.list {
    case .detections:
      guard let score else { throw .missingScore(place) }
      guard score.isFinite else { throw .notFinite(place, field: "score", value: score) }
    case .truths:
      guard let area else { return }
      guard area.isFinite else { throw .notFinite(place, field: "area", value: area) }
      guard area >= 0 else { throw .negativeArea(place, area) }
    }
  }
}
