import Foundation
import Metrics
import TestSupport
import Testing

/// Cases by pycocotools 2.0.11 itself; see `Tests/Python/golden/detection.py`.
struct CocoCase: Sendable, Decodable, CustomTestStringConvertible {
  struct Image: Sendable, Decodable {
    let id: Int
    let truths: [[Double]]
    let detections: [[Double]]
  }

  let name: String
  let seed: Int
  let images: [Image]
  let stats: [Double]
  let categories: [String: Double]

  var testDescription: String { "\(name), seed \(seed)" }

  /// The map of all images, added in the order of the file.
  func map() throws -> CocoMap {
    var map = CocoMap()
    for image in images {
      try map.add(
        image: image.id, truths: BoundingBox.truths(image.truths, image: image.id),
        detections: BoundingBox.detections(image.detections, image: image.id))
    }
    return map
  }
}

@Suite struct CocoMapTests {
  private func cases() throws -> [CocoCase] {
    let file = URL(fileURLWithPath: Fixtures.path("detection/coco_map.json"))
    return try JSONDecoder().decode([CocoCase].self, from: Data(contentsOf: file))
  }

  @Test func agreesWithPycocotools() throws {
    let cases = try cases()
    #expect(cases.count >= 14)
    for one in cases {
      let summary = try one.map().summary
      for (index, name) in CocoSummary.names.enumerated() {
        let actual = summary.stats[index]
        let expected = one.stats[index]
        #expect(abs(actual - expected) <= 1e-12, "\(one.testDescription): \(name)")
        #expect((summary[name] == nil) == (expected == -1), "\(one.testDescription): \(name)")
      }
      #expect(summary.categories.count == one.categories.count, "\(one.testDescription)")
      for (category, expected) in one.categories {
        let actual = Int(category).flatMap { summary.categories[$0] } ?? .nan
        #expect(abs(actual - expected) <= 1e-12, "\(one.testDescription): category \(category)")
      }
    }
  }

