import Tensors
import Testing

/// How an input lies in memory: a gradient must not care.
enum InputLayout: CaseIterable, Sendable {
  case plain
  /// All dimensions in reverse in memory.
  case transposed
  /// Every other element of the last dimension.
  case strided

  /// A leaf for `values`, and the view of it that has the shape.
  func leaf(_ values: [Float], _ shape: [Int], on device: Device) throws -> (leaf: Tensor, view: Tensor) {
    let order = Array(shape.indices.reversed())
    switch self {
    case .transposed where shape.count > 1:
      let turned = try Permute(order)(Tensor(values, shape: shape, on: device)).leaf()
      return (turned, try Permute(order)(turned))
    case .strided where !shape.isEmpty:
      let last = shape.count - 1
      let wide = values.flatMap { [Float(99), $0] }
      let leaf = try Tensor(wide, shape: shape.dropLast() + [2 * shape[last]], on: device).leaf()
      return (leaf, try Slice(last, from: 1, count: shape[last], stride: 2)(leaf))
    default:
      let leaf = try Tensor(values, shape: shape, on: device).leaf()
      return (leaf, leaf)
    }
  }

  /// The gradient of the view, from that of the leaf.
  func gradient(of leaf: Tensor, _ shape: [Int]) throws -> [Float] {
    guard let gradient = leaf.gradient else { return [Float](repeating: 0, count: shape.reduce(1, *)) }
    switch self {
    case .transposed where shape.count > 1:
      return try Permute(Array(shape.indices.reversed()))(gradient).floatValues
    case .strided where !shape.isEmpty:
      let last = shape.count - 1
      return try Slice(last, from: 1, count: shape[last], stride: 2)(gradient).floatValues
    default: return try gradient.floatValues
    }
  }
}

/// How the numbers of an input are chosen.
enum InputKind: Sendable {
  /// Standard normal.
  case normal
  /// Normal, at least 0.2 away from 0, for functions with a kink there.
  case awayFromZero
  /// From 0.4 upwards.
  case positive
  /// All different, 0.15 apart, in random order, for functions that choose.
  case distinct

  func values(_ count: Int, _ random: inout RandomStream) -> [Float] {
    if case .distinct = self {
      return random.permutation(count).map { (Float($0) - Float(count) / 2) * 0.15 + 0.05 }
    }
    return (0..<count).map { _ in
      let x = Float(random.normal())
      return switch self {
      case .normal, .distinct: x
      case .awayFromZero: x + (x < 0 ? -0.2 : 0.2)
      case .positive: abs(x) + 0.4
      }
    }
  }
}

/// A differentiable function and the shapes its gradient is checked at.
struct GradientCase: Sendable, CustomTestStringConvertible {
  let name: String
  let shapes: [[Int]]
  let kind: InputKind
  let run: @Sendable ([Tensor]) throws -> Tensor
  var testDescription: String { "\(name) \(shapes)" }

  init(
    _ name: String, _ shapes: [Int]..., kind: InputKind = .normal,
    _ run: @escaping @Sendable ([Tensor]) throws -> Tensor
  ) {
    self.name = name
    self.shapes = shapes
    self.kind = kind
    self.run = run
  }

  /// Compares the gradient of a random projection, Σ w·f(x), with central differences of every input element.
  ///
  /// Differences of fourth order, f in float32, the projection in double: good to about 10⁻⁴.
  func check(_ layout: InputLayout, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let device = device()
    var random = RandomStream(seed: 7, purpose: name)
    let values = shapes.map { kind.values($0.reduce(1, *), &random) }
    let pairs = try zip(values, shapes).map { try layout.leaf($0, $1, on: device) }
    let output = try run(pairs.map(\.view))
    let weights = (0..<output.count).map { _ in Float(random.normal()) }
    try output.backward(Tensor(weights, shape: output.shape, on: device))

    func projection(_ inputs: [[Float]]) throws -> Double {
      let tensors = try zip(inputs, shapes).map { try Tensor($0, shape: $1, on: device) }
      return zip(try run(tensors).floatValues, weights).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    for (place, leaf) in pairs.map(\.leaf).enumerated() {
      let gradient = try layout.gradient(of: leaf, shapes[place])
      for i in gradient.indices {
        func moved(_ distance: Float) throws -> Double {
          var inputs = values
          inputs[place][i] += distance
          return try projection(inputs)
        }
        let h: Float = 0.02
        let numeric = (8 * (try moved(h) - moved(-h)) - (try moved(2 * h) - moved(-2 * h))) / (12 * Double(h))
        let isNear = abs(Double(gradient[i]) - numeric) <= 2e-3 * max(1, abs(numeric))
        #expect(
          isNear, "input \(place), element \(i): \(gradient[i]), by differences \(numeric)",
          sourceLocation: sourceLocation)
        if !isNear { return }
      }
    }
  }
}
