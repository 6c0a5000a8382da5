import Foundation
import Networks
import Tensors
import Testing

/// Pickles that were made to do harm: what they ask for is not done, and they cost no more than their bytes.
@Suite struct HostileTorchTests {
  private typealias P = PickleBytes

  private static func file(
    _ name: String, _ says: String, _ parts: [UInt8]..., storage: Int = 0
  ) -> DamagedFile {
    let storages = storage > 0 ? ["0": [UInt8](repeating: 0, count: storage)] : [:]
    return DamagedFile(name, ZipBuilder.torch(P.start + parts.joined() + P.stop, storages), says)
  }

  private static func code(_ text: String) -> [UInt8] { P.code(text) }

  private static let many = 200_000

  static let files: [DamagedFile] = [
    file(
      "os.system", "it is an object of os.system", P.global("os", "system"), P.text("true"), [0x85], code("R")
    ),
    file("eval", "it is an object of builtins.eval", P.global("builtins", "eval"), code(")R")),
    file("a class below a known one", "it is the class torch.load", P.global("torch", "load")),
    file("a name with escapes", "a\\u{1b}[2J.b", P.global("a\u{1B}[2J", "b")),
    file("a name without end", "it is cut short", code("c" + String(repeating: "x", count: 1000))),
    file("STACK_GLOBAL", "it is the class os.system", P.text("os"), P.text("system"), [0x93]),
    file("INST", "it is an object of os.system", code("(ios\nsystem\n")),
    file("OBJ", "it makes an object without a class", code("(o")),
    file("NEWOBJ", "fewer than 2 values", code(")"), [0x81]),
    file("EXT1", "it refers to something outside", [0x82, 1]),
    file("no instruction", "the instruction 0xff", [0xFF]),
    file("protocol 6", "it has protocol 6", [0x80, 6]),
    file("an empty stack", "its stack is empty", []),
    file("a pair of one", "fewer than 2 values", code("N"), [0x86]),
    file("no mark", "a mark is missing", code("Nt")),
    file("an item below the mark", "fewer than 1 values", code("](a")),
    file("a result below the mark", "its stack is empty", code("N(")),
    file("a value never kept", "it recalls memo 7", code("h"), [7]),
    file("keeping nothing", "its stack is empty", code("q"), [0]),
    file("a text past the end", "a text claims 4294967295 bytes", code("X"), P.word(0xFFFF_FFFF)),
    file("appending to None", "it appends to a None", code("NNa")),
    file("an item of a list", "it sets an item of a list", code("]NNs")),
    file("an item without a value", "without a value", code("}(Nu")),
    file("calling a number", "it calls a None with a tuple", code("N)R")),
    file("calling with a list", "it calls a class with a list", P.global("torch", "Size"), code("]R")),
    file(
      "torch.Size of text", "it is an object of torch.Size", P.global("torch", "Size"), P.text("a"), [0x85],
      code("R")),
    file("setting up a list", "it sets up a list with a dict", code("]}b")),
    file("a class as a value", "it is the class torch.Size itself", P.global("torch", "Size")),
    file("a list within itself", "or in themselves", code("]q"), [0], code("h"), [0], code("a")),
    file(
      "a dict within itself", "or in themselves", code("}q"), [0], P.text("a"), code("h"), [0], code("s")),
    file(
      "deep lists", "more than 64 deep", Array(repeatElement(UInt8(ascii: "]"), count: many)),
      Array(repeatElement(UInt8(ascii: "a"), count: many - 1))),
    file("deep tuples", "more than 64 deep", code("N"), [UInt8](repeating: 0x85, count: many)),
    file(
      "doubled twenty times", "far larger than the file", code("N"),
      (0..<20).flatMap { (i: UInt8) -> [UInt8] in [0x71, i, 0x68, i, 0x86] }),
    file("a storage that is not there", "no entry x/data/0", P.tensor([1], [1], count: 1)),
    file(
      "a storage elsewhere", "no entry x/data/../../etc/passwd",
      P.tensor([1], [1], count: 1, key: "../../etc/passwd")),
    file(
      "a storage of another size", "its storage 0 has 4 bytes, the pickle says 2 elements of float32",
      P.tensor([1], [1], count: 2),
      storage: 4),
    file(
      "a storage of 2^62 elements", "4611686018427387904 elements", P.tensor([1], [1], count: 1 << 62),
      storage: 4),
    file("a storage of -1", "-1 elements", P.tensor([1], [1], count: -1), storage: 4),
    file(
      "complex", "its elements are of torch.ComplexFloatStorage",
      P.tensor([1], [1], count: 1, type: "ComplexFloatStorage")),
    file("past its storage", "exceeds the 2 elements", P.tensor([3], [1], count: 2), storage: 8),
    file("an offset past it", "exceeds the 2 elements", P.tensor([1], [1], offset: 2, count: 2), storage: 8),
    file("a negative offset", "exceeds the 2 elements", P.tensor([1], [1], offset: -1, count: 2), storage: 8),
    file("a negative stride", "exceeds the 2 elements", P.tensor([2], [-1], offset: 1, count: 2), storage: 8),
    file("a stride of 2^62", "exceeds the 2 elements", P.tensor([3], [1 << 62], count: 2), storage: 8),
    file(
      "an offset of 2^63 - 1", "exceeds the 2 elements", P.tensor([2], [1], offset: .max, count: 2),
      storage: 8
    ),
    file("a negative length", "lengths of 0 or more", P.tensor([-2], [1], count: 2), storage: 8),
    file(
      "other strides than lengths", "it is an object of torch._utils._rebuild_tensor",
      P.tensor([2], [1, 1], count: 2), storage: 8),
    file(
      "2^62 elements of one", "fewer than 2^40", P.tensor([1 << 31, 1 << 31], [0, 0], count: 1), storage: 4),
    file(
      "17 dimensions", "at most 16",
      P.tensor(.init(repeating: 1, count: 17), .init(repeating: 1, count: 17), count: 1), storage: 4),
    file(
      "a storage by itself", "a storage without a shape", code("("), P.text("storage"),
      P.global("torch", "FloatStorage"), P.text("0"), P.text("cpu"), P.number(1), code("tQ")),
    file("something else outside", "it refers to something outside the pickle", P.text("module"), code("Q")),
    DamagedFile(
      "big-endian",
      ZipBuilder(entries: [
        .init(name: "x/data.pkl", bytes: P.start + code("N.")),
        .init(name: "x/byteorder", bytes: code("big")),
      ]).data, "entry x/byteorder: only files with little-endian"),
    DamagedFile("an empty pickle", ZipBuilder.torch([]), "entry x/data.pkl: at byte 0, it is cut short"),
  ]

