import Foundation
import Synchronization

/// An HDF5 file that is built in memory. Equal content makes equal bytes: it has no time stamps.
final class HDF5File {
  /// The content of a data set.
  enum Content {
    case text(String)
    /// Rows of the same length.
    case texts([[String]])
    case number(Double)
    case integer(Int)
    case integers([Int])
    /// Little-endian float32, row-major.
    case floats(Data, shape: [Int])
  }

  /// Serialises calls: the library has one state for the whole process.
  private static let calls = Mutex(())

  private let library: HDF5Library
  private let id: HDF5Library.ID

  /// The library's version; nil where it is not installed.
  static var version: String? { try? HDF5Library.shared.get().version }

  /// The bytes of the file that `fill` fills.
  static func bytes(_ fill: (HDF5File) throws -> Void) throws -> Data {
    try calls.withLock { _ in
      let file = try HDF5File(HDF5Library.shared.get())
      try fill(file)
      return try file.image()
    }
  }

  private init(_ library: HDF5Library) throws {
    self.library = library
    let access = try Handle(library.createProperties(library.fileAccess), library.closeProperties, "file")
    guard library.setInMemory(access.id, 1 << 20, 0) >= 0 else { throw Self.error("file") }
    id = library.createFile("nightjar.h5", HDF5Library.truncates, HDF5Library.defaults, access.id)
    guard id >= 0 else { throw Self.error("file") }
  }

  deinit { _ = library.closeFile(id) }

  /// Creates a group; its parent must exist.
  func makeGroup(_ path: String) throws {
    let defaults = HDF5Library.defaults
    _ = try Handle(library.createGroup(id, path, defaults, defaults, defaults), library.closeGroup, path)
  }

  /// Creates a data set.
  func add(_ path: String, _ content: Content) throws {
    switch content {
    case .text(let text): try add(path, texts: [text], shape: nil)
    case .texts(let rows):
      try add(path, texts: rows.flatMap(\.self), shape: [rows.count, rows.first?.count ?? 0])
    case .number(let number):
      try withUnsafeBytes(of: number) { try add(path, library.float64, shape: nil, $0.baseAddress) }
    case .integer(let number):
      try withUnsafeBytes(of: Int64(number)) { try add(path, library.int64, shape: nil, $0.baseAddress) }
    case .integers(let numbers):
      try numbers.map(Int64.init).withUnsafeBytes {
        try add(path, library.int64, shape: [numbers.count], $0.baseAddress)
      }
    case .floats(let bytes, let shape):
      try bytes.withUnsafeBytes { try add(path, library.float32, shape: shape, $0.baseAddress) }
    }
  }

  /// Texts of any length in UTF-8, as h5py writes them.
  private func add(_ path: String, texts: [String], shape: [Int]?) throws {
    let type = try Handle(library.copyType(library.text), library.closeType, path)
    guard library.setSize(type.id, HDF5Library.anyLength) >= 0,
      library.setCharacterSet(type.id, HDF5Library.utf8) >= 0
    else { throw Self.error(path) }
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    try copies.withUnsafeBytes { try add(path, type.id, shape: shape, $0.baseAddress) }
  }

  /// Writes elements of a type; no shape for a single one.
  private func add(
    _ path: String, _ type: HDF5Library.ID, shape: [Int]?, _ elements: UnsafeRawPointer?
  ) throws {
    let sizes = shape?.map { UInt64($0) }
    let made = sizes.map { library.createSimpleSpace(Int32($0.count), $0, nil) }
    let space = try Handle(made ?? library.createSpace(HDF5Library.scalar), library.closeSpace, path)
    let creation = try Handle(library.createProperties(library.setCreation), library.closeProperties, path)
    guard library.setTracksTimes(creation.id, 0) >= 0 else { throw Self.error(path) }
    let defaults = HDF5Library.defaults
    let set = try Handle(
      library.createSet(id, path, type, space.id, defaults, creation.id, defaults), library.closeSet, path)
    let all = HDF5Library.everything
    guard library.write(set.id, type, all, all, defaults, elements) >= 0 else { throw Self.error(path) }
  }

  private func image() throws -> Data {
    guard library.flush(id, HDF5Library.globalScope) >= 0 else { throw Self.error("file") }
    let size = library.fileImage(id, nil, 0)
    guard size > 0 else { throw Self.error("file") }
    var bytes = Data(count: size)
    let written = bytes.withUnsafeMutableBytes { library.fileImage(id, $0.baseAddress, size) }
    guard written == size else { throw Self.error("file") }
    return bytes
  }

  private static func error(_ path: String) -> NetworkError {
    .badArgument(operation: "export", reason: "HDF5 could not create \(path)", hint: "check the free memory")
  }

  /// An identifier of the library that has to be closed.
  private struct Handle: ~Copyable {
    let id: HDF5Library.ID
    private let close: HDF5Library.Close

    init(_ id: HDF5Library.ID, _ close: HDF5Library.Close, _ path: String) throws {
      guard id >= 0 else { throw HDF5File.error(path) }
      self.id = id
      self.close = close
    }

    deinit { _ = close(id) }
  }
}
