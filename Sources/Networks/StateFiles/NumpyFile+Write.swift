import Foundation
import Tensors

extension NumpyFile {
  /// The bytes of an npz file: an archive of named arrays, stored, as `numpy.savez` makes it.
  ///
  /// - Throws: ``TensorError/badArgument(operation:reason:)`` past what a plain zip archive can hold, 4 GiB.
  static func encode(_ tensors: [(name: String, tensor: Tensor)]) throws -> Data {
    var file = Data()
    var list = Data()
    for (name, tensor) in tensors {
      let title = [UInt8]((name + ending).utf8)
      let header = Data(NumpyHeader.bytes(of: tensor))
      let elements = try tensor.bytes
      let content = header + elements
      guard title.count <= 0xFFFF, tensors.count < 0xFFFF,
        file.count + content.count + list.count < 0xF000_0000
      else {
        throw TensorError.badArgument(
          operation: "save",
          reason:
            "an npz archive holds 65534 arrays, 4 GiB, and names of 64 KiB at most",
          hint: "name it ….safetensors"
        )
      }
      let place = file.count
      // Version 2.0; bit 11: names are UTF-8; stored; no time of day, so that equal tensors give equal files.
      var common: [UInt8] = [20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0]
      common += little(Int(Deflate.checksum(content))) + little(content.count) + little(content.count)
      common += little(title.count, 2) + [0, 0]
      file.append(contentsOf: ZipArchive.magic + common + title)
      file.append(content)
      list.append(contentsOf: little(0x0201_4B50) + [20, 0] + common + [UInt8](repeating: 0, count: 10))
      list.append(contentsOf: little(place) + title)
    }
    let count = little(tensors.count, 2)
    return file + list
      + (little(0x0605_4B50) + [0, 0, 0, 0] + count + count + little(list.count) + little(file.count) + [
        0, 0,
      ])
  }

  private static func little(_ number: Int, _ width: Int = 4) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }
}
