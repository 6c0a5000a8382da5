import CZlib
import Foundation

/// The pixels of a PNG picture of 8 bits a channel, as gnuplot writes them.
public struct Picture {
  public let width: Int
  public let height: Int
  private let channels: Int
  private let bytes: [UInt8]

  /// Reads a picture (PNG specification, ISO/IEC 15948); nil for one of another kind.
  public init?(png data: Data) {
    let file = [UInt8](data)
    func number(_ at: Int) -> Int { file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    guard file.count > 33, file.starts(with: [0x89, 0x50, 0x4E, 0x47]), file[24] == 8, file[28] == 0,
      let channels = [2: 3, 6: 4][file[25]]
    else { return nil }
    width = number(16)
    height = number(20)
    self.channels = channels
    var packed: [UInt8] = []
    var at = 8
    while at + 12 <= file.count {
      let length = number(at)
      if file[at + 4..<at + 8].elementsEqual("IDAT".utf8) { packed += file[at + 8..<at + 8 + length] }
      at += 12 + length
    }
    let stride = width * channels
    var filtered = [UInt8](repeating: 0, count: (stride + 1) * height)
    var size = uLongf(filtered.count)
    guard uncompress(&filtered, &size, packed, uLong(packed.count)) == Z_OK, Int(size) == filtered.count
    else {
      return nil
    }
    bytes = Self.unfiltered(filtered, stride: stride, channels: channels)
  }

  private static func unfiltered(_ rows: [UInt8], stride: Int, channels: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for start in Swift.stride(from: 0, to: rows.count, by: stride + 1) {
      let above = bytes.count - stride
      for column in 0..<stride {
        let isFirst = column < channels
        let left = isFirst ? 0 : Int(bytes[bytes.count - channels])
        let up = above < 0 ? 0 : Int(bytes[above + column])
        let corner = isFirst || above < 0 ? 0 : Int(bytes[above + column - channels])
        let predicted: Int
        switch rows[start] {
        case 1: predicted = left
        case 2: predicted = up
        case 3: predicted = (left + up) / 2
        case 4: predicted = paeth(left, up, corner)
        default: predicted = 0
        }
        bytes.append(UInt8(truncatingIfNeeded: Int(rows[start + 1 + column]) + predicted))
      }
    }
    return bytes
  }

  /// The neighbour that is nearest to left + up − corner; of equally near ones the first.
  private static func paeth(_ left: Int, _ up: Int, _ corner: Int) -> Int {
    let estimate: Int = left + up - corner
    let distances: [Int] = [abs(estimate - left), abs(estimate - up), abs(estimate - corner)]
    if distances[0] <= distances[1], distances[0] <= distances[2] { return left }
    return distances[1] <= distances[2] ? up : corner
  }

  /// Whether every pixel at the four edges, `margin` deep, is white.
  public func hasWhiteEdges(margin: Int = 2) -> Bool {
    for y in 0..<height {
      let isEdgeRow = y < margin || y >= height - margin
      for x in 0..<width where isEdgeRow || x < margin || x >= width - margin {
        let pixel = (y * width + x) * channels
        if bytes[pixel..<pixel + 3].contains(where: { $0 != 255 }) { return false }
      }
    }
    return true
  }
}
