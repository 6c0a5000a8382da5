/// Parts of pickles for tests, to be joined by `+`.
enum PickleBytes {
  static let start: [UInt8] = [0x80, 2]
  static let stop = [UInt8(ascii: ".")]

  static func global(_ module: String, _ name: String) -> [UInt8] {
    [UInt8](("c" + module + "\n" + name + "\n").utf8)
  }

  static func text(_ text: String) -> [UInt8] {
    [UInt8(ascii: "X")] + word(text.utf8.count) + [UInt8](text.utf8)
  }

  static func word(_ number: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }

  /// An integer of 64 bits.
  static func number(_ number: Int) -> [UInt8] {
    [0x8A, 8] + (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  static func tuple(_ numbers: [Int]) -> [UInt8] {
    [UInt8(ascii: "(")] + numbers.flatMap(number) + [UInt8(ascii: "t")]
  }

  /// A tensor over storage `key` of `count` float32 elements.
  static func tensor(
    _ shape: [Int], _ strides: [Int], offset: Int = 0, count: Int, key: String = "0",
    type: String = "FloatStorage"
  ) -> [UInt8] {
    let parts: [[UInt8]] = [
      global("torch._utils", "_rebuild_tensor_v2"), code("(("), text("storage"), global("torch", type),
      text(key),
      text("cpu"), number(count), code("tQ"), number(offset), tuple(shape), tuple(strides), [0x89],
      global("collections", "OrderedDict"), code(")RtR"),
    ]
    return parts.flatMap { $0 }
  }

  /// Instructions that are letters.
  static func code(_ text: String) -> [UInt8] { [UInt8](text.utf8) }
}
