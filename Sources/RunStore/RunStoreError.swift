import Support

/// Why a run store cannot be used.
public enum RunStoreError: NightjarError, Equatable {
  /// A later version of nightjar has changed its tables.
  case newer(path: String)
  /// The file is no database, or is damaged.
  case corrupt(path: String, reason: String)
  /// It cannot be opened, read or written.
  case unusable(path: String, reason: String)

  public var exitCode: ExitCode { .data }

  public var message: ErrorMessage {
    switch self {
    case .newer(let path):
      ErrorMessage(
        "the run store \(path) was written by a newer version of nightjar, and is left as it is",
        hint: "update nightjar, or set NIGHTJAR_STORE to another file and fill it with `nightjar runs index`")
    case .corrupt(let path, let reason):
      ErrorMessage("the run store \(path) is damaged (\(reason))")
    case .unusable(let path, let reason):
      ErrorMessage("the run store \(path) cannot be used: \(reason)")
    }
  }
}
