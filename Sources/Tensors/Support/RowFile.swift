import Foundation

/// A file of rows of float32 numbers, all of one length, read back in any order: features that need not fit memory.
public final class RowFile: Sendable {
  /// The file's path.
  public let path: String
  /// Numbers in a row.
  public let width: Int
  /// Rows in the file.
  public let rows: Int
  private let descriptor: Int32

  /// Opens a file of rows of `width` numbers.
  public init(_ path: String, width: Int) throws {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure(errnoOf: "read", path) }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size >= 0, width > 0, Int(size) % (4 * width) == 0 else {
      close(descriptor)
      throw FileFailure("read", path, reason: "its \(size) bytes are not rows of \(width) numbers")
    }
    (self.path, self.width, rows) = (path, width, Int(size) / (4 * width))
  }

  deinit { close(descriptor) }

  /// The rows at `indices`, in their order, as a tensor of shape (indices, `rowShape`).
  public func read(_ indices: [Int], rowShape: [Int], on device: Device) throws -> Tensor {
    guard rowShape.reduce(1, *) == width else { throw TensorError.cannotReshape(from: [width], to: rowShape) }
    if let bad = indices.first(where: { $0 < 0 || $0 >= rows }) {
      throw TensorError.indexOutside(operation: "read", index: bad, count: rows)
    }
    let tensor = try Tensor(uninitialized: [indices.count] + rowShape, .float32, on: device, operation: "read")
    for (i, row) in indices.enumerated() {
      var (at, left) = (tensor.storage.address + i * width * 4, width * 4)
      var place = off_t(row * width * 4)
      while left > 0 {
        let got = pread(descriptor, at, left, place)
        if got < 0 && errno == EINTR { continue }
        guard got > 0 else { throw FileFailure("read", path, reason: "row \(row + 1) is cut short") }
        (at, left, place) = (at + got, left - got, place + off_t(got))
      }
    }
    return tensor
  }
}
