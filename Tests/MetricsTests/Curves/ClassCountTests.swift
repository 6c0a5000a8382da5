import Metrics
import Testing

@Suite struct ConfusionCountsTests {
  @Test func countsBatchByBatch() throws {
    var counts = try ConfusionCounts(classes: 3)
    #expect(counts.total == 0 && counts.accuracy == nil && counts.macroF1 == nil)
    try counts.add(labels: [0, 0, 1], predictions: [0, 1, 1])
    try counts.add(labels: [1, 0], predictions: [0, 0])
    try counts.add(labels: [], predictions: [])
    #expect(counts.counts == [[2, 1, 0], [1, 1, 0], [0, 0, 0]])
    #expect(counts.total == 5 && counts.accuracy == 0.6)
    #expect(counts.recalls == [2.0 / 3, 0.5, nil])
    #expect(counts.precisions == [2.0 / 3, 0.5, nil])
    #expect(counts.f1 == [4.0 / 6, 2.0 / 4, nil])
    #expect(abs((counts.balancedAccuracy ?? 0) - (2.0 / 3 + 0.5) / 2) < 1e-15)
    #expect(abs((counts.macroF1 ?? 0) - (2.0 / 3 + 0.5) / 2) < 1e-15)
  }

  @Test func addsParts() throws {
    var (whole, part) = (try ConfusionCounts(classes: 2), try ConfusionCounts(classes: 2))
    try whole.add(labels: [0], predictions: [1])
    try part.add(labels: [0, 1], predictions: [1, 1])
    try whole.add(part)
    #expect(whole.counts == [[0, 2], [0, 1]])
    // Never right, but predicted: 0; neither there nor predicted: nothing.
    #expect(whole.precisions == [nil, 1.0 / 3] && whole.f1 == [0, 0.5])
    let other = try ConfusionCounts(classes: 3)
    #expect(throws: ClassFailure.different(2, 3)) { try whole.add(other) }
  }

  @Test func refusesWhatIsNoClass() throws {
    #expect(throws: ClassFailure.badClasses(0)) { try ConfusionCounts(classes: 0) }
    #expect(throws: ClassFailure.badClasses(1 << 40)) { try ConfusionCounts(classes: 1 << 40) }
    #expect(throws: ClassFailure.badSeen(3, classes: 3)) {
      try ConfusionCounts(classes: 3, seen: [1, 3])
    }
    var counts = try ConfusionCounts(classes: 3, seen: [0, 1])
    #expect(throws: ClassFailure.lengths(what: "predictions", count: 1, expected: 2)) {
      try counts.add(labels: [0, 1], predictions: [0])
    }
    #expect(throws: ClassFailure.outside(what: "label", sample: 1, value: -100, classes: 3)) {
      try counts.add(labels: [0, -100], predictions: [0, 0])
    }
    #expect(throws: ClassFailure.outside(what: "prediction", sample: 0, value: 3, classes: 3)) {
      try counts.add(labels: [0], predictions: [3])
    }
    let huge = #expect(throws: ClassFailure.self) { try counts.add(labels: [.max], predictions: [0]) }
    #expect(huge?.description.contains("outside the 3 classes") == true)
    let error = #expect(throws: ClassFailure.unseen(what: "prediction", sample: 1, value: 2, seen: 2)) {
      try counts.add(labels: [0, 1], predictions: [0, 2])
    }
    #expect(error?.description.contains("the prediction of sample 2 is class 3") == true)
    #expect(counts.total == 0)
  }
}

@Suite struct GroupAccuracyTests {
  @Test func countsLanguages() throws {
    var accuracy = GroupAccuracy()
    #expect(accuracy.overall == nil && accuracy.mean == nil && accuracy.worst == nil)
    try accuracy.add(labels: [1, 2, 3], predictions: [1, 2, 4], groups: ["fa", "fa", "nl"])
    try accuracy.add(labels: [1, 2], predictions: [1, 1], groups: ["fa", "fa"])
    #expect(accuracy.accuracies == ["fa": 0.75, "nl": 0])
    #expect(accuracy.counts["fa"]?.right == 3 && accuracy.counts["fa"]?.total == 4)
    #expect(accuracy.overall == 0.6 && accuracy.mean == 0.375 && accuracy.worst == "nl")
    #expect(throws: ClassFailure.lengths(what: "groups", count: 1, expected: 2)) {
      try accuracy.add(labels: [1, 2], predictions: [1, 2], groups: ["fa"])
    }
    #expect(throws: ClassFailure.lengths(what: "predictions", count: 0, expected: 1)) {
      try accuracy.add(labels: [1], predictions: [], groups: ["fa"])
    }
    #expect(accuracy.overall == 0.6)
  }
}

