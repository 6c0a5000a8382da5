import CHDF5
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
  private static let library = Mutex(())

  private let id: hid_t

  /// The library's version.
  static var version: String {
    var major: UInt32 = 0
    var minor: UInt32 = 0
    var release: UInt32 = 0
    H5get_libversion(&major, &minor, &release)
    return "\(major).\(minor).\(release)"
  }

  /// The bytes of the file that `fill` fills.
  static func bytes(_ fill: (HDF5File) throws -> Void) throws -> Data {
    try library.withLock { _ in
      // Errors are thrown; by default the library prints them as well.
      H5Eset_auto2(0, nil, nil)
      let file = try HDF5File()
      try fill(file)
      return try file.image()
    }
  }

  private init() throws {
    let access = try Handle(H5Pcreate(nj_h5_file_access()), H5Pclose, "file")
    guard H5Pset_fapl_core(access.id, 1 << 20, false) >= 0 else { throw Self.error("file") }
    id = H5Fcreate("nightjar.h5", nj_h5_truncate(), nj_h5_default(), access.id)
    guard id >= 0 else { throw Self.error("file") }
  }

  deinit { H5Fclose(id) }

  /// Creates a group; its parent must exist.
  func makeGroup(_ path: String) throws {
    let links = nj_h5_default()
    let creation = nj_h5_default()
    let access = nj_h5_default()
    _ = try Handle(H5Gcreate2(id, path, links, creation, access), H5Gclose, path)
  }

  /// Creates a data set.
  func add(_ path: String, _ content: Content) throws {
    switch content {
    case .text(let text): try add(path, texts: [text], shape: nil)
    case .texts(let rows):
      try add(path, texts: rows.flatMap(\.self), shape: [rows.count, rows.first?.count ?? 0])
    case .number(let number):
      try withUnsafeBytes(of: number) { try add(path, nj_h5_float64(), shape: nil, $0.baseAddress) }
    case .integer(let number):
      try withUnsafeBytes(of: Int64(number)) { try add(path, nj_h5_int64(), shape: nil, $0.baseAddress) }
    case .integers(let numbers):
      try numbers.map(Int64.init).withUnsafeBytes {
        try add(path, nj_h5_int64(), shape: [numbers.count], $0.baseAddress)
      }
    case .floats(let bytes, let shape):
      try bytes.withUnsafeBytes { try add(path, nj_h5_float32(), shape: shape, $0.baseAddress) }
    }
  }

  /// Texts of any length in UTF-8, as h5py writes them.
  private func add(_ path: String, texts: [String], shape: [Int]?) throws {
    let type = try Handle(H5Tcopy(nj_h5_text()), H5Tclose, path)
    guard H5Tset_size(type.id, nj_h5_any_length()) >= 0, H5Tset_cset(type.id, H5T_CSET_UTF8) >= 0 else {
      throw Self.error(path)
    }
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    try copies.withUnsafeBytes { try add(path, type.id, shape: shape, $0.baseAddress) }
  }

  /// Writes elements of a type; no shape for a single one.
  private func add(_ path: String, _ type: hid_t, shape: [Int]?, _ elements: UnsafeRawPointer?) throws {
    let sizes = shape?.map { hsize_t($0) }
    let space = try Handle(
      sizes.map { H5Screate_simple(Int32($0.count), $0, nil) } ?? H5Screate(H5S_SCALAR), H5Sclose, path)
    let creation = try Handle(H5Pcreate(nj_h5_dataset_creation()), H5Pclose, path)
    guard H5Pset_obj_track_times(creation.id, false) >= 0 else { throw Self.error(path) }
    let links = nj_h5_default()
    let access = nj_h5_default()
    let set = try Handle(H5Dcreate2(id, path, type, space.id, links, creation.id, access), H5Dclose, path)
    let all = nj_h5_everything()
    guard H5Dwrite(set.id, type, all, all, nj_h5_default(), elements) >= 0 else { throw Self.error(path) }
  }

  private func image() throws -> Data {
    guard H5Fflush(id, H5F_SCOPE_GLOBAL) >= 0 else { throw Self.error("file") }
    let size = H5Fget_file_image(id, nil, 0)
    guard size > 0 else { throw Self.error("file") }
    var bytes = Data(count: size)
    let written = bytes.withUnsafeMutableBytes { H5Fget_file_image(id, $0.baseAddress, size) }
    guard written == size else { throw Self.error("file") }
    return bytes
  }

  private static func error(_ path: String) -> NetworkError {
    .badArgument(operation: "export", reason: "HDF5 could not create \(path)", hint: "check the free memory")
  }

  /// An identifier of the library that has to be closed.
  private struct Handle: ~Copyable {
    let id: hid_t
    private let close: (hid_t) -> herr_t

    init(_ id: hid_t, _ close: @escaping (hid_t) -> herr_t, _ path: String) throws {
      guard id >= 0 else { throw HDF5File.error(path) }
      self.id = id
      self.close = close
    }

    deinit { _ = close(id) }
  }
}
