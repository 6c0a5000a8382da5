import Foundation

/// Questions about folders.
enum Folder {
  /// Whether there is a folder at `path`.
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// Whether two paths name one folder.
  static func isSame(_ path: String, _ other: String?) -> Bool {
    guard let other else { return false }
    func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    return real(path) == real(other)
  }

  /// Whether a file could be made at `path`: in it, or in the nearest folder above it that is there.
  static func isWritable(_ path: String) -> Bool {
    var folder = URL(fileURLWithPath: path).path
    while !FileManager.default.fileExists(atPath: folder), folder.count > 1 {
      folder = (folder as NSString).deletingLastPathComponent
    }
    return exists(folder) && access(folder, W_OK) == 0
  }

  /// The bytes of all files below `path`.
  static func size(_ path: String) -> Int {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .isRegularFileKey]
    let files = FileManager.default.enumerator(
      at: URL(fileURLWithPath: path), includingPropertiesForKeys: Array(keys))
    var total = 0
    while let file = files?.nextObject() as? URL {
      if let values = try? file.resourceValues(forKeys: keys), values.isRegularFile == true {
        total += values.fileSize ?? 0
      }
    }
    return total
  }
}
