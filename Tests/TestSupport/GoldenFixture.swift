import Foundation
import Testing

/// Why a golden fixture could not be used.
public struct GoldenError: Error, CustomStringConvertible {
  public let description: String
}

/// Reference values made by PyTorch: `NAME.safetensors` with its `NAME.json` in `Tests/Fixtures/golden`.
///
/// A value passes when |actual − stored| ≤ `atol`, elementwise.
public struct GoldenFixture: Sendable {
  private struct Entry: Sendable {
    let type: String
    let shape: [Int]
    let range: Range<Int>
  }

  /// What the fixture is called.
  public let name: String
  private let entries: [String: Entry]
  private let tolerances: [String: Double]
  private let payload: Data
  private let json: Data

  /// Reads the fixture `name`.
  public init(_ name: String) throws {
    self.name = name
    let file = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/\(name).safetensors")))
    json = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("golden/\(name).json")))
    let headerLength = file.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
    let header = try JSONSerialization.jsonObject(with: file.dropFirst(8).prefix(headerLength))
    payload = Data(file.dropFirst(8 + headerLength))
    var entries: [String: Entry] = [:]
    for case (let key, let value as [String: Any]) in header as? [String: Any] ?? [:]
    where key != "__metadata__" {
      guard let type = value["dtype"] as? String, let shape = value["shape"] as? [Int],
        let offsets = value["data_offsets"] as? [Int], offsets.count == 2
      else { throw GoldenError(description: "\(name).safetensors: the header of \(key) is not understood") }
      entries[key] = Entry(type: type, shape: shape, range: offsets[0]..<offsets[1])
    }
    self.entries = entries
    let notes = try JSONSerialization.jsonObject(with: json) as? [String: Any]
    let tensors = notes?["tensors"] as? [String: [String: Any]] ?? [:]
    tolerances = tensors.compactMapValues { ($0["atol"] as? NSNumber)?.doubleValue }
  }

  /// The names of all tensors, sorted.
  public var names: [String] { entries.keys.sorted() }

  /// The `parameters` object of the JSON file.
  public func parameters() throws -> [String: Any] {
    let notes = try JSONSerialization.jsonObject(with: json) as? [String: Any]
    return notes?["parameters"] as? [String: Any] ?? [:]
  }

  /// A float32 tensor, row-major.
  public func tensor(_ key: String) throws -> (shape: [Int], values: [Float]) {
    let (shape, words) = try words(key, type: "F32")
    return (shape, words.map { Float(bitPattern: $0) })
  }

  /// An int32 tensor, row-major.
  public func int32s(_ key: String) throws -> (shape: [Int], values: [Int32]) {
    let (shape, words) = try words(key, type: "I32")
    return (shape, words.map { Int32(bitPattern: $0) })
  }

  /// How far a value may be from the stored one; 0 for what must be exact.
  public func atol(_ key: String) throws -> Float {
    guard let tolerance = tolerances[key] else { throw missing(key) }
    return Float(tolerance)
  }

  /// Expects `actual` to be within the tolerance of the stored tensor everywhere.
  ///
  /// - Parameter stored: what to compare with instead of the whole tensor (a part of it, or its transpose).
  public func expectClose(
    _ actual: [Float], _ key: String, stored: [Float]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try stored ?? tensor(key).values
    let tolerance = try atol(key)
    #expect(actual.count == expected.count, "\(name)/\(key): element count", sourceLocation: sourceLocation)
    guard actual.count == expected.count else { return }
    var worst = Float(0)
    var place = 0
    for i in expected.indices where actual[i] != expected[i] {
      let distance = abs(actual[i] - expected[i])
      if !(distance <= worst) { (worst, place) = (distance.isNaN ? .infinity : distance, i) }
    }
    let values = expected.isEmpty ? "" : "\(actual[place]), stored \(expected[place])"
    #expect(
      worst <= tolerance, "\(name)/\(key) at \(place): \(values)", sourceLocation: sourceLocation)
  }

  private func words(_ key: String, type: String) throws -> ([Int], [UInt32]) {
    guard let entry = entries[key] else { throw missing(key) }
    guard entry.type == type else {
      throw GoldenError(description: "\(name)/\(key) holds \(entry.type), asked for \(type)")
    }
    let bytes = [UInt8](payload[entry.range])
    let words = stride(from: 0, to: bytes.count, by: 4).map { at in
      (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << (8 * UInt32($1)) }
    }
    return (entry.shape, words)
  }

  private func missing(_ key: String) -> GoldenError {
    GoldenError(description: "\(name) has no tensor \(key); it has \(names.joined(separator: ", "))")
  }
}
