import Foundation
import Networks
import Tensors
import Testing

/// Archives that are damaged, lie, or were made to do harm.
@Suite struct HostileZipTests {
  private typealias E = ZipBuilder.Entry

  /// An npy array of no elements.
  private static let empty = [UInt8](
    Data([0x93]) + Data("NUMPY".utf8) + [1, 0, 58, 0]
      + Data("{'descr': '<f4', 'fortran_order': False, 'shape': (0,), } ".utf8).prefix(58))

  private static func zip(_ entries: E..., change: (inout ZipBuilder) -> Void = { _ in }) -> Data {
    var builder = ZipBuilder(entries: entries)
    change(&builder)
    return builder.data
  }

  private static let one = zip(E(name: "a.npy", bytes: empty))

  static let damaged = [
    DamagedFile("no end", one.dropLast(22), "it is cut short"),
    DamagedFile("only a start", one.prefix(4), "it is cut short"),
    DamagedFile("more behind the end", one + [0], "it is cut short"),
    DamagedFile(
      "no entries", zip(E(name: "a", bytes: [])) { $0.count = 0 }, "47 bytes longer than its 0 entries"),
    DamagedFile(
      "more entries than there are", zip(E(name: "a.npy", bytes: empty)) { $0.count = 2 },
      "claims 2 entries in 51 bytes"),
    DamagedFile(
      "a list past the file", zip(E(name: "a.npy", bytes: empty)) { $0.listOffset = 0xFFFF_FFFE },
      "past the record that ends the file"),
    DamagedFile(
      "a list longer than the file", zip(E(name: "a.npy", bytes: empty)) { $0.listSize = 0xFFFF_FFFE },
      "past the record that ends the file"),
    DamagedFile(
      "a list elsewhere", zip(E(name: "a.npy", bytes: empty)) { $0.listOffset = 3 },
      "entry 1 of the 1 in its list is damaged"),
    DamagedFile(
      "one name twice", zip(E(name: "a.npy", bytes: empty), E(name: "a.npy", bytes: empty)),
      "tensor a: there are two"),
    DamagedFile(
      "another name in its header", zip(E(name: "a.npy", bytes: empty, localName: "b.npy")),
      "tensor a: its header is that of another"),
    DamagedFile("an entry within another", overlapping, "tensor a: it overlaps entry b.npy"),
    DamagedFile(
      "a header past the file", zip(E(name: "a.npy", bytes: empty, offset: 0xFFFF_FFF0)),
      "tensor a: its header would be at offset 4294967280"),
    DamagedFile(
      "a header elsewhere", zip(E(name: "a.npy", bytes: empty, offset: 1)),
      "tensor a: its header at offset 1 is damaged"),
    DamagedFile(
      "bytes past the file", zip(E(name: "a.npy", bytes: empty, size: 1 << 30, packedSize: 1 << 30)),
      "tensor a: it claims 1073741824 bytes"),
    DamagedFile(
      "bytes past the list", zip(E(name: "a.npy", bytes: empty, size: 100, packedSize: 100)),
      "tensor a: its 100 bytes reach past"),
    DamagedFile(
      "a stored entry of another size", zip(E(name: "a.npy", bytes: empty, size: 1)),
      "tensor a: it claims 1 bytes, decompressed from 68"),
    DamagedFile(
      "a wrong checksum", zip(E(name: "a.npy", bytes: empty, checksum: 7)), "tensor a: its checksum is "),
    DamagedFile("encrypted", zip(E(name: "a.npy", bytes: empty, flags: 1)), "tensor a: it is encrypted"),
    DamagedFile(
      "another method", zip(E(name: "a.npy", bytes: empty, method: 12)),
      "tensor a: it is compressed by method 12"),
    DamagedFile(
      "a bomb by its size", zip(E(name: "a.npy", bytes: empty, method: 8, size: 1 << 31)),
      "tensor a: it claims 2147483648 bytes, decompressed from 68"),
    DamagedFile(
      "not deflated", zip(E(name: "a.npy", bytes: [0xFF, 0xFF, 0xFF], method: 8, size: 3)),
      "tensor a: its compressed bytes are damaged"),
    DamagedFile(
      "deflated to more than announced", zip(E(name: "a.npy", bytes: bomb, method: 8, size: 10)),
      "do not make 10 bytes"),
    DamagedFile(
      "deflated to less than announced", zip(E(name: "a.npy", bytes: bomb, method: 8, size: 1001)),
      "do not make 1001 bytes"),
    DamagedFile(
      "more behind the packed end", zip(E(name: "a.npy", bytes: bomb + [0], method: 8, size: 1000)),
      "do not make 1000 bytes"),
    DamagedFile(
      "none of ours", zip(E(name: "word/document.xml", bytes: [])), "neither PyTorch's (data.pkl) nor npz"),
  ]

  /// The list has a second entry whose header is made of the first one's bytes.
  private static let overlapping: Data = {
    let inner = zip(E(name: "b.npy", bytes: [])).prefix(35)
    return zip(E(name: "a.npy", bytes: [UInt8](inner)), E(name: "b.npy", bytes: [], offset: 35))
  }()

  /// 1000 zeros, deflated (by Python's zlib).
  private static let bomb: [UInt8] = [0x63, 0x60, 0x18, 0x05, 0xA3, 0x60, 0x14, 0x0C, 0x77, 0x00, 0x00]

  @Test(arguments: damaged) func isNamed(_ c: DamagedFile) {
    expectRefused(c.file, [c.message], named: "a.npz")
  }

