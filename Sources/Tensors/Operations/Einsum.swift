/// Einstein summation: `"bi,kij,bj->bk"` multiplies operands along labels and sums over the labels that the result
/// lacks.
///
/// A label is one letter; `...` stands for any further dimensions, the same in all operands that have it.
/// Without `->` the result has the labels that occur once, in alphabetical order. Operands are contracted
/// from left to right by permutation, reshaping and one matrix product each, so gradients come with those.
struct Einsum {
  /// A letter, or a dimension of `...` counted from its end.
  private enum Label: Hashable {
    case letter(Character)
    case further(Int)
  }

  /// An intermediate result with the labels of its dimensions.
  private struct Term {
    var tensor: Tensor
    var labels: [Label]
  }

  private let equation: String
  private var terms: [Term]
  private let result: [Label]
  private var lengths: [Label: Int] = [:]

  /// Reads the equation and checks it against the operands' shapes.
  init(_ equation: String, _ operands: [Tensor]) throws {
    self.equation = equation
    func refuse(_ reason: String) -> TensorError {
      .badArgument(operation: "einsum", reason: "\"\(equation)\": \(reason)")
    }
    let text = equation.filter { !$0.isWhitespace }
    let arrow = text.firstRange(of: "->")
    let left = arrow.map { text[..<$0.lowerBound] } ?? text[...]
    let sides = left.split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count == operands.count, !operands.isEmpty else {
      throw refuse("it has \(sides.count) operands, got \(operands.count)")
    }
    terms = []
    for (operand, (side, tensor)) in zip(sides, operands).enumerated() {
      let labels = try Self.labels(side, rank: tensor.rank, refuse)
      guard labels.count == tensor.rank else {
        throw TensorError.labelCount(
          equation: equation, operand: operand, labels: labels.count, shape: tensor.shape)
      }
      for (label, length) in zip(labels, tensor.shape) {
        if let known = lengths[label], known != length {
          throw refuse(
            "label \(Self.text(label)) is \(known) long and \(length) long (shape \(tensor.shape))")
        }
        lengths[label] = length
      }
      terms.append(Term(tensor: tensor, labels: labels))
    }
    let all = terms.flatMap(\.labels)
    let further = lengths.keys.compactMap { if case .further(let dimension) = $0 { dimension } else { nil } }
      .max()
    if let arrow {
      result = try Self.labels(
        text[arrow.upperBound...], rank: nil, further: further.map { $0 + 1 } ?? 0, refuse)
    } else {
      let once = lengths.keys.compactMap { label -> Character? in
        guard case .letter(let letter) = label, all.filter({ $0 == label }).count == 1 else { return nil }
        return letter
      }
      result =
        (0..<(further.map { $0 + 1 } ?? 0)).reversed().map(Label.further) + once.sorted().map(Label.letter)
    }
    if let unknown = result.first(where: { lengths[$0] == nil }) {
      throw refuse("the result has label \(Self.text(unknown)), which no operand has")
    }
  }

  private static func text(_ label: Label) -> String {
    if case .letter(let letter) = label { "'\(letter)'" } else { "..." }
  }

  /// The labels of one side; `...` stands for the rest of `rank`, or for `further` dimensions.
  private static func labels(
    _ side: Substring, rank: Int?, further: Int = 0, _ refuse: (String) -> TensorError
  ) throws -> [Label] {
    let dots = side.ranges(of: "...")
    guard dots.count <= 1 else { throw refuse("\"\(side)\" has ... twice") }
    let letters = side.filter { $0 != "." }
    guard letters.count == side.count - 3 * dots.count, letters.allSatisfy({ $0.isLetter && $0.isASCII })
    else {
      throw refuse("labels are letters, got \"\(side)\"")
    }
    if let twice = letters.first(where: { letter in letters.filter { $0 == letter }.count > 1 }) {
      throw refuse(
        "label '\(twice)' is repeated in \"\(side)\"; take the diagonal first, or use another letter")
    }
    guard let dots = dots.first else { return letters.map(Label.letter) }
    let count = rank.map { max(0, $0 - letters.count) } ?? further
    return side[..<dots.lowerBound].map(Label.letter) + (0..<count).reversed().map(Label.further)
      + side[dots.upperBound...].map(Label.letter)
  }

  /// The result.
  func run() throws -> Tensor {
    var open = terms
    var total = open.removeFirst()
    while !open.isEmpty {
      let next = open.removeFirst()
      total = try contracted(total, next, keeping: Set(result + open.flatMap(\.labels)))
    }
    total = try summed(total, keeping: Set(result))
    let order = result.compactMap { total.labels.firstIndex(of: $0) }
    return order == Array(order.indices) ? total.tensor : try Permute(order)(total.tensor)
  }

  /// The product of two terms, summed over the labels that are not needed any more.
  private func contracted(_ first: Term, _ second: Term, keeping wanted: Set<Label>) throws -> Term {
    let a = try summed(first, keeping: wanted.union(second.labels))
    let b = try summed(second, keeping: wanted.union(first.labels))
    let shared = a.labels.filter { b.labels.contains($0) }
    let batch = shared.filter { wanted.contains($0) }
    let inner = shared.filter { !wanted.contains($0) }
    let rows = a.labels.filter { !shared.contains($0) }
    let columns = b.labels.filter { !shared.contains($0) }
    let left = try matrix(a, batch, rows, inner)
    let right = try matrix(b, batch, inner, columns)
    let labels = batch + rows + columns
    return Term(
      tensor: try MatrixProduct()(left, right).reshaped(labels.map { lengths[$0] ?? 1 }), labels: labels)
  }

  /// A term as (batch, rows, columns).
  private func matrix(_ term: Term, _ batch: [Label], _ rows: [Label], _ columns: [Label]) throws -> Tensor {
    let order = (batch + rows + columns).compactMap { term.labels.firstIndex(of: $0) }
    let ordered = order == Array(order.indices) ? term.tensor : try Permute(order)(term.tensor)
    return try ordered.reshaped([batch, rows, columns].map { $0.reduce(1) { $0 * (lengths[$1] ?? 1) } })
  }

  private func summed(_ term: Term, keeping wanted: Set<Label>) throws -> Term {
    let unused = term.labels.indices.filter { !wanted.contains(term.labels[$0]) }
    guard !unused.isEmpty else { return term }
    return Term(
      tensor: try Reduction(.sum, over: Array(unused))(term.tensor),
      labels: term.labels.filter { wanted.contains($0) })
  }
}

extension Tensor {
  /// Products of float32 tensors along labelled dimensions, summed over the labels that the result lacks:
  /// `"bhqd,bhkd->bhqk"`.
  ///
  /// - Throws: ``TensorError/labelCount(equation:operand:labels:shape:)``, or
  ///   ``TensorError/badArgument(operation:reason:hint:)`` for a label repeated within an operand, an unknown label in
  ///   the result, or lengths that differ.
  public static func einsum(_ equation: String, _ operands: [Tensor]) throws -> Tensor {
    try Einsum(equation, operands).run()
  }
}
