import Foundation

/// The default location of data sets.
public enum DataFolder {
  /// `$XDG_DATA_HOME/nightjar`, or `~/.local/share/nightjar`.
  public static func root(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    if let root = environment["XDG_DATA_HOME"], root.hasPrefix("/") { return root + "/nightjar" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/nightjar"
  }

  /// The default folder of a synthetic data set.
  public static func standard(_ options: SynthesisOptions) -> String { root() + "/" + options.folderName }

  /// Whether a folder directly contains the lists of a data set.
  public static func isDataset(_ folder: String) -> Bool {
    DatasetLayouts.lists.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }
}
