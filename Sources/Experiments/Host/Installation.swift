import Foundation
import Scripting

/// Where this nightjar lives, and the plugins that came with it.
public enum Installation {
  /// The variable that says where the shipped files are, above all others.
  public static let variable = "NIGHTJAR_HOME"

  /// The program's file, with all links followed; empty when the system does not say.
  public static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  }

  /// The folder of the shipped plugins; nil when there is none.
  ///
  /// Looked for in `$NIGHTJAR_HOME`, in the folders above the program (a checkout has its program in
  /// `.build/release`), in `share/nightjar` beside the program's `bin`, and in `/usr/share/nightjar`. A variable that
  /// is set is believed: nothing else is looked at then.
  public static func shippedPlugins(
    environment: [String: String] = ProcessInfo.processInfo.environment, executable: String = executable
  ) -> String? {
    homes(environment: environment, executable: executable).map { $0 + "/plugins" }.first(where: holdsPlugins)
  }

  private static func homes(environment: [String: String], executable: String) -> [String] {
    if let home = environment[variable], !home.isEmpty { return [home] }
    var homes: [String] = []
    var folder = executable.parentFolder
    while folder.count > 1 {
      homes.append(folder)
      folder = folder.parentFolder
    }
    return homes + homes.dropFirst().prefix(1).map { $0 + "/share/nightjar" } + ["/usr/share/nightjar"]
  }

  /// Whether a folder has one of the folders that plugins lie in, so that some other program's `plugins` is not taken.
  private static func holdsPlugins(_ folder: String) -> Bool {
    PluginKind.allCases.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0.folder)") }
  }
}
