import Support
import Tensors

/// Parts that run one after another: each receives the output of the one before.
///
/// The readout begins at the part named `readout`, or at the last Linear or LeakyReadout layer; what comes before it
/// makes the features.
public final class SequentialLayer: Module {
  public let children: [(name: String, module: any Module)]
  public var isTraining = true

  /// - Throws: ``NetworkError/badLayer(layer:reason:hint:)`` when a name appears twice,
  ///   ``NetworkError/tooDeep(module:)`` when the parts are nested too deep.
  public init(_ parts: [(name: String, module: any Module)]) throws {
    var seen: Set<Name> = []
    for part in parts where !seen.insert(Name(part.name)).inserted {
      throw NetworkError.badLayer(layer: "Sequential", reason: "two parts are named \"\(part.name)\"")
    }
    children = parts
    try requireShallow()
  }

  public var description: String { "Sequential of \(children.count) parts" }

  public func forward(_ input: Tensor) throws -> Tensor { try run(children[...], input) }

  public func features(_ input: Tensor) throws -> Tensor {
    try run(children[..<(readoutIndex ?? children.count)], input)
  }

  public func readout(_ features: Tensor) throws -> Tensor {
    guard let readoutIndex else { throw NetworkError.noReadout(module: description) }
    return try run(children[readoutIndex...], features)
  }

  private var readoutIndex: Int? {
    children.firstIndex { $0.name == "readout" }
      ?? children.lastIndex { $0.module is LinearLayer || $0.module is LeakyReadoutLayer }
  }

  private func run(_ parts: ArraySlice<(name: String, module: any Module)>, _ input: Tensor) throws -> Tensor
  {
    var x = input
    // A part can be used any number of times: a few nested sequences make more layers than can ever be run.
    try Interruption.check("running a Sequential")
    let mayFuse = InferenceBlock.isAllowed
    var next = parts.startIndex
    while next < parts.endIndex {
      if mayFuse, let block = InferenceBlock(parts[next...]), let y = try block(x) {
        x = y
        next += block.count
        continue
      }
      let part = parts[next]
      next += 1
      do { x = try part.module(x) } catch let error as TensorError where error.exitCode == .script {
        throw NetworkError.inLayer(path: part.name, layer: part.module.description, underlying: error)
      } catch NetworkError.inLayer(let path, let layer, let underlying) {
        throw NetworkError.inLayer(path: dotted(part.name, path), layer: layer, underlying: underlying)
      }
    }
    return x
  }
}

/// body(x) + shortcut(x), where the shortcut is x itself unless one is given; both must have one shape.
///
/// Source: He et al. 2016, arXiv 1512.03385.
public final class ResidualLayer: Module {
  private let body: any Module
  private let shortcut: (any Module)?
  public var isTraining = true

  /// - Throws: ``NetworkError/tooDeep(module:)`` when the parts are nested too deep.
  public init(_ body: any Module, shortcut: (any Module)? = nil) throws {
    self.body = body
    self.shortcut = shortcut
    try requireShallow()
  }

  public var description: String { "Residual" }
  public var children: [(name: String, module: any Module)] {
    [("body", body)] + (shortcut.map { [("shortcut", $0)] } ?? [])
  }

  public func forward(_ input: Tensor) throws -> Tensor {
    try Interruption.check("running a Residual")
    return try body(input).adding(shortcut.map { try $0(input) } ?? input)
  }
}