  /// Four images of pycocotools' example, its first faked detections
  /// (`instances_val2014_fakebbox100_results.json`), with the numbers that it prints, to three digits, as
  /// TorchMetrics publishes them. Boxes by their corners: left, top, right, bottom, category, score.
  @Test func agreesWithThePublishedExample() throws {
    let images: [(id: Int, truths: [[Double]], detections: [[Double]])] = [
      (42, [[214.15, 41.29, 562.41, 285.07, 4]], [[258.15, 41.29, 606.41, 285.07, 4, 0.236]]),
      (
        73, [[13, 22.75, 548.98, 632.42, 2], [1.66, 3.32, 270.26, 275.23, 2]],
        [[61, 22.75, 565, 632.42, 3, 0.318], [12.66, 3.32, 281.26, 275.23, 2, 0.726]]
      ),
      (
        74,
        [
          [61.87, 276.25, 358.29, 379.43, 4], [2.75, 3.66, 162.15, 316.06, 1],
          [295.55, 93.96, 313.97, 152.79, 0],
          [326.94, 97.05, 340.49, 122.98, 0], [356.62, 95.47, 372.33, 147.55, 0],
          [462.08, 105.09, 493.74, 146.99, 0], [277.11, 103.84, 292.44, 150.72, 0],
        ],
        [
          [87.87, 276.25, 384.29, 379.43, 4, 0.546], [0, 3.66, 142.15, 316.06, 1, 0.3],
          [296.55, 93.96, 314.97, 152.79, 0, 0.407], [328.94, 97.05, 342.49, 122.98, 0, 0.611],
          [356.62, 95.47, 372.33, 147.55, 0, 0.335], [464.08, 105.09, 495.74, 146.99, 0, 0.805],
          [276.11, 103.84, 291.44, 150.72, 0, 0.953],
        ]
      ), (133, [[13.99, 2.87, 640, 421.52, 5]], [[0, 2.87, 601, 421.52, 5, 0.699]]),
    ]
    func sized(_ boxes: [[Double]]) -> [[Double]] {
      boxes.map { [$0[0], $0[1], $0[2] - $0[0], $0[3] - $0[1]] + $0[4...] }
    }
    var map = CocoMap()
    for image in images {
      try map.add(
        image: image.id, truths: BoundingBox.truths(sized(image.truths), image: image.id),
        detections: BoundingBox.detections(sized(image.detections), image: image.id))
    }
    let summary = map.summary
    let published = [0.706, 0.901, 0.846, 0.689, 0.800, 0.701, 0.592, 0.716, 0.716, 0.767, 0.800, 0.700]
    for (actual, expected) in zip(summary.stats, published) { #expect(abs(actual - expected) <= 5e-4) }
    for (category, expected) in [0: 0.725, 1: 0.800, 2: 0.454, 4: 0.650, 5: 0.900] {
      #expect(abs((summary.categories[category] ?? .nan) - expected) <= 5e-4)
    }
  }

  @Test func doesNotMindTheOrderOfImages() throws {
    for one in try cases() {
      let turned = CocoCase(
        name: one.name, seed: one.seed, images: one.images.reversed(), stats: one.stats,
        categories: one.categories)
      #expect(try turned.map().summary == one.map().summary, "\(one.testDescription)")
    }
  }

  @Test func growsWithItsImages() throws {
    var map = CocoMap()
    #expect(map.summary.stats == Array(repeating: -1, count: 12))
    let box = BoundingBox(x: 10, y: 10, width: 20, height: 20, category: 3)
    var found = box
    found.score = 0.5
    try map.add(image: 1, truths: [box], detections: [found])
    // pycocotools divides by TP + FP + ε, so not quite 1.
    #expect(map.summary.stats.map { ($0 * 1e9).rounded() / 1e9 } == [1, 1, 1, 1, -1, -1, 1, 1, 1, 1, -1, -1])
    #expect(map.summary["APs"] == map.summary["AP"] && map.summary["APm"] == nil)
    try map.add(image: 2, truths: [box], detections: [])
    // One of two truths, found at once: precision 1 up to recall 0.5, which are 51 of 101 points.
    #expect(abs((map.summary.averagePrecision ?? 0) - 51.0 / 101) < 1e-12)
    #expect(map.summary["AR100"] == 0.5 && map.summary["AP99"] == nil)
    #expect(map.imageCount == 2)
  }

  private func location(_ list: BoxList, _ box: Int) -> BoxLocation {
    BoxLocation(image: 42, list: list, box: box)
  }

  @Test func refusesRowsThatAreNoBoxes() {
    #expect(throws: DetectionError.badShape(location(.truths, 1), columns: 4)) {
      try BoundingBox.truths([[0, 0, 1, 1, 1], [0, 0, 1, 1]], image: 42)
    }
    #expect(throws: DetectionError.badShape(location(.detections, 0), columns: 5)) {
      try BoundingBox.detections([[0, 0, 1, 1, 1]], image: 42)
    }
    #expect(throws: DetectionError.badCategory(location(.truths, 0), 1.5)) {
      try BoundingBox.truths([[0, 0, 1, 1, 1.5]], image: 42)
    }
    #expect(throws: DetectionError.self) { try BoundingBox.truths([[0, 0, 1, 1, .nan]], image: 42) }
    #expect(throws: DetectionError.badCrowd(location(.truths, 0), 2)) {
      try BoundingBox.truths([[0, 0, 1, 1, 1, 2]], image: 42)
    }
  }

  @Test func refusesBoxesThatCannotBe() throws {
    let good = BoundingBox(x: 0, y: 0, width: 2, height: 2, category: 1, score: 0.5)
    func altered(_ change: (inout BoundingBox) -> Void) -> BoundingBox {
      var box = good
      change(&box)
      return box
    }
    let bad: [(BoundingBox, BoxList, DetectionError?)] = [
      (altered { $0.width = -1 }, .truths, .negativeSize(location(.truths, 1), width: -1, height: 2)),
      (
        altered { $0.height = -3 }, .detections, .negativeSize(location(.detections, 1), width: 2, height: -3)
      ),
      (
        altered { $0.x = .infinity }, .truths,
        .notFinite(location(.truths, 1), field: "x", value: .infinity)
      ),
      (altered { $0.y = .nan }, .detections, nil),
      (altered { ($0.width, $0.height) = (1e200, 1e200) }, .truths, nil),
      (altered { $0.score = nil }, .detections, .missingScore(location(.detections, 1))),
      (altered { $0.score = .nan }, .detections, nil),
      (altered { $0.area = -1 }, .truths, .negativeArea(location(.truths, 1), -1)),
      (altered { $0.area = .nan }, .truths, nil),
    ]
    var map = CocoMap()
    for (box, list, failure) in bad {
      let boxes = [good, box]
      let error = #expect(throws: DetectionError.self) {
        try map.add(
          image: 42, truths: list == .truths ? boxes : [], detections: list == .detections ? boxes : [])
      }
      if let failure { #expect(error == failure) }
      #expect(error?.description.contains("box 2 of the \(list.rawValue) of image 42") == true)
    }
    #expect(map.imageCount == 0)
    try map.add(image: 42, truths: [good], detections: [good])
    #expect(throws: DetectionError.repeatedImage(42)) {
      try map.add(image: 42, truths: [], detections: [])
    }
  }
}
