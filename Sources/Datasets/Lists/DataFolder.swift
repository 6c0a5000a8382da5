import Foundation
import Support

/// The default location of data sets.
public enum DataFolder {
  /// The default folder of a synthetic data set.
  public static func standard(_ options: SynthesisOptions) -> String {
    UserFolder.data.path() + "/" + options.folderName
  }

  /// Whether a folder directly contains the lists of a data set.
  public static func isDataset(_ folder: String) -> Bool {
    DatasetLayouts.lists.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }
}