  /// What an entry says it unpacks to has to be in the budget before anything is unpacked.
  @Test func aBombIsInTheBudget() {
    let device = Device(memory: 1 << 14)
    let file = Self.zip(E(name: "a.npy", bytes: Self.empty, method: 8, size: Self.empty.count * 1000))
    let error = #expect(throws: TensorError.self) { try StateFile.decode(file, named: "a.npz", on: device) }
    #expect(error?.exitCode == .limit && device.pool.usage.peak < 1 << 10)
  }

  @Test func sizesOf64BitsAreRead() throws {
    let file = Self.zip(E(name: "a.npy", bytes: Self.empty, large: [Self.empty.count, Self.empty.count, 0]))
    #expect(try StateFile.decode(file, named: "a.npz", on: Device()).tensors.map(\.name) == ["a"])
  }

  @Test(arguments: [
    [], [68], [68, 68], [-1, -1, -1], [68, 68, -1], [.max, 68, 0], [68, .max, 0], [.min, .min, .min],
  ])
  func wrongSizesOf64BitsAreNamed(_ sizes: [Int]) {
    expectRefused(
      Self.zip(E(name: "a.npy", bytes: Self.empty, large: sizes)), ["tensor a: it"], named: "a.npz")
  }

  /// Of two entries in one place the one whose header it is can be used.
  @Test func anEntryWithAnotherNameInItsHeaderIsNoOther() throws {
    let file = Self.zip(
      E(name: "a.npy", bytes: Self.empty, localName: "b.npy"), E(name: "b.npy", bytes: Self.empty, offset: 0))
    #expect(try StateFile.decode(file, named: "a.npz", on: Device()).tensors.map(\.name) == ["b"])
  }

  @Test func aCommentIsSkipped() throws {
    let file = Self.zip(E(name: "a.npy", bytes: Self.empty)) { $0.comment = [UInt8]("made by hand".utf8) }
    #expect(try StateFile.decode(file, named: "a.npz", on: Device()).tensors.map(\.name) == ["a"])
  }

  @Test(arguments: ["pt", "pth", "ckpt", "npz", "npy"]) func otherBytesAreNoSuchFile(_ ending: String) {
    expectRefused(Data("PK, but no archive".utf8), ["it "], named: "a." + ending)
    expectRefused(Data(), ["it "], named: "a." + ending)
  }

  static let small = [
    "elements.pt", "deflated.pt", "checkpoint.ckpt", "arrays.npz", "packed.npz", "version2.npy",
  ]

  /// Files of which the end is missing are refused, wherever it is.
  @Test(arguments: small) func isRefusedCutAnywhere(_ name: String) throws {
    let file = try StateFixture.bytes(name)
    let device = Device(memory: 1 << 26)
    for length in 0..<file.count {
      let error = #expect(throws: NetworkError.self, "\(length)") {
        try StateFile.decode(file.prefix(length), named: name, on: device)
      }
      guard error?.exitCode == .data else { return }
    }
    #expect(device.pool.usage.live == 0)
  }

  /// Any bytes may be wrong: it is read or refused, within the budget, and nothing is kept.
  @Test(arguments: small + ["m5_small.pt"], [1, 2]) func survivesWrongBytes(_ name: String, _ seed: UInt64)
    throws
  {
    let file = try StateFixture.bytes(name)
    let device = Device(memory: 1 << 26)
    var random = RandomStream(seed: seed, purpose: name)
    for _ in 0..<1000 {
      var changed = file
      for _ in 0...random.below(4) {
        let at =
          random.below(8) == 0
          ? file.count - 1 - random.below(min(300, file.count)) : random.below(file.count)
        changed[at] = [0, 1, 0x7F, 0x80, 0xFF, UInt8(random.below(256))][random.below(6)]
      }
      do { _ = try StateFile.decode(changed, named: name, on: device) } catch {
        #expect(error is NetworkError || error is TensorError, "\(error)")
      }
    }
    #expect(device.pool.usage.live == 0)
  }

  /// The same behind the checksums: wrong pickles and headers in sound archives.
  @Test(arguments: ["elements.pt", "checkpoint.ckpt", "lone.pt"], [1, 2]) func survivesWrongPickles(
    _ name: String, _ seed: UInt64
  ) throws {
    let file = try StateFixture.bytes(name)
    let start = try #require(
      file.firstRange(of: Data([0x80, 2, 0x63])) ?? file.firstRange(of: Data([0x80, 2, 0x7D])))
    let end = try #require(file.firstRange(of: Data("PK\u{7}\u{8}".utf8)))
    let pickle = [UInt8](file[start.lowerBound..<end.lowerBound])
    let device = Device(memory: 1 << 26)
    var random = RandomStream(seed: seed, purpose: name)
    let storages = Dictionary(
      uniqueKeysWithValues: (0..<30).map { (String($0), [UInt8](repeating: 1, count: 48)) })
    for _ in 0..<2000 {
      var changed = pickle
      for _ in 0...random.below(3) {
        let at = random.below(changed.count)
        switch random.below(4) {
        case 0: changed[at] = UInt8(random.below(256))
        case 1: changed.remove(at: at)
        case 2: changed.insert(changed[random.below(changed.count)], at: at)
        default: changed[at] = [UInt8]("().]}RbatuQsh".utf8)[random.below(13)]
        }
      }
      do { _ = try StateFile.decode(ZipBuilder.torch(changed, storages), named: name, on: device) } catch {
        #expect(error is NetworkError || error is TensorError, "\(error)")
      }
    }
    #expect(device.pool.usage.live == 0)
  }
}
