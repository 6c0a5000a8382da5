import Dispatch
import Scripting
import Tensors
import Testing

/// Two streams of tensors that meet.
@Suite struct TwinMeetingTests {
  private let device = Device(memory: 1 << 24, threads: 1)

  private func tensor(_ values: [Float]) throws -> Tensor {
    try Tensor(values, shape: [values.count], on: device)
  }

  /// A stream of steps: an operation with the elements of its result.
  private typealias Stream = [(operation: String, values: [Float])]

  private func meet(_ a: Stream, _ b: Stream, tolerance: Double = 1e-5) throws -> TwinMeeting.Verdict {
    let meeting = TwinMeeting(tolerance: tolerance)
    let steps = try [a, b].map { stream in
      try stream.enumerated().map { line, step in
        TwinStep(operation: step.operation, location: "x.lua:\(line + 1)", tensor: try tensor(step.values))
      }
    }
    DispatchQueue.concurrentPerform(iterations: 2) { side in
      for step in steps[side] where !meeting.isOver { meeting.arrive(side, step) }
      meeting.end(side)
    }
    return try meeting.verdict()
  }

  @Test func theFirstDifferenceEndsIt() throws {
    let verdict = try meet(
      [("add", [1, 2]), ("mul", [3, 4]), ("sum", [7])], [("add", [1, 2]), ("mul", [3, 4.5]), ("sum", [9])])
    let difference = try #require(verdict.difference)
    #expect(difference.a.operation == "mul" && difference.b.location == "x.lua:2")
    #expect(difference.distance.index == [2] && difference.distance.values == [4, 4.5])
    #expect(difference.distance.different == 1 && difference.distance.ulps == 1 << 20)
    #expect(verdict.compared == 2)
  }

  @Test func whatOneAloneComputesIsPassedOver() throws {
    let many: Stream = (0..<300).map { ("add", [Float($0)]) }
    #expect(try meet(many, many).compared == 300)
    let verdict = try meet(
      [("norm", [9]), ("add", [1]), ("exp", [5])], [("add", [1]), ("log", [0]), ("exp", [5])])
    #expect(verdict.compared == 2 && verdict.unmatched == [1, 1])
    #expect(verdict.difference == nil && verdict.parting == nil)
    let tail = try meet([("add", [1])], [("add", [1]), ("exp", [2]), ("log", [3])])
    #expect(tail.unmatched == [0, 2] && tail.parting == nil)
    let apart = try meet([("add", [1])], [("mul", [1])])
    #expect(apart.parting?.a?.operation == "add" && apart.parting?.b?.operation == "mul")
  }

  @Test func distancesAreCountedInFloatSteps() throws {
    func ulps(_ a: Float, _ b: Float) throws -> Int? {
      try TensorDistance(tensor([a]), tensor([b]), tolerance: 0)?.ulps
    }
    #expect(try ulps(1, Float(1).nextUp) == 1)
    #expect(try ulps(-.leastNonzeroMagnitude, .leastNonzeroMagnitude) == 2)
    #expect(try ulps(0, -0) == nil, "equal numbers")
    #expect(try ulps(1, .nan) == nil)
    #expect(try TensorDistance(tensor([.nan]), tensor([.nan]), tolerance: 0) == nil)
    #expect(try TensorDistance(tensor([1, .nan]), tensor([1, 2]), tolerance: 1)?.different == 1)
    // What is near 0 beside the largest element is not held to more digits than that.
    #expect(try TensorDistance(tensor([1000, 1e-6]), tensor([1000, 2e-6]), tolerance: 1e-5) == nil)
    #expect(try TensorDistance(tensor([1e-6]), tensor([2e-6]), tolerance: 1e-5) != nil)
  }
}
