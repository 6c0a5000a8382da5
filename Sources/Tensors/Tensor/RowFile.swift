import Foundation
import Support

/// A file of float32 tensors of one shape, its rows, which can be read in any order: features larger than memory.
///
/// Layout: a header of 64 bytes (magic number, rank, up to six lengths, each a little-endian 64-bit integer), then the
/// rows.
public final class RowFile: Sendable {
  private static let magic: UInt64 = 0x3153_574F_524A_4E21  // "!NJROWS1"
  private static let header = 64

  /// The file's path.
  public let path: String
  /// The shape of a row.
  public let rowShape: [Int]
  /// The number of rows.
  public let rows: Int
  private let descriptor: Int32
  private var rowBytes: Int { 4 * rowShape.reduce(1, *) }

  /// Opens a file.
  ///
  /// - Throws: `FileError` when it is missing or is not such a file.
  public init(_ path: String) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError(errnoOf: "read", path) }
    self.path = path
    var numbers = [UInt64](repeating: 0, count: Self.header / 8)
    let got = pread(descriptor, &numbers, Self.header, 0)
    let size = Int(lseek(descriptor, 0, SEEK_END)) - Self.header
    let rank = Int(clamping: numbers[1])
    let shape = numbers.dropFirst(2).prefix(min(rank, 6)).map { Int(clamping: $0) }
    guard got == Self.header, numbers[0] == Self.magic, rank <= 6, let width = ([4] + shape).product,
      width > 0,
      size >= 0, size % width == 0
    else {
      close(descriptor)
      throw FileError("read", path, reason: "it is not a file of rows, or it is truncated")
    }
    rowShape = shape
    rows = size / width
  }

  deinit { close(descriptor) }

  /// The rows at `indices` (from 0), in their order, as a tensor of shape `[indices.count] + rowShape`.
  ///
  /// - Throws: ``TensorError/indexOutside(operation:index:count:)``, `FileError` when the file cannot be read, or
  ///   ``TensorError/budgetExceeded(operation:shape:needed:live:budget:)``.
  public func read(_ indices: some Collection<Int>, on device: Device) throws -> Tensor {
    if let bad = indices.first(where: { $0 < 0 || $0 >= rows }) {
      throw TensorError.indexOutside(operation: "read", index: bad, count: rows)
    }
    let tensor = try Tensor(
      uninitialized: [indices.count] + rowShape, .float32, on: device, operation: "read")
    let list = Array(indices)
    var start = 0
    while start < list.count {
      // Rows that follow each other are read at once.
      var end = start + 1
      while end < list.count, list[end] == list[end - 1] + 1 { end += 1 }
      try fill(
        tensor.storage.address + start * rowBytes, (end - start) * rowBytes,
        from: Self.header + list[start] * rowBytes)
      start = end
    }
    return tensor
  }

  /// All rows as one tensor of shape `[rows] + rowShape`.
  ///
  /// - Throws: as ``read(_:on:)``.
  public func readAll(on device: Device) throws -> Tensor {
    let tensor = try Tensor(uninitialized: [rows] + rowShape, .float32, on: device, operation: "read")
    try fill(tensor.storage.address, rows * rowBytes, from: Self.header)
    return tensor
  }

  private func fill(_ target: UnsafeMutableRawPointer, _ count: Int, from start: Int) throws {
    var at = target
    var left = count
    var position = off_t(start)
    while left > 0 {
      let got = pread(descriptor, at, left, position)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        throw FileError("read", path, reason: "it ends at byte \(position), within its rows")
      }
      at = at + got
      left = left - got
      position = position + off_t(got)
    }
  }

  /// Writes the rows of tensors to a new file, in any order.
  public struct Writer: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var rowShape: [Int]?

    /// Creates the file at `path`, replacing an existing one.
    ///
    /// - Throws: `FileError` when it cannot be written.
    public init(_ path: String) throws {
      descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else { throw FileError(errnoOf: "write", path) }
      self.path = path
    }

    deinit { close(descriptor) }

    /// Writes the rows of a float32 tensor `[numbers.count, …]` as the rows `numbers` (from 0) of the file.
    ///
    /// All rows must have one shape, and in the end every row up to the last must have been written.
    ///
    /// - Throws: ``TensorError/badShape(operation:shape:expected:hint:)``, or `FileError` when the file cannot be
    ///   written.
    public mutating func put(_ tensor: Tensor, at numbers: [Int]) throws {
      let shape = Array(tensor.shape.dropFirst())
      guard tensor.shape.first == numbers.count, tensor.dtype == .float32, shape.count <= 6,
        shape == rowShape ?? shape
      else {
        throw TensorError.badShape(
          operation: "write rows", shape: tensor.shape,
          expected: "(\(numbers.count), \(rowShape ?? shape)) of float32")
      }
      if rowShape == nil {
        rowShape = shape
        var numbers = [RowFile.magic, UInt64(shape.count)] + shape.map { UInt64($0) }
        numbers += Array(repeating: 0, count: RowFile.header / 8 - numbers.count)
        try numbers.withUnsafeBytes { try write($0, at: 0) }
      }
      let width = 4 * shape.reduce(1, *)
      try tensor.bytes.withUnsafeBytes { bytes in
        for (i, number) in numbers.enumerated() {
          let row = UnsafeRawBufferPointer(rebasing: bytes[i * width..<(i + 1) * width])
          try write(row, at: RowFile.header + number * width)
        }
      }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, at start: Int) throws {
      var rest = bytes
      var position = off_t(start)
      while !rest.isEmpty {
        let wrote = pwrite(descriptor, rest.baseAddress, rest.count, position)
        if wrote < 0 && errno == EINTR { continue }
        guard wrote > 0 else { throw FileError(errnoOf: "write", path) }
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(wrote))
        position += off_t(wrote)
      }
    }
  }
}
