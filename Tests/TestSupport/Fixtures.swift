import Foundation

/// Files kept with the tests.
public enum Fixtures {
  /// `Tests/Fixtures`, wherever the checkout is.
  public static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// The path of one fixture.
  public static func path(_ name: String) -> String { folder + "/" + name }
}
