import Glibc

/// The names in a folder as the system has them.
public enum FolderNames {
  /// The bytes of each name, in no order; nil for what cannot be read as a folder. Foundation's list replaces bytes
  /// that are not UTF-8.
  public static func read(_ path: String) -> [[UInt8]]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [[UInt8]] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != Array(".".utf8), name != Array("..".utf8) { names.append(name) }
    }
    return names
  }
}
