import Foundation

/// The functions of the HDF5 library that ``HDF5File`` calls.
///
/// It is loaded for the first file that is written. Linked, it and the libraries that it needs would take a third of
/// every start of the program. The types are those of its header since version 1.10.
struct HDF5Library: Sendable {
  /// `hid_t`.
  typealias ID = Int64
  typealias Close = @convention(c) @Sendable (ID) -> Int32

  let createProperties: @convention(c) @Sendable (ID) -> ID
  let closeProperties: Close
  /// Keeps a file in memory: the step of its growth in bytes, and whether it is written to the disk when closed.
  let setInMemory: @convention(c) @Sendable (ID, Int, Int32) -> Int32
  let setTracksTimes: @convention(c) @Sendable (ID, Int32) -> Int32
  let createFile: @convention(c) @Sendable (UnsafePointer<CChar>, UInt32, ID, ID) -> ID
  let closeFile: Close
  let flush: @convention(c) @Sendable (ID, Int32) -> Int32
  let fileImage: @convention(c) @Sendable (ID, UnsafeMutableRawPointer?, Int) -> Int
  let createGroup: @convention(c) @Sendable (ID, UnsafePointer<CChar>, ID, ID, ID) -> ID
  let closeGroup: Close
  let copyType: @convention(c) @Sendable (ID) -> ID
  let closeType: Close
  let setSize: @convention(c) @Sendable (ID, Int) -> Int32
  let setCharacterSet: @convention(c) @Sendable (ID, Int32) -> Int32
  let createSpace: @convention(c) @Sendable (Int32) -> ID
  let createSimpleSpace: @convention(c) @Sendable (Int32, UnsafePointer<UInt64>, UnsafePointer<UInt64>?) -> ID
  let closeSpace: Close
  let createSet: @convention(c) @Sendable (ID, UnsafePointer<CChar>, ID, ID, ID, ID, ID) -> ID
  let closeSet: Close
  let write: @convention(c) @Sendable (ID, ID, ID, ID, ID, UnsafeRawPointer?) -> Int32

  /// Classes of properties.
  let fileAccess: ID
  let setCreation: ID
  /// Types of elements in a file.
  let float32: ID
  let float64: ID
  let int64: ID
  let text: ID

  /// `1.10.8`.
  let version: String

  /// `H5P_DEFAULT`, and `H5S_ALL`.
  static let defaults: ID = 0
  static let everything: ID = 0
  /// `H5F_ACC_TRUNC`, `H5F_SCOPE_GLOBAL`, `H5S_SCALAR`, `H5T_CSET_UTF8`, `H5T_VARIABLE`.
  static let truncates: UInt32 = 2
  static let globalScope: Int32 = 1
  static let scalar: Int32 = 0
  static let utf8: Int32 = 1
  static let anyLength = -1
}

extension HDF5Library {
  /// The library; an error where it is not installed, or too old.
  static let shared = Result { try HDF5Library() }

  /// By the names of distributions, with the numbers of the interface of 1.10, 1.12 and 1.14.
  private static let names = ["libhdf5_serial.so", "libhdf5.so"].flatMap { name in
    ["", ".103", ".200", ".310"].map { name + $0 }
  }

  private static func missing(_ reason: String) -> NetworkError {
    .badArgument(
      operation: "export", reason: "NIR needs HDF5 1.10 or later, and \(reason)",
      hint: "install it (Debian: apt-get install libhdf5-dev), or export as .onnx")
  }

  private init() throws {
    guard let handle = Self.names.lazy.compactMap({ dlopen($0, RTLD_NOW | RTLD_LOCAL) }).first else {
      throw Self.missing("it is not installed")
    }
    func address(_ name: String) throws -> UnsafeMutableRawPointer {
      guard let address = dlsym(handle, name) else { throw Self.missing("this one has no \(name)") }
      return address
    }
    func function<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
      unsafeBitCast(try address(name), to: type)
    }
    func constant(_ name: String) throws -> ID { try address(name).load(as: ID.self) }

    typealias GetVersion =
      @convention(c) (
        UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt32>
      ) -> Int32
    var major: UInt32 = 0
    var minor: UInt32 = 0
    var release: UInt32 = 0
    _ = try function("H5get_libversion", GetVersion.self)(&major, &minor, &release)
    version = "\(major).\(minor).\(release)"
    guard major > 1 || minor >= 10 else { throw Self.missing("\(version) is installed") }

    // The constants have their values from then on.
    guard try function("H5open", (@convention(c) () -> Int32).self)() >= 0 else {
      throw Self.missing("\(version) does not start")
    }
    // Errors are thrown; by default the library prints them as well.
    typealias SetErrors = @convention(c) (ID, UnsafeRawPointer?, UnsafeRawPointer?) -> Int32
    _ = try function("H5Eset_auto2", SetErrors.self)(0, nil, nil)

    createProperties = try function("H5Pcreate")
    closeProperties = try function("H5Pclose")
    setInMemory = try function("H5Pset_fapl_core")
    setTracksTimes = try function("H5Pset_obj_track_times")
    createFile = try function("H5Fcreate")
    closeFile = try function("H5Fclose")
    flush = try function("H5Fflush")
    fileImage = try function("H5Fget_file_image")
    createGroup = try function("H5Gcreate2")
    closeGroup = try function("H5Gclose")
    copyType = try function("H5Tcopy")
    closeType = try function("H5Tclose")
    setSize = try function("H5Tset_size")
    setCharacterSet = try function("H5Tset_cset")
    createSpace = try function("H5Screate")
    createSimpleSpace = try function("H5Screate_simple")
    closeSpace = try function("H5Sclose")
    createSet = try function("H5Dcreate2")
    closeSet = try function("H5Dclose")
    write = try function("H5Dwrite")
    fileAccess = try constant("H5P_CLS_FILE_ACCESS_ID_g")
    setCreation = try constant("H5P_CLS_DATASET_CREATE_ID_g")
    float32 = try constant("H5T_IEEE_F32LE_g")
    float64 = try constant("H5T_IEEE_F64LE_g")
    int64 = try constant("H5T_STD_I64LE_g")
    text = try constant("H5T_C_S1_g")
  }
}
