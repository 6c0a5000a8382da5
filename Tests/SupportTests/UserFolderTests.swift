import Foundation
import Support
import Testing

@Suite struct UserFolderTests {
  struct Case: Sendable {
    let folder: UserFolder
    let environment: [String: String]
    let path: String

    init(_ folder: UserFolder, _ environment: [String: String], _ path: String) {
      self.folder = folder
      self.environment = environment
      self.path = path
    }
  }

  static let cases = [
    Case(.cache, ["HOME": "/h"], "/h/.cache/nightjar"),
    Case(.configuration, ["HOME": "/h"], "/h/.config/nightjar"),
    Case(.data, ["HOME": "/h"], "/h/.local/share/nightjar"),
    Case(.state, ["HOME": "/h"], "/h/.local/state/nightjar"),
    Case(.cache, ["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/nightjar"),
    Case(.configuration, ["HOME": "/h", "XDG_CONFIG_HOME": "/x"], "/x/nightjar"),
    Case(.data, ["HOME": "/h", "XDG_DATA_HOME": "/x"], "/x/nightjar"),
    // The specification: a relative path is invalid, an empty one is unset.
    Case(.data, ["HOME": "/h", "XDG_DATA_HOME": "x"], "/h/.local/share/nightjar"),
    Case(.data, ["HOME": "/h", "XDG_DATA_HOME": ""], "/h/.local/share/nightjar"),
    Case(.cache, ["HOME": ""], NSHomeDirectory() + "/.cache/nightjar"),
    Case(.cache, [:], NSHomeDirectory() + "/.cache/nightjar"),
  ]

  @Test(arguments: cases) func followsTheVariables(_ c: Case) {
    #expect(c.folder.path(in: c.environment) == c.path)
  }
}
