import Foundation

/// Where data sets are kept that nobody named a folder for.
public enum DataFolder {
  /// `$XDG_DATA_HOME/nightjar`, or `~/.local/share/nightjar`.
  public static func root(environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
    if let root = environment["XDG_DATA_HOME"], root.hasPrefix("/") { return root + "/nightjar" }
    return (environment["HOME"] ?? NSHomeDirectory()) + "/.local/share/nightjar"
  }

  /// The folder of a synthetic data set.
  public static func standard(_ options: SynthesisOptions) -> String { root() + "/" + options.folderName }

  /// Whether a folder is a data set in MSWC's layout.
  public static func isDataset(_ folder: String) -> Bool {
    FileManager.default.fileExists(atPath: folder + "/base_train.csv")
  }
}
