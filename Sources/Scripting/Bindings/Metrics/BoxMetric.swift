import Datasets
import LuaHost
import Metrics
import Tensors

/// COCO's mean average precision of boxes that scripts give: a list of images, each a list of rows or a tensor.
struct BoxMetric {
  private var map = CocoMap()

  /// Adds the images of a batch.
  mutating func add(truths: LuaValue, detections: LuaValue) throws {
    let truths = try Self.images(truths, "truths")
    let detections = try Self.images(detections, "detections")
    guard truths.count == detections.count else {
      throw ScriptError(
        "CocoMap: truths of \(truths.count) images and detections of \(detections.count)",
        hint: "one list of boxes for "
          + "each image, an empty one where there is none")
    }
    for (truth, found) in zip(truths, detections) {
      let image = map.imageCount + 1
      try map.add(
        image: image, truths: BoundingBox.truths(truth, image: image),
        detections: BoundingBox.detections(found, image: image))
    }
  }

  /// pycocotools' 12 numbers, those that are about something.
  func value() throws -> MetricValue {
    let summary = map.value
    guard summary.averagePrecision != nil else {
      throw MetricError.values(metric: "CocoMap", reason: "no image has a box that counts")
    }
    return .parts(
      CocoSummary.names.compactMap { name in summary[name].map { MetricValue.Part(name, $0) } })
  }

  static func value(truths: LuaValue, detections: LuaValue) throws -> MetricValue {
    var metric = BoxMetric()
    try metric.add(truths: truths, detections: detections)
    return try metric.value()
  }

  private static func images(_ value: LuaValue, _ what: String) throws -> [[[Double]]] {
    guard let images = value.list else {
      throw ScriptError(
        "CocoMap: \(what) is a \(value.typeName), expected a list of images, each a list of boxes")
    }
    return try images.enumerated().map { number, image in
      if let tensor = image.object(Tensor.self) {
        if tensor.count == 0 { return [] }
        guard tensor.rank == 2 else {
          throw ScriptError(
            "CocoMap: \(what) of image \(number + 1) have shape \(tensor.shape), expected (boxes, numbers)")
        }
        return try tensor.converted(to: .float32).rows().map { $0.map(Double.init) }
      }
      guard let rows = image.list, image.table?.fields.isEmpty == true else {
        throw ScriptError(
          "CocoMap: \(what) of image \(number + 1) are a \(image.typeName), expected a list of boxes")
      }
      return try rows.enumerated().map { place, row in
        guard let numbers = row.numbers else {
          throw ScriptError(
            "CocoMap: box \(place + 1) of the \(what) of image \(number + 1) is no list of numbers")
        }
        return numbers
      }
    }
  }
}
