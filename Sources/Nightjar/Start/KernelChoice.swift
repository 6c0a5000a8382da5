import Foundation
import Tensors

/// The BLAS kernels for this processor, chosen once at the start.
///
/// OpenBLAS chooses when it is loaded and cannot be told later, so a better choice means starting over: the process
/// is replaced by itself, with the choice in its environment.
enum KernelChoice {
  /// What OpenBLAS reads.
  private static let variable = "OPENBLAS_CORETYPE"
  /// Says that this is the second start, and what OpenBLAS chose at the first.
  private static let mark = "NIGHTJAR_KERNELS_WERE"

  /// The kernels OpenBLAS chose by itself, if others are in use.
  static var replaced: String? { ProcessInfo.processInfo.environment[mark] }

  /// The kernels the user asked for, if any.
  static var asked: String? { ProcessInfo.processInfo.environment[variable] }

  /// Starts over with better kernels, if there are any and the command may compute. When that fails, this process
  /// goes on: slower, but right.
  static func apply(to arguments: [String]) {
    guard getenv(variable) == nil, getenv(mark) == nil, !isQuestion(arguments),
      let better = BlasKernels.better(processorFlags: BlasKernels.processorFlags())
    else { return }
    setenv(mark, BlasKernels.name, 1)
    setenv(variable, better, 1)
    // By its name, so that tools that list processes show it.
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    execv(program, CommandLine.unsafeArgv)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
  }

  /// Whether only a text is asked for.
  private static func isQuestion(_ arguments: [String]) -> Bool {
    arguments.isEmpty || arguments.contains { ["--version", "--help", "-h", "help"].contains($0) }
  }
}
