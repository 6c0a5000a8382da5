import ArgumentParser
import Support

// A name that two modules have; in the command it means this one.
typealias ExitCode = Support.ExitCode

/// Thrown by a command that has said everything already, to end with this code.
extension ExitCode: Error {}
