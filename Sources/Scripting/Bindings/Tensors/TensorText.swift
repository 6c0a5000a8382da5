import Foundation
import Support
import Tensors

/// A tensor as text, in the format of PyTorch's `torch/_tensor_str.py` with its default options: four digits, at most
/// 80 columns, three elements at both ends of a dimension where there are more than 1,000 elements in all.
///
/// Deviations: booleans are Lua's `true` and `false`; int32, the only integer type, is not named, as PyTorch does not
/// name int64; and a shortened tensor tells its size, which cannot be counted.
struct TensorText {
  private static let precision = 4
  /// The most elements that are all displayed.
  private static let threshold = 1000
  /// Elements displayed at each end of a shortened dimension.
  private static let edge = 3
  private static let lineWidth = 80
  private static let prefix = "tensor("
  /// Only dimensions of more than six elements are shortened; of very many short ones no element is displayed.
  private static let maxDisplayed = 10_000

  private let tensor: Tensor
  private let isShortened: Bool

  /// The text of a tensor.
  ///
  /// - Throws: `InterruptionError`, or what reading its elements throws.
  static func describe(_ tensor: Tensor) throws -> String {
    try Self(tensor: tensor.detached(), isShortened: tensor.count > threshold).text(
      suffixes: suffixes(tensor))
  }

  /// Shape and type in one line: `tensor {64, 20}`.
  static func brief(_ tensor: Tensor) -> String {
    if tensor.rank == 0, let text = try? describe(tensor.detached()) { return text }
    let shape = tensor.shape.map(String.init).joined(separator: ", ")
    return "tensor {\(shape)}" + (tensor.dtype == .float32 ? "" : " \(tensor.dtype.rawValue)")
  }

  private static func suffixes(_ tensor: Tensor) -> [String] {
    var result: [String] = []
    if tensor.count == 0 ? tensor.rank != 1 : tensor.count > threshold {
      result.append(
        "size=(\(tensor.shape.map(String.init).joined(separator: ", "))\(tensor.rank == 1 ? "," : ""))")
    }
    if tensor.count == 0, tensor.dtype != .float32 { result.append("dtype=\(tensor.dtype.rawValue)") }
    if let operation = tensor.requiresGradient ? tensor.node?.operation : nil {
      result.append("grad_fn=<\(operation.name)>")
    } else if tensor.requiresGradient {
      result.append("requires_grad=true")
    }
    return result
  }

  private func text(suffixes: [String]) throws -> String {
    var text = Self.prefix
    if tensor.count == 0 {
      text += "[]"
    } else {
      var displayed: [Double] = []
      let isTooLong =
        tensor.shape.reduce(1) { $0 * ($1 > 2 * Self.edge ? 2 * Self.edge : $1) } > Self.maxDisplayed
      if !isTooLong || !isShortened {
        try gather(tensor, into: &displayed)
        var elements = displayed[...]
        let format = ElementFormat(displayed, tensor.dtype, precision: Self.precision)
        text += rows(tensor.shape[...], indent: Self.prefix.count, format, &elements)
      } else {
        text += "[...]"
      }
    }
    return appending(suffixes, to: text) + ")"
  }

  private func appending(_ suffixes: [String], to text: String) -> String {
    var text = text
    let lastBreak = text.lastIndex(of: "\n").map { text.index(after: $0) } ?? text.startIndex
    var lineLength = text.distance(from: lastBreak, to: text.endIndex) + 2
    for suffix in suffixes {
      if lineLength + suffix.count + 2 > Self.lineWidth {
        text += ",\n" + String(repeating: " ", count: Self.prefix.count) + suffix
        lineLength = Self.prefix.count + suffix.count
      } else {
        text += ", " + suffix
        lineLength += suffix.count + 2
      }
    }
    return text
  }

  /// Whether a dimension of this length is displayed by its ends.
  private func isCut(_ length: Int) -> Bool { isShortened && length > 2 * Self.edge }

