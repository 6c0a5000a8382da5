import Foundation

/// The files of the checkout that these tests are part of.
enum Checkout {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  /// Paths of all files under a folder, from the root, without hidden folders that hold what was built.
  static func files(in folder: String) -> [String] {
    let names =
      FileManager.default.enumerator(atPath: root + "/" + folder)?.compactMap { $0 as? String } ?? []
    return names.map { folder.isEmpty ? $0 : "\(folder)/\($0)" }
  }

  static func swiftFiles(in folder: String) -> [String] {
    files(in: folder).filter { $0.hasSuffix(".swift") }.sorted()
  }
}
