import ArgumentParser
import Tensors

// Names that two modules have; in the command they mean these.
typealias Option = ArgumentParser.Option
typealias ExitCode = Tensors.ExitCode

/// Thrown by a command that has said everything already, to end with this code.
extension ExitCode: Error {}
