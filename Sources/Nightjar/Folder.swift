import Foundation

/// Functions on folders.
enum Folder {
  /// Whether `path` is a folder.
  static func exists(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  /// - Throws: ``UsageError`` for the first path that is not a folder.
  static func require(_ paths: [String], option: String) throws {
    for path in paths where !exists(path) { throw UsageError("no such folder", at: "\(option) \(path)") }
  }

  /// Whether two paths lead to the same folder.
  static func isSame(_ path: String, _ other: String?) -> Bool {
    guard let other else { return false }
    func real(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    return real(path) == real(other)
  }

  /// Whether `path`, or else its nearest parent folder that exists, is writable.
  static func isWritable(_ path: String) -> Bool {
    var folder = URL(fileURLWithPath: path).path
    while !FileManager.default.fileExists(atPath: folder), folder.count > 1 {
      folder = (folder as NSString).deletingLastPathComponent
    }
    return exists(folder) && access(folder, W_OK) == 0
  }

  /// The size of all files below `path` in bytes.
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
