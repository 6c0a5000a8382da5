import Foundation
import Scripting
import Support

/// The location of the program, and of the plugins shipped with it.
public enum Installation {
  /// The environment variable with the folder of the shipped files; it has precedence.
  public static let variable = "NIGHTJAR_HOME"

  /// The program's file, links resolved; empty when it cannot be determined.
  public static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
  }

  /// The folder of the shipped plugins; nil otherwise.
  ///
  /// Searched in the folders above the program (a checkout has its program in `.build/release`), in `share/nightjar`
  /// beside the program's `bin`, and in `/usr/share/nightjar`; if `NIGHTJAR_HOME` is set, only there.
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

  /// Whether a folder has a subfolder of a plugin kind, so that another program's `plugins` is not accepted.
  private static func holdsPlugins(_ folder: String) -> Bool {
    PluginKind.allCases.contains { FileManager.default.fileExists(atPath: "\(folder)/\($0.folder)") }
  }
}

/// The shipped plugins were not found.
public struct MissingPluginsError: NightjarError {
  public let message: ErrorMessage

  /// All of them are missing.
  public init() {
    let variable = Installation.variable
    let setting = ProcessInfo.processInfo.environment[variable].map { "\(variable)=\($0): " } ?? ""
    message = ErrorMessage(
      "\(setting)the shipped plugins were not found near \(Installation.executable)",
      hint: "set \(variable) to the checkout, the folder that contains plugins/")
  }

  /// One of them is missing.
  public init(plugin: String, in folder: String) {
    message = ErrorMessage(
      "the shipped plugin \(plugin) is missing in \(folder)",
      hint: "restore it, or set \(Installation.variable) to a complete checkout")
  }

  public var exitCode: ExitCode { .data }
}
