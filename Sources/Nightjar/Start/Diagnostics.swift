import Foundation
import Logging

/// What goes on inside, for those who ask: `NIGHTJAR_LOG=debug nightjar …` writes it to standard error.
enum Diagnostics {
  static let variable = "NIGHTJAR_LOG"

  /// Sends logs to standard error, from the level that the variable names; without it, from warnings on.
  static func start(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let level = environment[variable].flatMap { Logger.Level(rawValue: $0.lowercased()) } ?? .warning
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }
}
