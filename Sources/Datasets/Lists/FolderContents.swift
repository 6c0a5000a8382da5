import Foundation
import Support

/// Looks into folders.
enum FolderContents {
  /// The names in a folder, sorted.
  static func names(_ path: String) throws -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: path).sorted() } catch {
      let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
      throw FileError("read the folder", path, reason: cause.localizedDescription)
    }
  }

  /// Whether there is a folder at `path`.
  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