  @Test(arguments: files) func isRefusedByName(_ c: DamagedFile) {
    let device = Device(memory: 1 << 28)
    expectRefused(c.file, [c.message], device: device)
    #expect(device.pool.usage.live == 0)
  }

  /// One number seen as a terabyte: the budget says no.
  @Test func anExpandedTensorIsInTheBudget() {
    let pickle = P.start + P.tensor([1 << 20, 1 << 18], [0, 0], count: 1) + P.stop
    let device = Device(memory: 1 << 28)
    #expect(throws: TensorError.self) {
      try StateFile.decode(ZipBuilder.torch(pickle, ["0": [0, 0, 0, 0]]), named: "x.pt", on: device)
    }
    #expect(device.pool.usage.peak < 1 << 20)
  }

  /// A pickle of many values in a small budget.
  @Test func aPickleIsInTheBudget() {
    let pickle = P.start + P.code("(" + String(repeating: "]", count: 1 << 20) + "t.")
    let error = #expect(throws: TensorError.self) {
      try StateFile.decode(ZipBuilder.torch(pickle), named: "x.pt", on: Device(memory: 1 << 24))
    }
    #expect(error?.exitCode == .limit)
  }

  /// A dict that is shared and changed 20000 times is not copied each time.
  @Test(.timeLimit(.minutes(1))) func sharingIsNoCopy() throws {
    var parts = [P.start, P.global("collections", "Counter"), P.code("q"), [0], P.code("}q"), [1]]
    for i in 0..<20_000 {
      // One more entry, and the same dict again by way of a Counter of it.
      parts += [P.text("k\(i)"), P.code("K"), [1], P.code("sh"), [0], P.code("h"), [1, 0x85], P.code("R")]
    }
    let file = ZipBuilder.torch([UInt8](parts.joined()) + P.stop)
    guard case .table(let fields) = try StateFile.decode(file, named: "x.pt", on: Device()) else {
      return #expect(Bool(false))
    }
    #expect(fields.count == 20_000)
  }

  /// A list, a dict or an object that grows value by value is not copied each time.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      (P.code("]"), P.code("K") + [1] + P.code("a")), (P.code("}"), P.code("K") + [1] + P.code("Ns")),
      ([0x8F], P.code("(K") + [1, 0x90]),
      (P.global("a", "B") + P.code(")") + [0x81], P.code("K") + [1] + P.code("a")),
      (P.global("a", "B") + P.code(")") + [0x81], P.code("}b")),
    ]) func growingIsNoCopy(_ start: [UInt8], _ step: [UInt8])
  {
    let steps = Array(repeatElement(step, count: 100_000).joined())
    let file = ZipBuilder.torch(P.start + P.code("(") + start + steps + P.code("t") + P.stop)
    // It is read, or refused because nothing in it is a tensor.
    do { _ = try StateFile.decode(file, named: "x.pt", on: Device()) } catch {
      #expect(error is NetworkError)
    }
  }

  @Test func oneNameTwiceIsTheLast() throws {
    let parts = [
      P.start, P.code("}"), P.text("a"), P.code("NsK"), [1], P.code("K"), [2], P.code("s"), P.text("a"),
      P.code("K"), [3], P.code("s."),
    ]
    let file = ZipBuilder.torch([UInt8](parts.joined()))
    guard case .table(let fields) = try StateFile.decode(file, named: "x.pt", on: Device()),
      case .integer(3) = fields[0].value, case .integer(2) = fields[1].value
    else { return #expect(Bool(false)) }
    #expect(fields.map(\.name) == ["a", "1"])
  }
}
