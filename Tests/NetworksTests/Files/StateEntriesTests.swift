import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// A file with a tensor `w` of 1 and 2 and an entry that cannot be used, and what that entry is called.
struct OddEntry: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let file: Data
  let name: String
  let type: String
  /// What the message about the entry says.
  let says: String
  /// Whether it is a tensor of numbers, of which only reading it tells that it cannot be used.
  var isNumbers = false
}

/// What nobody asked for shuts no file: the tensor beside it is read, and it is named where it is wanted.
@Suite struct StateEntriesTests {
  private typealias P = PickleBytes

  private static func pickled(
    _ name: String, type: String, says: String, isNumbers: Bool = false, _ value: [UInt8]...
  ) -> OddEntry {
    let parts = [
      P.start, P.code("}("), P.text("x"), value.flatMap(\.self), P.text("w"), P.tensor([2], [1], count: 2),
      P.code("u"),
      P.stop,
    ]
    let file = ZipBuilder.torch(parts.flatMap(\.self), ["0": [0, 0, 128, 63, 0, 0, 0, 64]])
    return OddEntry(
      testDescription: name, file: file, name: "x", type: type, says: says, isNumbers: isNumbers)
  }

  static let pickles = [
    pickled(
      "an object of a foreign class", type: "pathlib.PosixPath", says: "an object of pathlib.PosixPath",
      P.global("pathlib", "PosixPath"), P.text("a"), [0x85], P.code("R")),
    pickled(
      "what a function returns", type: "os.system", says: "(nothing was run)", P.global("os", "system"),
      P.text("true"),
      [0x85], P.code("R")),
    pickled(
      "an object with attributes", type: "a.B", says: "an object of a.B", P.global("a", "B"), P.code(")"),
      [0x81],
      P.code("}"), P.text("lr"), P.code("K"), [1], P.code("sb")),
    pickled(
      "a class", type: "class", says: "it is the class torch.optim.Adam", P.global("torch.optim", "Adam")),
    pickled(
      "bytes that are no text", type: "bytes", says: "not text in UTF-8", P.code("C"), [2, 0xFF, 0xFE]),
    pickled(
      "a list in itself", type: "list", says: "in themselves", P.code("]q"), [9], P.code("h"), [9],
      P.code("a")),
    pickled("an extension", type: "registered extension", says: "outside the pickle", [0x82, 7]),
    pickled("a buffer", type: "buffer", says: "outside the pickle", [0x97]),
    pickled(
      "complex elements", type: "tensor of torch.ComplexFloatStorage", says: "torch.ComplexFloatStorage",
      P.tensor([1], [1], count: 1, type: "ComplexFloatStorage")),
    pickled(
      "a tensor past its storage", type: "tensor of float32", says: "exceeds the 2 elements", isNumbers: true,
      P.tensor([3], [1], count: 2)),
    pickled(
      "a storage that is missing", type: "tensor of float32", says: "no entry x/data/7", isNumbers: true,
      P.tensor([1], [1], count: 1, key: "7")),
  ]

  private static func safetensors(_ code: String, _ bytes: [UInt8], says: String, range: String? = nil)
    -> OddEntry
  {
    let header =
      "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"x\":{\"dtype\":\"\(code)\",\"shape\":[1],"
      + "\"data_offsets\":\(range ?? "[8,\(8 + bytes.count)]")}}"
    return OddEntry(
      testDescription: "safetensors with \(code)",
      file: SafeTensorsTests.file(
        header, [0, 0, 128, 63, 0, 0, 0, 64] + bytes), name: "x", type: range == nil ? code : "damaged entry",
      says: says,
      isNumbers: code == "I64")
  }

  static let safetensors = [
    safetensors("F8_E4M3", [1], says: "type F8_E4M3 cannot be read"),
    safetensors("C64", .init(repeating: 0, count: 8), says: "type C64"),
    safetensors("\\u001b[2J", [0], says: "type \\u{1b}[2J").printed,
    safetensors("I64", [0, 0, 0, 0, 1, 0, 0, 0], says: "4294967296 does not fit an int32"),
    safetensors("F32", [], says: "damaged or the file is cut short", range: "[8,12]"),
    safetensors("F32", [], says: "damaged", range: "[9223372036854775807,9223372036854775807]"),
    safetensors("F32", [], says: "damaged", range: "[1e30,1e40]"),
  ]

