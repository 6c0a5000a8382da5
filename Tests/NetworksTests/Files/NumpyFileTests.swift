import Foundation
import Networks
import Tensors
import Testing

@Suite struct NumpyFileTests {
  @Test(arguments: ["arrays.npz", "packed.npz"]) func arraysAreRead(_ name: String) throws {
    let file = try StateFixture(name)
    try file.expect("float32", [1.5, -2, .infinity, 3], [2, 2], .float32, as: .float32)
    try file.expect("float64", [Double(Float(0.1)), -.infinity], [2], .float32, as: .float64)
    try file.expect("float16", [0.5, 65504], [2], .float32, as: .float16)
    try file.expect("int8", [-128, 127], [2], .int32, as: .int8)
    try file.expect("uint8", [0, 255], [2], .int32, as: .uint8)
    try file.expect("int16", [-32768, 32767], [2], .int32, as: .int16)
    try file.expect("uint16", [65535], [1], .int32, as: .uint16)
    try file.expect("int32", [-2_147_483_648, 2_147_483_647], [2], .int32, as: .int32)
    try file.expect("uint32", [5], [1], .int32, as: .uint32)
    try file.expect("int64", [7, -8], [2], .int32, as: .int64)
    try file.expect("uint64", [6], [1], .int32, as: .uint64)
    try file.expect("bool", [1, 0, 1], [3], .bool, as: .bool)
    try file.expect("scalar", [2.5], [], .float32, as: .float32)
    try file.expect("empty", [], [0, 3], .float32, as: .float32)
    try file.expect("turned", [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], [4, 3], .float32, as: .float32)
    try file.expect("fortran", [0, 1, 2, 3, 4, 5], [2, 3], .float32, as: .float32)
  }

  @Test func aLoneArrayIsItself() throws {
    try StateFixture("lone.npy").expect("", [0, 1, 2, 3, 4, 5], [2, 3], .float32, as: .float64)
  }

  @Test(arguments: 1...3) func allVersionsAndBothOrdersAreRead(_ version: Int) throws {
    let file = try StateFixture("version\(version).npy")
    try file.expect("", (0..<24).map(Double.init), [2, 3, 4], .int32, as: .int32)
  }

  static let refused = [
    RefusedFile("objects.npy", "Python objects"),
    RefusedFile("big_endian.npy", "'>f4', are big-endian", "Hint: "),
    RefusedFile("structured.npy", "structured array", "('a', '<f4')"), RefusedFile("words.npy", "'<U3'"),
    RefusedFile("complex.npy", "'<c8'"),
  ]

  @Test(arguments: refused) func otherArraysAreRefused(_ c: RefusedFile) throws {
    expectRefused(try StateFixture.bytes(c.testDescription), c.says, named: c.testDescription)
  }

  private static func array(_ header: String, _ body: [UInt8] = [], version: UInt8 = 1, length: Int? = nil)
    -> Data
  {
    let length = length ?? header.utf8.count
    return Data([0x93]) + Data("NUMPY".utf8) + [version, 0, UInt8(length & 255), UInt8(length >> 8)]
      + Data(header.utf8) + Data(body)
  }

  private static func header(_ shape: String, _ type: String = "<f4", more: String = "") -> String {
    "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), \(more)}"
  }

  static let damaged = [
    DamagedFile("only the magic", array("").prefix(6), "cut short"),
    DamagedFile("no length", array("").prefix(9), "cut short"),
    DamagedFile("version 0", array("{}", version: 0), "version 0 of npy"),
    DamagedFile("version 9", array("{}", version: 9), "version 9 of npy"),
    DamagedFile("a header past the end", array("{}", length: 500), "claims 500 bytes of the 2"),
    DamagedFile("no header", array(""), "its header is damaged"),
    DamagedFile("an empty dict", array("{}"), "its header is damaged"),
    DamagedFile("no shape", array("{'descr': '<f4', 'fortran_order': False}"), "its header is damaged"),
    DamagedFile("a field too many", array(header("(1,)", more: "'more': 1, ")), "its header is damaged"),
    DamagedFile("twice the shape", array(header("(1,)", more: "'shape': (2,), ")), "its header is damaged"),
    DamagedFile("text behind it", array(header("(1,)") + "x"), "its header is damaged"),
    DamagedFile("code", array(header("__import__('os')")), "its header is damaged"),
    DamagedFile("an open text", array("{'descr"), "its header is damaged"),
    DamagedFile("negative", array(header("(-1,)")), "its header is damaged"),
    DamagedFile("a number past 64 bits", array(header("(99999999999999999999,)")), "its header is damaged"),
    DamagedFile("too few bytes", array(header("(2,)"), [0, 0, 0, 0]), "4 bytes cannot fill [2]"),
    DamagedFile("too many bytes", array(header("(1,)"), [0, 0, 0, 0, 0]), "5 bytes cannot fill [1]"),
    DamagedFile("past memory", array(header("(4611686018427387904, 4)")), "fewer than 2^40"),
    DamagedFile("empty and huge", array(header("(0, 1099511627776)")), "2^40"),
    DamagedFile(
      "17 dimensions", array(header("(" + String(repeating: "1, ", count: 17) + ")")), "16 dimensions"),
    DamagedFile("escapes in its text", array("{'\u{1B}[2J"), "\\u{1b}[2J"),
  ]

  @Test(arguments: damaged) func damageIsNamed(_ c: DamagedFile) {
    expectRefused(c.file, [c.message], named: "a.npy")
  }

  @Test func aWholeNumberPastInt32IsNamed() {
    let bytes = Self.array(Self.header("(1,)", "<u8"), .init(repeating: 255, count: 8))
    expectRefused(bytes, ["18446744073709551615 does not fit an int32"], named: "a.npy")
  }

  @Test func whatIsWrittenComesBack() throws {
    let device = Device()
    var random = RandomStream(seed: 4, purpose: "file")
    let weight = try Tensor.randn([3, 4, 5], from: &random, on: device)
    let tensors: [(name: String, tensor: Tensor)] = [
      ("conv.weight", weight), ("größe/2", try weight.transposed(0, 2)),
      ("count", try .full([], 7, dtype: .int32, on: device)),
      ("mask", try .full([2], 1, dtype: .bool, on: device)),
      ("empty", try .zeros([0, 3], on: device)),
    ]
    let bytes = try StateFile.encode(tensors, for: "x.npz")
    #expect(try StateFile.encode(tensors, for: "y.NPZ") == bytes)
    let read = try StateFile.decode(bytes, named: "x.npz", on: device).tensors
    #expect(read.map(\.name) == tensors.map(\.name))
    for (a, b) in zip(read, tensors) {
      #expect(try a.tensor.numbers == b.tensor.numbers && a.tensor.shape == b.tensor.shape, "\(a.name)")
      #expect(a.tensor.dtype == b.tensor.dtype)
    }
  }

  @Test(arguments: ["a.pt", "a.pth", "a.ckpt", "a.npy"]) func onlyWhatIsWrittenCanBeNamed(_ name: String)
    throws
  {
    let device = Device()
    let error = #expect(throws: NetworkError.self) {
      try StateFile.encode([("a", .zeros([1], on: device))], for: name)
    }
    #expect(error?.description.contains("\(name) would not be what its extension says") == true)
  }
}
