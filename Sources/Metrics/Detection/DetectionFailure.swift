import Support

/// Which boxes of an image are meant.
public enum BoxList: String, Sendable, Hashable {
  case truths
  case detections
}

/// Where a box came from. Images go by their own number, boxes are counted from 0.
public struct BoxPlace: Sendable, Hashable {
  public let image: Int
  public let list: BoxList
  public let box: Int

  public init(image: Int, list: BoxList, box: Int) {
    self.image = image
    self.list = list
    self.box = box
  }
}

/// Boxes that cannot be judged.
public enum DetectionError: NightjarError, Equatable {
  case badShape(BoxPlace, columns: Int)
  case badCategory(BoxPlace, Double)
  case badCrowd(BoxPlace, Double)
  case notFinite(BoxPlace, field: String, value: Double)
  case negativeSize(BoxPlace, width: Double, height: Double)
  case negativeArea(BoxPlace, Double)
  case missingScore(BoxPlace)
  case repeatedImage(Int)

  public var exitCode: ExitCode { .script }

  public var message: ErrorMessage {
    switch self {
    case .badShape(let place, let columns):
      let wanted =
        place.list == .detections
        ? "6: x, y, width, height, category, score"
        : "5 to 7: x, y, width, height, category, crowd (0 or 1), area"
      return "\(at(place)) has \(columns) numbers; give \(wanted)"
    case .badCategory(let place, let value):
      return "\(at(place)) has the category \(value); give a whole number"
    case .badCrowd(let place, let value):
      return "\(at(place)) has the crowd flag \(value); give 1 for a crowd, else 0"
    case .notFinite(let place, let field, let value):
      return "\(at(place)): its \(field) is \(value); give finite numbers, or leave the box out"
    case .negativeSize(let place, let width, let height):
      return "\(at(place)) is \(width) wide and \(height) high; give x, y, width, height, not two corners"
    case .negativeArea(let place, let area):
      return "\(at(place)) has the area \(area); give 0 or more, or none for width · height"
    case .missingScore(let place):
      return "\(at(place)) has no score; detections are ranked by it, so give each one"
    case .repeatedImage(let image):
      return "image \(image) was added before; give all truths and detections of an image at once"
    }
  }

  private func at(_ place: BoxPlace) -> String {
    "box \(place.box + 1) of the \(place.list.rawValue) of image \(place.image)"
  }
}