  /// Appends the displayed elements in order.
  private func gather(_ part: Tensor, into result: inout [Double]) throws {
    guard let length = part.shape.first, isShortened else {
      result += try part.numbers
      return
    }
    try Interruption.check("printing a tensor")
    guard part.rank > 1 else {
      let parts =
        isCut(length)
        ? [
          try part.narrow(0, from: 0, count: Self.edge),
          try part.narrow(0, from: length - Self.edge, count: Self.edge),
        ] : [part]
      for part in parts { result += try part.numbers }
      return
    }
    let indices =
      isCut(length) ? Array(0..<Self.edge) + Array(length - Self.edge..<length) : Array(0..<length)
    for index in indices { try gather(part.select(0, index), into: &result) }
  }

  private func rows(
    _ shape: ArraySlice<Int>, indent: Int, _ format: ElementFormat, _ elements: inout ArraySlice<Double>
  ) -> String {
    guard let length = shape.first else { return format.text(elements.removeFirst()) }
    let count = isCut(length) ? 2 * Self.edge : length
    guard shape.count > 1 else { return row(length, count, indent: indent, format, &elements) }
    var parts = (0..<count).map { _ in rows(shape.dropFirst(), indent: indent + 1, format, &elements) }
    if isCut(length) { parts.insert("...", at: Self.edge) }
    let gap =
      "," + String(repeating: "\n", count: shape.count - 1) + String(repeating: " ", count: indent + 1)
    return "[" + parts.joined(separator: gap) + "]"
  }

  /// The elements of the last dimension, as many in a line as fit.
  private func row(
    _ length: Int, _ count: Int, indent: Int, _ format: ElementFormat, _ elements: inout ArraySlice<Double>
  ) -> String {
    var texts = elements.prefix(count).map(format.text)
    elements = elements.dropFirst(count)
    if isCut(length) { texts.insert(" ...", at: Self.edge) }
    let perLine = max(1, (Self.lineWidth - indent) / (format.width + 2))
    let lines = stride(from: 0, to: texts.count, by: perLine).map {
      texts[$0..<min($0 + perLine, texts.count)].joined(separator: ", ")
    }
    return "[" + lines.joined(separator: ",\n" + String(repeating: " ", count: indent + 1)) + "]"
  }
}

/// One format for all displayed elements of a tensor, so that columns align.
private struct ElementFormat {
  private enum Style { case integers, booleans, wholeFloats, fixed, scientific }

  private let style: Style
  private let precision: Int
  private(set) var width = 1

  /// Chooses the format: scientific where finite elements other than 0 differ by more than a factor of 1,000, exceed
  /// 1e8 or are below 1e-4; without digits after the point where all are integers.
  init(_ elements: [Double], _ dtype: DType, precision: Int) {
    self.precision = precision
    var measured = elements
    switch dtype {
    case .int32: style = .integers
    case .bool: style = .booleans
    case .float32:
      measured = elements.filter { $0.isFinite && $0 != 0 }
      let magnitudes = measured.map(abs)
      let smallest = magnitudes.min() ?? 1
      let largest = magnitudes.max() ?? 1
      if largest / smallest > 1000 || largest > 1e8 || smallest < 1e-4 {
        style = .scientific
      } else {
        style = measured.allSatisfy { $0 == $0.rounded() } ? .wholeFloats : .fixed
      }
    }
    width = measured.map { plain($0).count }.max() ?? 1
  }

  /// An element, padded to the width of all.
  func text(_ value: Double) -> String {
    let text = plain(value)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }

  private func plain(_ value: Double) -> String {
    switch style {
    case .integers: return String(Int(value))
    case .booleans: return value != 0 ? "true" : "false"
    // C's format tells the two signs of NaN apart.
    case _ where value.isNaN: return "nan"
    case _ where value.isInfinite: return value < 0 ? "-inf" : "inf"
    case .wholeFloats: return String(format: "%.0f.", value)
    case .fixed: return String(format: "%.\(precision)f", value)
    case .scientific: return String(format: "%.\(precision)e", value)
    }
  }
}
