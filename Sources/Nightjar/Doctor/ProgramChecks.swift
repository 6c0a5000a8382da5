import Audio
import Networks
import Support

/// Libraries and programs that nightjar uses.
enum ProgramChecks {
  static func sound() -> Finding {
    let version = SoundLibrary.version
    guard SoundLibrary.writes(.opus) else {
      return Finding(
        state: .absent, subject: "sound", detail: "\(version), without opus",
        remedy: "MSWC's clips are opus files: install libsndfile 1.0.29 or later, built with opus")
    }
    return Finding(state: .ok, subject: "sound", detail: "\(version), with wav, flac, ogg and opus")
  }

  static func exports() -> Finding {
    Finding(state: .ok, subject: "exports", detail: ModelFile.versions)
  }

  static func speech() -> Finding {
    program(
      "espeak-ng", subject: "speech",
      remedy: "sudo apt install espeak-ng; without it bring recorded speech (--data DIR)")
  }

  static func figures() -> Finding {
    program(
      "gnuplot", subject: "figures",
      remedy: "sudo apt install gnuplot-nox; without it figures are saved as text only")
  }

  private static func program(_ name: String, subject: String, remedy: String) -> Finding {
    guard let path = Subprocess.find(name) else {
      return Finding(state: .absent, subject: subject, detail: "\(name) is not on PATH", remedy: remedy)
    }
    do {
      let result = try Subprocess.run(path, ["--version"], work: name, hint: remedy)
      let said = String(decoding: result.output, as: UTF8.self).split(separator: "\n").first ?? ""
      guard result.status == 0, !said.isEmpty else {
        return Finding(state: .absent, subject: subject, detail: "\(path) does not run", remedy: remedy)
      }
      let version = said.firstMatch(of: /[0-9]+(\.[0-9]+)+/).map { " \($0.output.0)" } ?? ""
      return Finding(state: .ok, subject: subject, detail: "\(name)\(version), \(path)")
    } catch {
      return Finding(state: .absent, subject: subject, detail: "\(error)", remedy: remedy)
    }
  }
}
