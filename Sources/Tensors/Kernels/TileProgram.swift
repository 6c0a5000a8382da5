import Support
import VectorKernels

/// A list of elementwise instructions that runs tile by tile, so that intermediate values stay in a core's cache.
///
/// Slots are numbered: the inputs, then the outputs, then memory for intermediate values.
struct TileProgram: Sendable {
  /// A value while a program is built: an input, or the result of an instruction.
  enum Value: Hashable, Sendable { case input(Int), result(Int) }

  /// Collects instructions; the operands of each were added before it.
  struct Builder {
    struct Instruction {
      var operation: nj_tile_operation
      var operands: [Value]
      var p: Float
      var q: Float
    }

    private(set) var instructions: [Instruction] = []

    mutating func add(
      _ operation: nj_tile_operation, _ operands: [Value], p: Float = 0, q: Float = 0
    ) -> Value {
      instructions.append(Instruction(operation: operation, operands: operands, p: p, q: q))
      return .result(instructions.count - 1)
    }
  }

  private let code: [nj_instruction]
  /// The inputs that are used, by the number that the builder knew them by.
  let inputs: [Int]
  private let outputCount: Int
  private let temporaries: Int

  /// The elements of a tile: a dozen slots fit a first-level cache.
  private static let tile = 512

  /// A program with `outputs`, which are results of instructions or inputs. What they do not depend on is left out.
  init(_ builder: Builder, outputs: [Value]) {
    var builder = builder
    var targets: [Value: Int] = [:]
    var ordered: [Value] = []
    for output in outputs {
      // Each output has a slot of its own: an input, and what is an output already, is copied.
      if case .result = output, targets[output] == nil {
        targets[output] = ordered.count
        ordered.append(output)
      } else {
        let copy = builder.add(NJ_TILE_SCALE, [output], p: 1)
        targets[copy] = ordered.count
        ordered.append(copy)
      }
    }
    let instructions = builder.instructions
    var lastUse: [Value: Int] = [:]
    var isUsed = [Bool](repeating: false, count: instructions.count)
    for case .result(let number) in ordered { isUsed[number] = true }
    var usedInputs: Set<Int> = []
    for number in instructions.indices.reversed() where isUsed[number] {
      for operand in instructions[number].operands {
        if lastUse[operand] == nil { lastUse[operand] = number }
        switch operand {
        case .input(let input): usedInputs.insert(input)
        case .result(let source): isUsed[source] = true
        }
      }
    }
    inputs = usedInputs.sorted()
    outputCount = ordered.count
    var slots: [Value: Int] = [:]
    for (slot, input) in inputs.enumerated() { slots[.input(input)] = slot }
    for (output, target) in targets { slots[output] = inputs.count + target }
    let first = inputs.count + outputCount
    var free: [Int] = []
    var count = 0
    var code: [nj_instruction] = []
    for (number, instruction) in instructions.enumerated() where isUsed[number] {
      let operands = instruction.operands.map { slots[$0] ?? 0 }
      // A slot may be read and written by one instruction.
      for operand in Set(instruction.operands) where lastUse[operand] == number && targets[operand] == nil {
        if case .result = operand, let slot = slots[operand] { free.append(slot) }
      }
      let result = Value.result(number)
      let target: Int
      if let slot = slots[result] {
        target = slot
      } else if let slot = free.popLast() {
        target = slot
      } else {
        target = first + count
        count += 1
      }
      slots[result] = target
      code.append(
        nj_instruction(
          operation: instruction.operation, target: Int32(target), a: Int32(operands[0]),
          b: Int32(operands.count > 1 ? operands[1] : operands[0]),
          c: Int32(operands.count > 2 ? operands[2] : operands[operands.count - 1]), p: instruction.p,
          q: instruction.q))
    }
    self.code = code
    temporaries = count
  }

  /// The outputs, each of `shape`, for float32 inputs that are broadcast to it: those of ``inputs``, in that order.
  ///
  /// - Throws: ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``, and as `Interruption.check`.
  func run(_ operands: [Tensor], shape: [Int], on device: Device, named name: String) throws -> [Tensor] {
    let outputs = try (0..<outputCount).map { _ in
      try Tensor(uninitialized: shape, .float32, on: device, operation: name)
    }
    guard let result = outputs.first, result.count > 0 else { return outputs }
    let sources = try operands.map { try $0.contiguous(for: name) }
    let loop = StridedLoop(
      shape: shape, operands: [result.strides] + sources.map { $0.strides(broadcastTo: shape) })
    let length = loop.rowLength
    // Either along a row or fixed for it, since all operands are contiguous.
    let steps = sources.indices.map { loop.step(1 + $0) }
    let from = sources.map(\.sharedFloats)
    let to = outputs.map(\.sharedFloats)
    let fixed = steps.count { $0 == 0 }
    let scratch = (temporaries + fixed) * Self.tile
    let cuts = Interruption.cuts

    /// Runs `count` elements from `start` of the row whose operands begin at `at`.
    @Sendable func runRow(_ at: [Int], _ start: Int, _ count: Int, _ memory: UnsafeMutablePointer<Float>) {
      withUnsafeTemporaryAllocation(
        of: UnsafeMutablePointer<Float>.self, capacity: from.count + to.count + temporaries
      ) { slots in
        for i in 0..<temporaries { slots[from.count + to.count + i] = memory + i * Self.tile }
        var next = memory + temporaries * Self.tile
        for (i, step) in steps.enumerated() where step == 0 {
          next.update(repeating: from[i][at[1 + i]], count: min(count, Self.tile))
          slots[i] = next
          next += Self.tile
        }
        var done = 0
        while done < count {
          let size = min(Self.tile, count - done)
          for (i, step) in steps.enumerated() where step != 0 {
            slots[i] = from[i] + (at[1 + i] + (start + done) * step)
          }
          for i in to.indices { slots[from.count + i] = to[i] + (at[0] + start + done) }
          slots.withMemoryRebound(to: UnsafeMutablePointer<Float>?.self) {
            nj_run_tile(code, code.count, $0.baseAddress, size)
          }
          done += size
        }
      }
    }

    if loop.rows == 1 {
      try device.parallel(length, by: Device.chunkElements, scratch: scratch, operation: name) {
        range, memory in
        runRow(loop.strides.map { _ in 0 }, range.lowerBound, range.count, memory)
      }
    } else {
      try device.parallel(
        loop.rows, by: max(1, Device.chunkElements / length), scratch: scratch, operation: name
      ) { rows, memory in
        loop.forEachRow(in: rows) { _, at in runRow(at, 0, length, memory) }
      }
    }
    // An array is released after its last use, and only pointers are used above.
    withExtendedLifetime(sources) {}
    if Interruption.cuts != cuts { try Interruption.check(name) }
    return outputs
  }
}
