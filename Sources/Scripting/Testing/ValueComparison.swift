import Foundation
import LuaHost
import Support
import Tensors

/// A comparison of values that says in words where they differ.
struct ValueComparison {
  struct Tolerance {
    let absolute: Double
    let relative: Double
  }

  /// Nil for equal values.
  let tolerance: Tolerance?

  /// Where values differ, in several lines; nil where they do not.
  ///
  /// - Throws: `TensorError` when memory is exhausted.
  func difference(_ actual: LuaValue, _ expected: LuaValue) throws -> String? {
    try difference(actual, expected, at: "")
  }

  private func difference(_ actual: LuaValue, _ expected: LuaValue, at path: String) throws -> String? {
    let place = path.isEmpty ? "" : " at \(path)"
    if let tensor = actual.object(Tensor.self) {
      if let other = expected.object(Tensor.self) {
        return try difference(Numbers(tensor), Numbers(other), place, comparesType: tolerance == nil)
      }
      if let list = Numbers(list: expected) {
        return try difference(Numbers(tensor), list, place, comparesType: false)
      }
    }
    if let list = Numbers(list: actual), let other = expected.object(Tensor.self) {
      return try difference(list, Numbers(other), place, comparesType: false)
    }
    // A tensor of one element is a number too, as sum() and max() return it.
    if let number = actual.single, let other = expected.single {
      guard !isClose(number, other) else { return nil }
      return "expected \(other.text)\(place), got \(number.text)" + remark(abs(number - other))
    }
    if let table = actual.table, let other = expected.table {
      return try difference(table, other, at: path)
    }
    if actual == expected { return nil }
    return "expected \(ValueText.short(expected))\(place), got \(ValueText.short(actual))"
  }

  private func difference(_ actual: LuaTable, _ expected: LuaTable, at path: String) throws -> String? {
    let place = path.isEmpty ? "" : " at \(path)"
    guard actual.list.count == expected.list.count else {
      return "expected a list of \(expected.list.count)\(place), got one of \(actual.list.count):\n"
        + "  expected \(ValueText.short(.table(expected)))\n  got      \(ValueText.short(.table(actual)))"
    }
    for (index, pair) in zip(actual.list, expected.list).enumerated() {
      if let found = try difference(pair.0, pair.1, at: "\(path)[\(index + 1)]") { return found }
    }
    for (name, value) in expected.fields {
      if let found = try difference(actual[name], value, at: path.isEmpty ? name : "\(path).\(name)") {
        return found
      }
    }
    let extra = actual.fields.first { expected[$0.name].isNil }
    return extra.map { "expected no field '\($0.name)'\(place), got \(ValueText.short($0.value))" }
  }

  /// Compares two tensors.
  private func difference(
    _ actual: Numbers, _ expected: Numbers, _ place: String, comparesType: Bool
  ) -> String? {
    guard actual.shape == expected.shape else {
      return "expected a tensor of shape \(expected.shape)\(place), got shape \(actual.shape)"
    }
    if comparesType, actual.type != expected.type {
      return "expected a tensor of \(expected.type)\(place), got \(actual.type)"
    }
    let wrong = actual.values.indices.filter { !isClose(actual.values[$0], expected.values[$0]) }
    guard !wrong.isEmpty else { return nil }
    func size(_ index: Int) -> Double {
      let difference = abs(actual.values[index] - expected.values[index])
      return difference.isNaN ? .infinity : difference
    }
    let worst = wrong.max { size($0) < size($1) } ?? wrong[0]
    var lines = [
      "expected a tensor of other elements\(place):",
      "  shape       \(actual.shape), \(actual.type); \(wrong.count) of \(actual.values.count) elements differ",
      "  most at     \(actual.position(worst)): expected \(expected.values[worst].text), got "
        + actual.values[worst].text + remark(size(worst)),
    ]
    if actual.values.count <= 12 {
      lines += ["  expected    \(expected.text)", "  got         \(actual.text)"]
    }
    return lines.joined(separator: "\n")
  }

  private func isClose(_ number: Double, _ other: Double) -> Bool {
    if number == other || number.isNaN && other.isNaN { return true }
    guard let tolerance else { return false }
    return abs(number - other) <= tolerance.absolute + tolerance.relative * abs(other)
  }

  private func remark(_ difference: Double) -> String {
    guard let tolerance else { return "" }
    return
      ", \(difference.text) apart (tolerance \(tolerance.absolute.text) + \(tolerance.relative.text)·|expected|)"
  }
}

/// The elements of a tensor, or of a nested list.
private struct Numbers {
  let shape: [Int]
  let type: String
  let values: [Double]

  init(_ tensor: Tensor) throws {
    shape = tensor.shape
    type = tensor.dtype.rawValue
    values = try tensor.detached().contiguous().numbers
  }

  /// Nil unless every list has the same length and all elements are numbers or truth values.
  init?(list value: LuaValue) {
    guard let list = value.list, value.table?.fields.isEmpty == true, !list.isEmpty else { return nil }
    type = "numbers"
    let flat = list.compactMap { $0.number ?? $0.boolean.map { $0 ? 1 : 0 } }
    if flat.count == list.count {
      shape = [flat.count]
      values = flat
      return
    }
    let rows = list.compactMap { Numbers(list: $0) }
    guard rows.count == list.count, rows.allSatisfy({ $0.shape == rows[0].shape }) else { return nil }
    shape = [rows.count] + rows[0].shape
    values = rows.flatMap(\.values)
  }

  /// The position of an element in every dimension, from 1.
  func position(_ index: Int) -> [Int] {
    var rest = index
    return shape.reversed().map { length in
      defer { rest /= length }
      return rest % length + 1
    }.reversed()
  }

  var text: String { "{ " + values.map(\.text).joined(separator: ", ") + " }" }
}

/// Values in a few words.
enum ValueText {
  static func short(_ value: LuaValue) -> String {
    switch value {
    case .nil: return "nil"
    case .string(let text): return "\"\(text.printableLine(limit: 100))\""
    case .number(let number): return number.text
    case .table(let table):
      let parts =
        table.list.prefix(8).map(short) + table.fields.prefix(8).map { "\($0.name) = \(short($0.value))" }
      let isAll = table.list.count <= 8 && table.fields.count <= 8
      return parts.isEmpty && isAll ? "{}" : "{ \((parts + (isAll ? [] : ["…"])).joined(separator: ", ")) }"
    case .object:
      guard let tensor = value.object(Tensor.self) else { return "a \(value.typeName)" }
      return "a tensor of shape \(tensor.shape) of \(tensor.dtype)"
    case .function: return "a function"
    case .bytes(let bytes): return "\"\(bytes.prefix(100).escapedBytes)\""
    default: return value.literal
    }
  }
}

extension Double {
  /// With as many digits as float32 has.
  var text: String {
    isNaN ? "nan" : Int(exactly: self).map { "\($0)" } ?? String(format: "%.7g", self)
  }
}
