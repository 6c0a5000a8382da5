import Tensors
import Testing

/// Recorded functions, whose elementwise steps run as one loop, against the same operations one by one: the results
/// have the same bits, and so have the gradients of inputs of the full shape.
@Suite struct ElementwiseGroupTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let function: @Sendable (Tensor, Tensor) throws -> Tensor
    var testDescription: String { name }

    init(_ name: String, _ function: @escaping @Sendable (Tensor, Tensor) throws -> Tensor) {
      self.name = name
      self.function = function
    }

    /// A function of one number, between two others.
    static func unary(_ formula: any UnaryFunction) -> Case {
      Case("\(formula)") { x, y in try Elementwise(formula)(x.scaled(by: 1.5)).multiplied(by: y) }
    }

    static func binary(_ formula: any BinaryFunction) -> Case {
      Case("\(formula)") { x, y in try BinaryElementwise(formula)(x.shifted(by: 0.25), y).scaled(by: 2) }
    }
  }

  static let cases: [Case] =
    UnaryFunctions.all.map(Case.unary)
    + ([
      Clamp(-0.5, 0.75), LeakyReLU(negativeSlope: 0.1), DividedBy(3), DividedInto(2), Power(2),
      Power(3),
      GELU(),
    ] as [any UnaryFunction]).map(Case.unary)
    + Surrogate.allCases.map { Case.unary($0.formula()) }
    + ([Addition(), Subtraction(), Multiplication(), Division(), Maximum(), Minimum()] as [any BinaryFunction])
    .map(
      Case.binary)
    + [
      Case("the chain") { x, y in
        try Elementwise(Tanh())(x.scaled(by: 2).shifted(by: 1)).multiplied(by: y).subtracting(
          Elementwise(Sigmoid())(x))
      },
      Case("an operand twice") { x, y in try x.multiplied(by: x).adding(y).multiplied(by: y) },
      Case("interpolation") { x, y in try Interpolation()(x.scaled(by: 2), y, Elementwise(Sigmoid())(x)) },
      Case("a product between two groups") { x, y in
        let before = try x.scaled(by: 0.1).adding(y)
        let product = try MatrixProduct()(before, before.transposed(0, 1))
        return try MatrixProduct()(product, Elementwise(Tanh())(before.multiplied(by: y))).adding(before)
      },
      Case("a step that does not depend on the group") { x, y in
        let scaled = try x.scaled(by: 0.5)
        let reversed = try Softmax(1)(y)
        return try scaled.adding(reversed).multiplied(by: scaled)
      },
    ]

  private let place = device()

  @Test(arguments: cases, [[3, 5], [37, 41], [70, 1000]]) func hasTheBitsOfTheSteps(_ c: Case, shape: [Int])
    throws
  {
    let x = try Tensor.normal(shape, seed: 1, on: place)
    let y = try Tensor.normal(shape, seed: 2, on: place)
    let upstream = try Tensor.normal(shape, seed: 3, on: place)
    let function = try RecordedFunction("f", like: [x, y]) { [try c.function($0[0], $0[1])] }
    let fused = [try x.leaf(), try y.leaf()]
    let plain = [try x.leaf(), try y.leaf()]
    let output = try function(fused)[0]
    let expected = try c.function(plain[0], plain[1])
    expectClose(try output.floatValues, try expected.floatValues, within: 0)
    try output.backward(upstream)
    try expected.backward(upstream)
    for (one, other) in zip(fused, plain) {
      // A gradient may be 0 here and missing there.
      let zeros = try Tensor.zeros(shape, on: place)
      expectClose(
        try (one.gradient ?? zeros).floatValues, try (other.gradient ?? zeros).floatValues, within: 1e-6)
    }
  }

  @Test func broadcastInputsGetSummedGradients() throws {
    func function(_ x: Tensor, _ row: Tensor, _ column: Tensor, _ number: Tensor) throws -> Tensor {
      try Elementwise(Tanh())(x.multiplied(by: row).adding(column)).multiplied(by: number).subtracting(row)
    }
    let shapes = [[20, 700], [700], [20, 1], []]
    let values = try shapes.enumerated().map { try Tensor.normal($1, seed: UInt64($0), on: place) }
    let recorded = try RecordedFunction("f", like: values) { [try function($0[0], $0[1], $0[2], $0[3])] }
    let fused = try values.map { try $0.leaf() }
    let plain = try values.map { try $0.leaf() }
    let upstream = try Tensor.normal([20, 700], seed: 9, on: place)
    let output = try recorded(fused)[0]
    let expected = try function(plain[0], plain[1], plain[2], plain[3])
    #expect(try output.floatValues == expected.floatValues)
    try output.backward(upstream)
    try expected.backward(upstream)
    for (one, other) in zip(fused, plain) {
      expectClose(
        try #require(one.gradient).floatValues, try #require(other.gradient).floatValues, within: 1e-4)
    }
    // Views that are not contiguous.
    let view = try Tensor.normal([700, 20], seed: 1, on: place).transposed(0, 1)
    #expect(
      try recorded([view] + values[1...])[0].floatValues
        == function(view, values[1], values[2], values[3]).floatValues)
  }

  /// Copies of views live as long as they are read.
  @Test(arguments: [[14, 72], [56, 72], [300, 130]]) func partsOfAnInputAreRead(shape: [Int]) throws {
    func gated(_ x: Tensor, _ h: Tensor) throws -> Tensor {
      let parts = try x.chunk(3, 1)
      let reset = try Elementwise(Sigmoid())(parts[0].adding(h))
      let candidate = try Elementwise(Tanh())(parts[1].adding(reset.multiplied(by: parts[2])))
      return try Interpolation()(candidate, h, Elementwise(Sigmoid())(parts[2]))
    }
    let values = [
      try Tensor.normal([shape[0], 3 * shape[1]], seed: 1, on: place),
      try Tensor.normal(shape, seed: 2, on: place),
    ]
    let recorded = try RecordedFunction("f", like: values) { [try gated($0[0], $0[1])] }
    let fused = try values.map { try $0.leaf() }
    let plain = try values.map { try $0.leaf() }
    let upstream = try Tensor.normal(shape, seed: 3, on: place)
    try recorded(fused)[0].backward(upstream)
    try gated(plain[0], plain[1]).backward(upstream)
    for (one, other) in zip(fused, plain) {
      expectClose(
        try #require(one.gradient).floatValues, try #require(other.gradient).floatValues, within: 1e-6)
    }
  }

  @Test func severalResultsHaveGradients() throws {
    let shape = [30, 50]
    let values = try [1, 2].map { try Tensor.normal(shape, seed: $0, on: place) }
    func function(_ x: Tensor, _ y: Tensor) throws -> [Tensor] {
      let sum = try x.adding(y)
      return [try Elementwise(Tanh())(sum), sum, try sum.multiplied(by: x)]
    }
    let recorded = try RecordedFunction("f", like: values) { try function($0[0], $0[1]) }
    let fused = try values.map { try $0.leaf() }
    let plain = try values.map { try $0.leaf() }
    for (inputs, outputs) in [(fused, try recorded(fused)), (plain, try function(plain[0], plain[1]))] {
      try #require(outputs.count == 3)
      let total = try outputs[0].adding(outputs[1].scaled(by: 2)).adding(
        outputs[2].multiplied(by: outputs[0]))
      try Reduction(.sum)(total).backward()
      #expect(inputs[0].gradient != nil)
    }
    for (one, other) in zip(fused, plain) {
      expectClose(try #require(one.gradient).floatValues, try #require(other.gradient).floatValues)
    }
    // A result that is an input, and one that is returned twice.
    let odd = try RecordedFunction("f", like: values) {
      [$0[1], try $0[0].adding($0[1]).scaled(by: 3), $0[1]]
    }
    let results = try odd(values)
    #expect(try results[0].floatValues == values[1].floatValues)
    #expect(try results[2].floatValues == values[1].floatValues)
  }

  @Test func stepsWithoutAGradientHaveNone() throws {
    let x = try Tensor.normal([10, 10], on: place).leaf()
    let function = try RecordedFunction("f", like: [x]) { inputs in
      let scale = try Recording.off { try Elementwise(Exponential())(inputs[0].scaled(by: 2)) }
      return [try inputs[0].multiplied(by: scale.stoppingGradient()).shifted(by: 1)]
    }
    try Reduction(.sum)(function([x])[0]).backward()
    expectClose(
      try #require(x.gradient).floatValues,
      try Elementwise(Exponential())(x.detached().scaled(by: 2)).floatValues)
  }
}
