import Synchronization
import VectorKernels

/// Elementwise steps of a program, of one shape, that run as one loop.
///
/// For the gradient only the group's inputs are saved: intermediate values are computed again, tile by tile.
struct ElementwiseGroup: Sendable {
  /// A step of the group, by its number in the program.
  struct Member: Sendable {
    let number: Int
    let step: Program.Step
  }

  let members: [Member]
  /// The shape of every result.
  let shape: [Int]
  /// The values from outside that the members use; what the group saves for the gradient.
  let inputs: [Program.Value]
  /// The members whose results are used outside.
  let results: [Int]
  private let forward: TileProgram
  private let gradients = GradientPrograms()

  /// Whether a step can be a member of a group.
  static func contains(_ step: Program.Step) -> Bool {
    guard step.isFloat, !step.shape.contains(0) else { return false }
    if let operation = step.operation as? Elementwise { return operation.formula.tile != nil }
    if let operation = step.operation as? BinaryElementwise { return operation.formula.tile != nil }
    return step.operation is Interpolation
  }

  init(_ members: [Member], results: [Int]) {
    self.members = members
    self.results = results
    shape = members[0].step.shape
    let numbers = Set(members.map(\.number))
    var inputs: [Program.Value] = []
    var seen: Set<Program.Value> = []
    for member in members {
      for value in member.step.inputs {
        if case .step(let source) = value, numbers.contains(source) { continue }
        if seen.insert(value).inserted { inputs.append(value) }
      }
    }
    self.inputs = inputs
    var builder = TileProgram.Builder()
    let values = Self.build(members, inputs, &builder)
    forward = TileProgram(builder, outputs: results.compactMap { values[.step($0)] })
  }

  /// The results of the members in ``results``, for the values of ``inputs``.
  ///
  /// - Throws: as ``TileProgram/run(_:shape:on:named:)``.
  func run(_ values: [Tensor], on device: Device, named name: String) throws -> [Tensor] {
    try forward.run(forward.inputs.map { values[$0] }, shape: shape, on: device, named: name)
  }

  /// The gradients of those of ``inputs`` that are `wanted`, of the group's shape.
  ///
  /// - Parameters:
  ///   - upstream: the gradients of some of ``results``, by their step.
  ///   - saved: the values of ``inputs``.
  /// - Throws: as ``TileProgram/run(_:shape:on:named:)``.
  func gradients(
    _ upstream: [Int: Tensor], saved: [Tensor], wanted: Set<Program.Value>, named name: String
  ) throws -> [(value: Program.Value, gradient: Tensor)] {
    guard let device = upstream.first?.value.device else { return [] }
    let given = results.filter { upstream[$0] != nil }
    let needs = members.map { wanted.contains(.step($0.number)) } + inputs.map(wanted.contains)
    let (program, targets) = gradients.program(.init(given: given, needs: needs)) {
      gradientProgram(given, wanted)
    }
    let operands = saved + given.compactMap { upstream[$0] }
    let outputs = try program.run(
      program.inputs.map { operands[$0] }, shape: shape, on: device, named: name)
    return zip(targets, outputs).map { (inputs[$0], $1) }
  }

  /// A program of the saved inputs and the `given` upstream gradients, and which inputs its outputs are gradients of.
  private func gradientProgram(_ given: [Int], _ wanted: Set<Program.Value>) -> (TileProgram, [Int]) {
    var builder = TileProgram.Builder()
    let values = Self.build(members, inputs, &builder)
    var pending: [Program.Value: TileProgram.Value] = [:]
    for (number, step) in given.enumerated() { pending[.step(step)] = .input(inputs.count + number) }
    for member in members.reversed() {
      guard wanted.contains(.step(member.number)),
        let upstream = pending.removeValue(forKey: .step(member.number))
      else { continue }
      let operands = member.step.inputs.map { values[$0] ?? .input(0) }
      let own = values[.step(member.number)] ?? .input(0)
      for (index, input) in member.step.inputs.enumerated() where wanted.contains(input) {
        let gradient = Self.gradient(
          member.step.operation, index, of: operands, result: own, upstream, &builder)
        pending[input] = pending[input].map { builder.add(NJ_TILE_ADD, [$0, gradient]) } ?? gradient
      }
    }
    let targets = inputs.indices.filter { pending[inputs[$0]] != nil }
    return (TileProgram(builder, outputs: targets.compactMap { pending[inputs[$0]] }), targets)
  }

  /// Adds the instructions of all members; returns where each value is.
  private static func build(
    _ members: [Member], _ inputs: [Program.Value], _ builder: inout TileProgram.Builder
  ) -> [Program.Value: TileProgram.Value] {
    var values: [Program.Value: TileProgram.Value] = [:]
    for (number, input) in inputs.enumerated() { values[input] = .input(number) }
    for member in members {
      let operands = member.step.inputs.map { values[$0] ?? .input(0) }
      let result: TileProgram.Value
      if let tile = (member.step.operation as? Elementwise)?.formula.tile {
        result = builder.add(tile.operation, operands, p: tile.p, q: tile.q)
      } else if let tile = (member.step.operation as? BinaryElementwise)?.formula.tile {
        result = builder.add(tile.operation, operands)
      } else {  // a + w · (b − a)
        let difference = builder.add(NJ_TILE_SUBTRACT, [operands[1], operands[0]])
        let part = builder.add(NJ_TILE_MULTIPLY, [operands[2], difference])
        result = builder.add(NJ_TILE_ADD, [operands[0], part])
      }
      values[.step(member.number)] = result
    }
    return values
  }

  /// Adds the gradient of an operation with respect to one of its operands.
  private static func gradient(
    _ operation: any Operation, _ index: Int, of operands: [TileProgram.Value], result: TileProgram.Value,
    _ upstream: TileProgram.Value, _ builder: inout TileProgram.Builder
  ) -> TileProgram.Value {
    if let tile = (operation as? Elementwise)?.formula.tile {
      guard let gradient = tile.gradient else { return builder.add(NJ_TILE_SCALE, [upstream], p: 0) }
      return builder.add(gradient, [upstream, operands[0], result], p: tile.gradientP, q: tile.gradientQ)
    }
    if let tile = (operation as? BinaryElementwise)?.formula.tile {
      guard let gradient = tile.gradients[index] else { return upstream }
      return builder.add(
        gradient.operation, [upstream, operands[0], operands[1]], p: gradient.p, q: gradient.q)
    }
    let toB = builder.add(NJ_TILE_MULTIPLY, [upstream, operands[2]])
    switch index {
    case 0: return builder.add(NJ_TILE_SUBTRACT, [upstream, toB])
    case 1: return toB
    default:
      return builder.add(
        NJ_TILE_MULTIPLY, [upstream, builder.add(NJ_TILE_SUBTRACT, [operands[1], operands[0]])])
    }
  }
}

/// The gradient programs of a group by what is given and wanted, built at their first use.
private final class GradientPrograms: Sendable {
  struct Key: Hashable {
    let given: [Int]
    let needs: [Bool]
  }

  private let programs = Mutex<[Key: (TileProgram, [Int])]>([:])

  func program(_ key: Key, _ make: () -> (TileProgram, [Int])) -> (TileProgram, [Int]) {
    if let known = programs.withLock({ $0[key] }) { return known }
    let made = make()
    programs.withLock { $0[key] = made }
    return made
  }
}
