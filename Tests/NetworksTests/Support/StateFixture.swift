import Foundation
import Networks
import TestSupport
import Tensors
import Testing

/// A file of `Tests/Fixtures/files`, made by `Tests/Python/golden/state_files.py`.
struct StateFixture {
  let path: String
  let value: StateValue

  init(_ name: String, on device: Device = Device()) throws {
    path = Fixtures.path("files/" + name)
    value = try StateFile.read(path, on: device)
  }

  /// The bytes of a file.
  static func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("files/" + name)))
  }

  /// The value at a path of names with dots.
  func at(_ path: String) -> StateValue? {
    var value: StateValue? = value
    for name in path.split(separator: ".") {
      switch value {
      case .table(let fields): value = fields.first { $0.name == name }?.value
      case .list(let parts):
        value = Int(name).flatMap { parts.indices.contains($0) ? parts[$0] : nil }
      default: return nil
      }
    }
    return value
  }

  /// Expects a tensor at a path.
  func expect(
    _ path: String, _ numbers: [Double], _ shape: [Int], _ dtype: DType, as stored: StoredType,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    guard case .tensor(let tensor, let found) = at(path) else {
      Issue.record("no tensor \(path)", sourceLocation: sourceLocation)
      return
    }
    #expect(try tensor.numbers == numbers, "\(path)", sourceLocation: sourceLocation)
    #expect(tensor.shape == shape, "\(path)", sourceLocation: sourceLocation)
    #expect(tensor.dtype == dtype && found == stored, "\(path)", sourceLocation: sourceLocation)
  }
}

/// A file and what the message about it says.
struct RefusedFile: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let says: [String]

  init(_ name: String, _ says: String...) {
    testDescription = name
    self.says = says
  }
}

/// Expects bytes to be refused as a damaged file, by a message with these parts.
func expectRefused(
  _ file: Data, _ says: [String], named name: String = "some.pt", device: Device = Device(),
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let error = #expect(throws: NetworkError.self, sourceLocation: sourceLocation) {
    try StateFile.decode(file, named: name, on: device)
  }
  let text = error?.description ?? ""
  for part in ["cannot read \(name): "] + says {
    #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation)
  }
  #expect(error?.exitCode == .data, sourceLocation: sourceLocation)
}