@Suite struct CalibrationErrorTests {
  @Test func comparesConfidenceWithAccuracy() throws {
    var error = try CalibrationError(bins: 2)
    #expect(error.value == nil && error.maximum == nil)
    try error.add(confidences: [0.9, 0.7], isRight: [true, false])
    try error.add(confidences: [0.4], isRight: [true])
    // (0.5, 1]: |1/2 − 0.8| of two; (0, 0.5]: |1 − 0.4| of one.
    #expect(abs((error.value ?? 0) - (2 * 0.3 + 0.6) / 3) < 1e-15)
    #expect(abs((error.maximum ?? 0) - 0.6) < 1e-15)
    #expect(error.total == 3 && error.bins[1].accuracy == 0.5 && error.bins[1].confidence == 0.8)
  }

  @Test(arguments: [
    (0.0, 0), (0.1, 0), (0.10000000000000002, 1), (0.3, 2), (0.30000000000000004, 3), (0.7, 6), (0.95, 9),
    (1, 9),
  ]) func putsEdgesIntoTheLowerBin(_ confidence: Double, _ bin: Int) throws {
    var error = try CalibrationError(bins: 10)
    try error.add(confidences: [confidence], isRight: [true])
    #expect(error.bins.firstIndex { $0.count > 0 } == bin)
  }

  @Test func putsEveryEdgeIntoTheLowerBin() throws {
    for count in 1...200 {
      var error = try CalibrationError(bins: count)
      for edge in 1...count {
        try error.add(confidences: [Double(edge) / Double(count)], isRight: [true])
      }
      #expect(error.bins.allSatisfy { $0.count == 1 })
    }
  }

  @Test func takesProbabilities() throws {
    var error = try CalibrationError()
    try error.add(probabilities: [[0.8, 0.2], [0.5, 0.5], [0.25, 0.75]], labels: [0, 0, 0])
    // 0.8 right, 0.5 right (the first among equals), 0.75 wrong; 0.75 and 0.8 share the bin (11/15, 12/15].
    #expect(abs((error.value ?? 0) - (abs(1 - 1.55) + 0.5) / 3) < 1e-12)
    #expect(error.bins.count == 15)
  }

  @Test func refusesWhatIsNoProbability() throws {
    #expect(throws: ClassFailure.badBins(0)) { try CalibrationError(bins: 0) }
    var error = try CalibrationError(bins: 5)
    #expect(throws: ClassFailure.lengths(what: "confidences", count: 1, expected: 0)) {
      try error.add(confidences: [1], isRight: [])
    }
    #expect(throws: ClassFailure.badConfidence(sample: 1, value: 1.5)) {
      try error.add(confidences: [1, 1.5], isRight: [true, true])
    }
    #expect(throws: ClassFailure.self) { try error.add(confidences: [.nan], isRight: [true]) }
    #expect(throws: ClassFailure.badConfidence(sample: 0, value: -2)) {
      try error.add(probabilities: [[-2, 3]], labels: [0])
    }
    #expect(throws: ClassFailure.badSum(sample: 0, sum: 1.5)) {
      try error.add(probabilities: [[0.75, 0.75]], labels: [0])
    }
    #expect(throws: ClassFailure.outside(what: "label", sample: 0, value: 2, classes: 2)) {
      try error.add(probabilities: [[0.5, 0.5]], labels: [2])
    }
    #expect(throws: ClassFailure.lengths(what: "rows of probabilities", count: 0, expected: 1)) {
      try error.add(probabilities: [], labels: [0])
    }
    #expect(error.total == 0)
  }
}
