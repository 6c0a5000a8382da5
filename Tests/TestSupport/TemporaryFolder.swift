import Audio
import Foundation
import Support

/// A folder that is removed with the value that owns it.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() throws {
    path = FileManager.default.temporaryDirectory.path + "/fewshot.\(UInt64.random(in: 0 ... .max))"
    try AtomicFile.makeFolder(path)
  }

  /// A folder with these files, by name.
  public convenience init(files: [String: String]) throws {
    try self.init()
    for (name, text) in files { try write(text, to: name) }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and the folders above it.
  public func write(_ text: String, to name: String) throws { try write(Data(text.utf8), to: name) }

  public func write(_ bytes: Data, to name: String) throws {
    let place = path + "/" + name
    try AtomicFile.makeFolder((place as NSString).deletingLastPathComponent)
    try bytes.write(to: URL(fileURLWithPath: place))
  }

  /// Writes a short clip, and the folders above it. Without a pitch it is the name's own: no two clips are alike.
  public func writeClip(_ name: String, rate: Int = 16_000, pitch: Float? = nil) throws {
    let seed = ContentKey(parts: [name]).seed
    let pitch = pitch ?? 200 + Float(seed % 1_000_000) / 1_000
    let scale = 0.25 + Float(seed >> 40) / Float(1 << 24) / 10
    let place = path + "/" + name
    try AtomicFile.makeFolder((place as NSString).deletingLastPathComponent)
    let samples = (0..<rate / 10).map { scale * sin(2 * Float.pi * pitch * Float($0) / Float(rate)) }
    try SoundFile.write(Waveform(samples: samples, rate: rate), to: place, flushed: false)
  }

  /// Every file's path and the digest of its bytes.
  public func tree(_ folder: String = "") throws -> [String: String] {
    let root = path + "/" + folder
    var tree: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
      var isFolder: ObjCBool = false
      let place = root + "/" + name
      guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder), !isFolder.boolValue else {
        continue
      }
      tree[name] = ContentKey(of: try Data(contentsOf: URL(fileURLWithPath: place))).description
    }
    return tree
  }
}

/// The text of the error that `body` throws; empty when it throws none.
public func failureText(_ body: () throws -> Void) -> String {
  do { try body() } catch { return "\(error)" }
  return ""
}
