import Datasets

/// A small data set whose lists a test can change.
public struct SampleDataset {
  public let folder: TemporaryFolder
  public static let header = "PATH,WORD,LANG\n"

  public init(_ changes: [String: String?] = [:], clips: Bool = true) throws {
    folder = try TemporaryFolder()
    var files: [String: String?] = [
      "base_train.csv": Self.header + "one/a.wav,one,en\none/b.wav,one,en\ntwo/a.wav,two,en\n",
      "base_val.csv": Self.header + "one/c.wav,one,en\n",
      "base_test.csv": Self.header + "two/c.wav,two,en\n",
      "cy/evaluation.csv": Self.header + "tri/a.wav,tri,cy\ntri/b.wav,tri,cy\n",
    ]
    for (name, text) in changes { files[name] = .some(text) }
    for (name, text) in files { if let text { try folder.write(text, to: name) } }
    guard clips else { return }
    for name in ["one/a", "one/b", "one/c", "two/a", "two/c"] {
      try folder.write("x", to: "en/clips/\(name).wav")
    }
    for name in ["tri/a", "tri/b"] { try folder.write("x", to: "cy/clips/\(name).wav") }
  }

  public func read(checkingFiles: Bool = true) throws -> WordDataset {
    try WordDataset(path: folder.path, checkingFiles: checkingFiles)
  }
}
