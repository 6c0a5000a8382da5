import Foundation

/// The user's folders, by the XDG base directory specification.
public enum UserFolder: String, Sendable, CaseIterable {
  case cache = "XDG_CACHE_HOME"
  case configuration = "XDG_CONFIG_HOME"
  case data = "XDG_DATA_HOME"
  case state = "XDG_STATE_HOME"

  /// The environment variable that names the folder in which nightjar's is.
  public var variable: String { rawValue }

  private var nameInHome: String {
    switch self {
    case .cache: ".cache"
    case .configuration: ".config"
    case .data: ".local/share"
    case .state: ".local/state"
    }
  }

  /// Nightjar's folder: `$XDG_…_HOME/nightjar`, or one in `$HOME` such as `~/.cache/nightjar`.
  ///
  /// A variable that is empty or relative is ignored, as the specification demands. Without `HOME` it is the home
  /// folder that the system knows for the user.
  public func path(in environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    func absolute(_ variable: String) -> String? {
      environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    let root = absolute(variable) ?? (absolute("HOME") ?? NSHomeDirectory()) + "/" + nameInHome
    return root + "/nightjar"
  }

  /// Makes a folder within nightjar's.
  ///
  /// - Throws: ``FileError``, whose hint names the variable that moves the folder.
  package func make(_ folder: String) throws {
    do { try AtomicFile.makeFolder(folder) } catch let error as FileError {
      guard error.hint == AtomicFile.writableHint else { throw error }
      throw FileError(
        error.action, error.path, reason: error.reason,
        hint: "set \(variable) to a folder that can be written")
    }
  }
}
