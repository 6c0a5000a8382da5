import Support

/// A Lua file that ran in a state: a script, a plugin or a module.
public struct LoadedSource: Sendable {
  /// As it was located: a relative path is relative to the folder in which the process started.
  public let path: String
  public let text: String
  /// The digest of the text.
  public let content: ContentKey
}
