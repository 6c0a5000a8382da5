import Foundation
import Networks
import Support
import Tensors
import Testing

/// A file's bytes and what the message about them says.
struct DamagedFile: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let file: Data
  let message: String

  init(_ name: String, _ file: Data, _ message: String) {
    testDescription = name
    self.file = file
    self.message = message
  }
}

/// An element type, its bytes, and the numbers they are read as.
struct ElementCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let bytes: [UInt8]
  let numbers: [Double]

  init(_ code: String, _ bytes: [UInt8], _ numbers: [Double]) {
    testDescription = code
    self.bytes = bytes
    self.numbers = numbers
  }
}

@Suite struct SafeTensorsTests {
  private let device = Device()

  static func file(_ header: String, _ body: [UInt8] = []) -> Data {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8) + Data(body)
  }

  private static func entry(_ code: String, _ shape: String, _ offsets: String) -> String {
    "{\"x\":{\"dtype\":\"\(code)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}}"
  }

  static let damaged = [
    DamagedFile("empty", Data(), "only 0 bytes"),
    DamagedFile("short", Data([1, 2, 3]), "only 3 bytes"),
    DamagedFile("header longer than the file", file("{}").dropLast(), "claims 2 bytes of the file's 9"),
    DamagedFile("huge header", Data(repeating: 255, count: 16), "claims 18446744073709551615 bytes"),
    DamagedFile("not JSON", file("{x"), "not JSON"),
    DamagedFile("a list", file("[1]"), "not JSON"),
    DamagedFile(
      "an entry that is a number", file("{\"x\":1}"), "tensor x: its entry in the header is damaged"),
    DamagedFile(
      "no shape", file("{\"x\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}"),
      "tensor x: its entry in the header is damaged"),
    DamagedFile("cut short", file(entry("F32", "[2]", "[0,8]"), [0, 0, 0, 0]), "cut short"),
    DamagedFile(
      "backwards", file(entry("F32", "[1]", "[4,0]"), [0, 0, 0, 0]),
      "tensor x: its entry in the header is damaged"),
    DamagedFile(
      "before the start", file(entry("F32", "[1]", "[-4,0]"), [0, 0, 0, 0]),
      "tensor x: its entry in the header is damaged"),
    DamagedFile("too few bytes", file(entry("F32", "[2]", "[0,4]"), [0, 0, 0, 0]), "4 bytes"),
    DamagedFile(
      "half an element", file(entry("F64", "[1]", "[0,12]"), .init(repeating: 0, count: 12)), "12 bytes"),
    DamagedFile("negative length", file(entry("F32", "[-1]", "[0,4]"), [0, 0, 0, 0]), "tensor x"),
    DamagedFile(
      "shape past memory", file(entry("F32", "[4611686018427387904,4]", "[0,4]"), [0, 0, 0, 0]), "tensor x"),
    DamagedFile(
      "more bytes", file(entry("F32", "[1]", "[0,4]"), .init(repeating: 0, count: 8)), "4 bytes are of no"),
    DamagedFile(
      "a gap", file(entry("F32", "[1]", "[4,8]"), .init(repeating: 0, count: 8)), "4 bytes are of no"),
    DamagedFile(
      "an overlap",
      file(
        #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"y":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
        .init(repeating: 0, count: 12)), "two tensors have the same bytes"),
    DamagedFile("unknown type", file(entry("F8_E4M3", "[1]", "[0,1]"), [0]), "F8_E4M3"),
    DamagedFile(
      "an integer past int32", file(entry("I64", "[1]", "[0,8]"), [0, 0, 0, 0, 1, 0, 0, 0]), "4294967296"),
  ]

  @Test(arguments: damaged) func damageIsNamed(_ c: DamagedFile) {
    let error = #expect(throws: NetworkError.self) {
      try SafeTensors.decode(c.file, named: "model.safetensors", on: device)
    }
    let text = error?.description ?? ""
    #expect(text.contains("model.safetensors") && text.contains(c.message), "\(text)")
    #expect(error?.exitCode == .data)
  }

  static let elements = [
    ElementCase("F32", [0, 0, 0xC0, 0x3F, 0, 0, 0x80, 0xFF], [1.5, -.infinity]),
    ElementCase("F64", [0, 0, 0, 0, 0, 0, 0xF8, 0x3F], [1.5]),
    ElementCase("F16", [0, 0x3E, 1, 0, 0xFF, 0xFB, 0, 0x7C, 0, 0x80], [1.5, 0x1p-24, -65504, .infinity, 0]),
    ElementCase("BF16", [0xC0, 0x3F, 0x80, 0xFF], [1.5, -.infinity]),
    ElementCase("I64", [7, 0, 0, 0, 0, 0, 0, 0] + .init(repeating: 255, count: 8), [7, -1]),
    ElementCase("I32", [254, 255, 255, 255], [-2]),
    ElementCase("U8", [200], [200]),
    ElementCase("BOOL", [1, 0], [1, 0]),
  ]

  @Test(arguments: elements) func elementTypesAreRead(_ c: ElementCase) throws {
    let header = Self.entry(c.testDescription, "[\(c.numbers.count)]", "[0,\(c.bytes.count)]")
    let read = try SafeTensors.decode(Self.file(header, c.bytes), named: "x", on: device)
    #expect(try read.tensors["x"]?.numbers == c.numbers)
  }

  @Test func filesComeBackAsTheyWere() throws {
    let path = NSTemporaryDirectory() + "nets-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    var random = RandomStream(seed: 4, purpose: "file")
    let weight = try Tensor.randn([3, 4, 5], from: &random, on: device)
    try SafeTensors.write(
      [
        ("weight", weight), ("turned", weight.transposed(0, 2)),
        ("count", .full([], 7, dtype: .int32, on: device)),
        ("mask", .full([2], 1, dtype: .bool, on: device)), ("empty", .zeros([0, 3], on: device)),
      ], metadata: ["made": "by a test"], to: path)
    let read = try SafeTensors.read(path, on: device)
    #expect(Set(read.keys) == ["weight", "turned", "count", "mask", "empty"])
    #expect(try read["weight"]?.floatValues == weight.floatValues)
    #expect(try read["turned"]?.floatValues == weight.transposed(0, 2).floatValues)
    #expect(read["turned"]?.shape == [5, 4, 3] && read["count"]?.dtype == .int32)
    #expect(try read["count"]?.item() == 7)
    #expect(read["empty"]?.shape == [0, 3])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(try SafeTensors.decode(bytes, named: path, on: device).metadata == ["made": "by a test"])
  }

  @Test func aMissingFileIsNamed() {
    #expect(throws: FileError.self) { try SafeTensors.read("/nowhere/model.safetensors", on: device) }
  }

  /// Names are bytes, as in every other reader of these formats.
  @Test(arguments: ["safetensors", "npz"]) func namesInTwoNormalFormsAreTwoTensors(_ format: String) throws {
    let names = ["cafe\u{301}", "caf\u{E9}"]
    let tensors = try names.enumerated().map { (name: $1, tensor: try Tensor(Float($0), on: device)) }
    let file = try StateFile.encode(tensors, for: "x.\(format)")
    let read = try StateFile.decode(file, named: "x", on: device).tensors
    #expect(read.map { Array($0.name.utf8) } == names.map { Array($0.utf8) })
    #expect(try read.map { try $0.tensor.item() } == [0, 1])
  }

  /// The header has every tensor of the body, or other readers would refuse the file.
  @Test func theHeaderListsEveryTensor() throws {
    let tensors = try ["e\u{301}", "\u{E9}", "a \"b\"\\", "\u{200E}"].map { ($0, try Tensor(1, on: device)) }
    let file = try SafeTensors.encode(tensors)
    let text = String(decoding: file.dropFirst(8), as: UTF8.self)
    #expect(text.ranges(of: "\"dtype\"").count == 4)
    #expect(text.utf8.count > 0 && text.contains("\"data_offsets\":[12,16]"))
  }

  @Test func aNameTwiceIsUnusableAndNothingElse() throws {
    func entry(_ name: String, _ start: Int) -> String {
      "\"\(name)\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[\(start),\(start + 4)]}"
    }
    let header = "{\(entry("x", 0)),\(entry("y", 4)),\(entry("x", 8))}"
    let file = Self.file(header, .init(repeating: 0, count: 12))
    #expect(try StateFile.decode(file, named: "x", on: device).tensors.map(\.name) == ["y"])
  }
}
