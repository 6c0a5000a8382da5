import Support

/// An upright rectangle in an image: a true object, or a detection.
///
/// Lengths are in pixels, the corner (x, y) is the one with the smallest coordinates, as in COCO's files.
public struct BoundingBox: Sendable, Hashable {
  public var x: Double
  public var y: Double
  public var width: Double
  public var height: Double
  /// What kind of object it is; any number, such as COCO's category ids.
  public var category: Int
  /// The detector's confidence, in any unit; of detections only.
  public var score: Double?
  /// Whether it is a crowd, any number of whose members may be detected; of truths only.
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

  /// The intersection over union of the boxes, 0 to 1: `|A ∩ B| / |A ∪ B|`; with a crowd, of the detection alone:
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
  /// The truths of one image from rows of numbers: x, y, width, height, category, and, optionally, whether it is
  /// a crowd (0 or 1) and the area.
  ///
  /// - Throws: ``DetectionError`` for a row of another length, or an invalid category or crowd flag.
  public static func truths(
    _ rows: [[Double]], image: Int
  ) throws(DetectionError) -> [BoundingBox] {
    try boxes(rows, of: .truths, image: image, columns: 5...7)
  }

  /// The detections of one image from rows of numbers: x, y, width, height, category, score.
  ///
  /// - Throws: ``DetectionError`` for a row of another length, or an invalid category.
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
      let location = BoxLocation(image: image, list: list, box: index)
      guard columns.contains(row.count) else { throw .badShape(location, columns: row.count) }
      guard let category = Int(exactly: row[4]) else { throw .badCategory(location, row[4]) }
      var box = BoundingBox(x: row[0], y: row[1], width: row[2], height: row[3], category: category)
      switch list {
      case .detections: box.score = row[5]
      case .truths:
        if row.count > 5 {
          guard row[5] == 0 || row[5] == 1 else { throw .badCrowd(location, row[5]) }
          box.isCrowd = row[5] == 1
        }
        if row.count > 6 { box.area = row[6] }
      }
      boxes.append(box)
    }
    return boxes
  }

  /// - Throws: ``DetectionError`` for a box that is invalid in its list.
  func check(_ location: BoxLocation) throws(DetectionError) {
    for (name, value) in [("x", x), ("y", y), ("width", width), ("height", height)] where !value.isFinite {
      throw .notFinite(location, field: name, value: value)
    }
    guard width >= 0, height >= 0 else { throw .negativeSize(location, width: width, height: height) }
    // Sums of two areas are made of these, so there is room left.
    guard (4 * width * height).isFinite, (x + width).isFinite, (y + height).isFinite else {
      throw .notFinite(location, field: "area", value: .infinity)
    }
    switch location.list {
    case .detections:
      guard let score else { throw .missingScore(location) }
      guard score.isFinite else { throw .notFinite(location, field: "score", value: score) }
    case .truths:
      guard let area else { return }
      guard area.isFinite else { throw .notFinite(location, field: "area", value: area) }
      guard area >= 0 else { throw .negativeArea(location, area) }
    }
  }
}

/// The list of boxes that an error is about.
public enum BoxList: String, Sendable, Hashable {
  case truths
  case detections
}

/// The location of a box. Images have numbers of their own, boxes are counted from 0.
public struct BoxLocation: Sendable, Hashable {
  public let image: Int
  public let list: BoxList
  public let box: Int

  public init(image: Int, list: BoxList, box: Int) {
    self.image = image
    self.list = list
    self.box = box
  }
}

/// Boxes that cannot be evaluated.
public enum DetectionError: NightjarError, Equatable {
  case badShape(BoxLocation, columns: Int)
  case badCategory(BoxLocation, Double)
  case badCrowd(BoxLocation, Double)
  case notFinite(BoxLocation, field: String, value: Double)
  case negativeSize(BoxLocation, width: Double, height: Double)
  case negativeArea(BoxLocation, Double)
  case missingScore(BoxLocation)
  case repeatedImage(Int)

  public var exitCode: ExitCode { .script }

  public var message: ErrorMessage {
    switch self {
    case .badShape(let location, let columns):
      let expected =
        location.list == .detections
        ? "6: x, y, width, height, category, score"
        : "5 to 7: x, y, width, height, category, crowd (0 or 1), area"
      return "\(at(location)) has \(columns) numbers, expected \(expected)"
    case .badCategory(let location, let value):
      return "\(at(location)) has the category \(value), expected an integer"
    case .badCrowd(let location, let value):
      return "\(at(location)) has the crowd flag \(value), expected 1 for a crowd, else 0"
    case .notFinite(let location, let field, let value):
      return ErrorMessage(
        "\(at(location)): its \(field) is \(value), expected a finite number", hint: "leave out such boxes")
    case .negativeSize(let location, let width, let height):
      return ErrorMessage(
        "\(at(location)) is \(width) wide and \(height) high",
        hint: "a box is x, y, width, height, not two corners")
    case .negativeArea(let location, let area):
      return "\(at(location)) has the area \(area), expected 0 or more, or no area for width · height"
    case .missingScore(let location):
      return "\(at(location)) has no score, by which detections are ranked"
    case .repeatedImage(let image):
      return ErrorMessage(
        "image \(image) was added before", hint: "pass all truths and detections of an image at once")
    }
  }

  private func at(_ location: BoxLocation) -> String {
    "box \(location.box + 1) of the \(location.list.rawValue) of image \(location.image)"
  }
}
