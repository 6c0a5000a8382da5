import Datasets
import Experiments
import Foundation
import Support

/// The folders nightjar reads and writes.
enum FolderChecks {
  /// Whether the shipped plugins are there, and whether all plugins load.
  static func plugins(_ host: ScriptHost) -> Finding {
    guard let shipped = host.shipped else {
      let set =
        ProcessInfo.processInfo.environment[Installation.variable].map { "\(Installation.variable)=\($0): " }
        ?? ""
      return Finding(
        state: .missing, subject: "plugins",
        detail: "\(set)the shipped ones were not found near \(Installation.executable)",
        remedy: "set \(Installation.variable) to the checkout, the folder that has plugins/ in it")
    }
    let all = host.library.survey(in: host.state)
    let broken = all.filter { if case .failure = $0.result { true } else { false } }
    let own = all.count { !Folder.isSame($0.entry.root, shipped) }
    let count = "\(shipped), \(all.count) found" + (own > 0 ? ", \(own) of them elsewhere" : "")
    guard let first = broken.first else {
      return Finding(state: .ok, subject: "plugins", detail: count + ", all of them load")
    }
    let isShipped = broken.contains { Folder.isSame($0.entry.root, shipped) }
    return Finding(
      state: isShipped ? .missing : .absent, subject: "plugins",
      detail: "\(count), \(broken.count) broken: \(first.entry.path)", remedy: "see `nightjar plugins list`")
  }

  static func data() -> Finding {
    folder(DataFolder.root(), subject: "data", variable: "XDG_DATA_HOME")
  }

  static func cache() -> Finding {
    folder(StageCache.defaultFolder(), subject: "cache", variable: "XDG_CACHE_HOME")
  }

  static func runs() -> Finding {
    let path = FileManager.default.currentDirectoryPath + "/runs"
    guard Folder.isWritable(path) else {
      return Finding(
        state: .absent, subject: "runs", detail: "\(path) cannot be written",
        remedy: "work in a folder of your own, or name one with --out")
    }
    let count = RunList(root: path).all().count
    return Finding(state: .ok, subject: "runs", detail: "\(path), \(count) run\(count == 1 ? "" : "s")")
  }

  private static func folder(_ path: String, subject: String, variable: String) -> Finding {
    guard Folder.isWritable(path) else {
      return Finding(
        state: .missing, subject: subject, detail: "\(path) cannot be written",
        remedy: "make it writable, or set \(variable) to a folder that is")
    }
    let size = Folder.exists(path) ? "\(ByteCount(Folder.size(path)))" : "nothing in it yet"
    return Finding(state: .ok, subject: subject, detail: "\(path), \(size), \(free(path)) free")
  }

  /// The room left on the disk of the nearest folder that is there.
  private static func free(_ path: String) -> String {
    var folder = path
    while !Folder.exists(folder), folder.count > 1 { folder = folder.parentFolder }
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: folder)
    return ByteCount((attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0).description
  }
}