  private static func npy(_ descriptor: String, _ body: [UInt8]) -> [UInt8] {
    let header = "{'descr': \(descriptor), 'fortran_order': False, 'shape': (2,), }"
    return [0x93] + [UInt8]("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + [UInt8](header.utf8) + body
  }

  private static func archive(_ name: String, type: String, says: String, _ entries: ZipBuilder.Entry...)
    -> OddEntry
  {
    let w = ZipBuilder.Entry(name: "w.npy", bytes: npy("'<f4'", [0, 0, 128, 63, 0, 0, 0, 64]))
    return OddEntry(
      testDescription: name, file: ZipBuilder(entries: [w] + entries).data,
      name: entries[0].name.replacing(".npy", with: ""), type: type, says: says)
  }

  private static let ones = [UInt8](repeating: 1, count: 8)

  static let archives = [
    archive("words", type: "<U1", says: "'<U1'", .init(name: "x.npy", bytes: npy("'<U1'", ones))),
    archive(
      "Python objects", type: "|O", says: "Python objects", .init(name: "x.npy", bytes: npy("'|O'", ones))),
    archive("complex", type: "<c8", says: "'<c8'", .init(name: "x.npy", bytes: npy("'<c8'", ones + ones))),
    archive(
      "structured", type: "damaged array", says: "structured array",
      .init(name: "x.npy", bytes: npy("[('a', '<f4')]", ones))),
    archive("a file", type: "file", says: "not an array", .init(name: "README.txt", bytes: [0x61])),
    archive(
      "encrypted", type: "damaged entry", says: "encrypted",
      .init(name: "x.npy", bytes: npy("'<f4'", ones), flags: 1)),
    archive(
      "bzip2", type: "damaged entry", says: "method 12",
      .init(name: "x.npy", bytes: npy("'<f4'", ones), method: 12)),
    archive(
      "a wrong checksum", type: "damaged entry", says: "checksum",
      .init(name: "x.npy", bytes: npy("'<f4'", ones), checksum: 1)),
    archive(
      "two of one name", type: "damaged entry", says: "two entries of this name",
      .init(name: "x.npy", bytes: npy("'<f4'", ones)), .init(name: "x.npy", bytes: npy("'<f4'", ones))),
  ]

  @Test(arguments: pickles + safetensors + archives) func theTensorBesideItIsRead(_ c: OddEntry) throws {
    let device = Device(memory: 1 << 26)
    let entries = try StateFile.decode(c.file, named: "file", on: device).entries
    let w = try #require(entries.first { $0.name == "w" }?.tensor)
    #expect(try w.numbers == [1, 2])
    let problem = try #require(entries.first { $0.problem != nil })
    #expect(problem.name.hasPrefix(c.name) && problem.problem?.type == c.type, "\(problem)")
    #expect(problem.problem?.reason.what.contains(c.says) == true, "\(problem)")
  }

  /// A model that wants it is told which, and why; one that does not gets a remark.
  @Test(arguments: pickles + safetensors + archives) func isRefusedOnlyWhereItIsWanted(_ c: OddEntry) throws {
    let device = Device(memory: 1 << 26)
    let path = FileManager.default.temporaryDirectory.path + "/odd-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try c.file.write(to: URL(fileURLWithPath: path))
    let w = try Tensor.zeros([2], on: device)
    let names = StateNames(ignored: c.isNumbers ? [c.name] : [])
    let remarks = try Bag([("w", w)]).load(file: path, names: names, for: "it", on: device)
    #expect(try w.numbers == [1, 2])
    #expect(c.isNumbers ? remarks.isEmpty : remarks.count == 1 && remarks[0].contains(c.name), "\(remarks)")
    // A list is no entry of its own; its parts are.
    guard c.type != "list" else { return }
    let error = #expect(throws: NetworkError.self) {
      try Bag([("w", w), (c.name, .zeros([1], on: device))]).load(file: path, for: "it", on: device)
    }
    let text = error?.description.replacing(path, with: "") ?? ""
    #expect(text.contains("tensor \(c.name): ") && text.contains(c.says), "\(text)")
  }

  /// A tensor that is too large for the budget does not matter to a model without it.
  @Test func whatIsNotWantedCostsNothing() throws {
    let device = Device(memory: 1 << 20)
    let pickle =
      P.start + P.code("}(") + P.text("big") + P.tensor([1 << 20, 1 << 18], [0, 0], count: 2) + P.text("w")
      + P.tensor([2], [1], count: 2) + P.code("u") + P.stop
    let file = ZipBuilder.torch(pickle, ["0": [0, 0, 128, 63, 0, 0, 0, 64]])
    let value = try StateFile.decode(file, named: "x.pt", on: device) { $0 == "w" }
    #expect(try value.tensors.map { try $0.tensor.numbers } == [[1, 2]])
    #expect(value.entries.map(\.name) == ["big", "w"])
  }
}

extension OddEntry {
  /// The same with its type as messages print it.
  var printed: OddEntry {
    OddEntry(
      testDescription: "safetensors with an escape", file: file, name: name, type: "\\u{1b}[2J",
      says: says)
  }
}

/// A module of loose tensors.
final class Bag: Module {
  let description = "Bag"
  let buffers: [(name: String, tensor: Tensor)]
  var isTraining = false

  init(_ tensors: [(name: String, tensor: Tensor)]) { buffers = tensors }

  func forward(_ input: Tensor) throws -> Tensor { input }
}
