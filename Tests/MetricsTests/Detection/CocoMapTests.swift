import Foundation
import Metrics
import TestSupport
import Testing

/// Cases by pycocotools 2.0.11 itself; see `Tests/Fixtures/detection/make.py`.
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
      let summary = try one.map().value
      for (index, name) in CocoSummary.names.enumerated() {
        let (actual, expected) = (summary.stats[index], one.stats[index])
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

  @Test func doesNotMindTheOrderOfImages() throws {
    for one in try cases() {
      let turned = CocoCase(
        name: one.name, seed: one.seed, images: one.images.reversed(), stats: one.stats,
        categories: one.categories)
      #expect(try turned.map().value == one.map().value, "\(one.testDescription)")
    }
  }

  @Test func growsWithItsImages() throws {
    var map = CocoMap()
    #expect(map.value.stats == Array(repeating: -1, count: 12))
    let box = BoundingBox(x: 10, y: 10, width: 20, height: 20, category: 3)
    var found = box
    found.score = 0.5
    try map.add(image: 1, truths: [box], detections: [found])
    // pycocotools divides by TP + FP + ε, so not quite 1.
    #expect(map.value.stats.map { ($0 * 1e9).rounded() / 1e9 } == [1, 1, 1, 1, -1, -1, 1, 1, 1, 1, -1, -1])
    #expect(map.value["APs"] == map.value["AP"] && map.value["APm"] == nil)
    try map.add(image: 2, truths: [box], detections: [])
    // One of two truths, found at once: precision 1 up to recall 0.5, which are 51 of 101 points.
    #expect(abs((map.value.averagePrecision ?? 0) - 51.0 / 101) < 1e-12)
    #expect(map.value["AR100"] == 0.5 && map.value["AP99"] == nil)
    #expect(map.imageCount == 2)
  }

  private func place(_ list: BoxList, _ box: Int) -> BoxPlace { BoxPlace(image: 42, list: list, box: box) }

  @Test func refusesRowsThatAreNoBoxes() {
    #expect(throws: DetectionFailure.badShape(place(.truths, 1), columns: 4)) {
      try BoundingBox.truths([[0, 0, 1, 1, 1], [0, 0, 1, 1]], image: 42)
    }
    #expect(throws: DetectionFailure.badShape(place(.detections, 0), columns: 5)) {
      try BoundingBox.detections([[0, 0, 1, 1, 1]], image: 42)
    }
    #expect(throws: DetectionFailure.badCategory(place(.truths, 0), 1.5)) {
      try BoundingBox.truths([[0, 0, 1, 1, 1.5]], image: 42)
    }
    #expect(throws: DetectionFailure.self) { try BoundingBox.truths([[0, 0, 1, 1, .nan]], image: 42) }
    #expect(throws: DetectionFailure.badCrowd(place(.truths, 0), 2)) {
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
    let bad: [(BoundingBox, BoxList, DetectionFailure?)] = [
      (altered { $0.width = -1 }, .truths, .negativeSize(place(.truths, 1), width: -1, height: 2)),
      (altered { $0.height = -3 }, .detections, .negativeSize(place(.detections, 1), width: 2, height: -3)),
      (
        altered { $0.x = .infinity }, .truths,
        .notFinite(place(.truths, 1), field: "x", value: .infinity)
      ),
      (altered { $0.y = .nan }, .detections, nil),
      (altered { ($0.width, $0.height) = (1e200, 1e200) }, .truths, nil),
      (altered { $0.score = nil }, .detections, .missingScore(place(.detections, 1))),
      (altered { $0.score = .nan }, .detections, nil),
      (altered { $0.area = -1 }, .truths, .negativeArea(place(.truths, 1), -1)),
      (altered { $0.area = .nan }, .truths, nil),
    ]
    var map = CocoMap()
    for (box, list, failure) in bad {
      let boxes = [good, box]
      let error = #expect(throws: DetectionFailure.self) {
        try map.add(
          image: 42, truths: list == .truths ? boxes : [], detections: list == .detections ? boxes : [])
      }
      if let failure { #expect(error == failure) }
      #expect(error?.description.contains("box 2 of the \(list.rawValue) of image 42") == true)
    }
    #expect(map.imageCount == 0)
    try map.add(image: 42, truths: [good], detections: [good])
    #expect(throws: DetectionFailure.repeatedImage(42)) {
      try map.add(image: 42, truths: [], detections: [])
    }
  }
}
