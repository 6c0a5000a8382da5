import Foundation
import Support
import Tensors

/// Processor, memory, matrix kernels.
enum MachineChecks {
  static func processor(_ device: Device) -> Finding {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    return Finding(
      state: .ok, subject: "processor", detail: "\(cores) cores, \(device.threads) threads in use")
  }

  static func memory(_ device: Device) -> Finding {
    let all = ByteCount(Int(clamping: ProcessInfo.processInfo.physicalMemory))
    return Finding(
      state: .ok, subject: "memory",
      detail: "\(all), of which tensors may take \(ByteCount(device.pool.budget))")
  }

  /// Which kernels multiply matrices, and whose choice that was.
  static func kernels() -> Finding {
    let asked = ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"]
    let reason = asked.map { "; OPENBLAS_CORETYPE=\($0) asks for them, without it OpenBLAS chooses" } ?? ""
    return Finding(
      state: .ok, subject: "matrices", detail: "OpenBLAS with \(BlasKernels.name) kernels\(reason)")
  }
}
