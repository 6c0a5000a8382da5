import COpenBLAS
import Foundation

/// The doors to BLAS. OpenBLAS works single-threaded inside a call; callers split the work.
enum LinearAlgebra {
  /// Has OpenBLAS work on the caller's thread, and ends the threads it started when it was loaded: they would wait
  /// for work in a loop for a tenth of a second, on every core.
  static let oneThreadPerCall: Void = {
    openblas_set_num_threads(1)  // never again: a call after the end of the threads starts them anew
    // Only builds of OpenBLAS with threads of their own have it.
    guard let address = dlsym(nil, "blas_thread_shutdown_") else { return }
    typealias Shutdown = @convention(c) () -> Int32
    _ = unsafeBitCast(address, to: Shutdown.self)()
  }()

  /// The name of the processor whose kernels OpenBLAS chose.
  static var coreName: String { String(cString: openblas_get_corename()) }

  /// A matrix in memory: rows `stride` apart, or columns when it is transposed.
  struct Matrix {
    let pointer: UnsafeMutablePointer<Float>
    let stride: Int
    let isTransposed: Bool

    @inline(__always)
    init(_ pointer: UnsafeMutablePointer<Float>, stride: Int, transposed: Bool = false) {
      self.pointer = pointer
      self.stride = max(1, stride)
      isTransposed = transposed
    }
  }

  /// C = A·B + beta·C, row-major: A is rows × inner, B inner × columns, C's rows are `stride` apart.
  @inline(__always)
  static func multiply(
    _ a: Matrix, _ b: Matrix, into c: UnsafeMutablePointer<Float>, stride: Int, rows: Int, columns: Int,
    inner: Int,
    beta: Float = 0
  ) {
    guard rows > 0, columns > 0 else { return }
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans, b.isTransposed ? CblasTrans : CblasNoTrans,
      blasint(rows), blasint(columns), blasint(inner), 1, a.pointer, blasint(a.stride), b.pointer,
      blasint(b.stride),
      beta, c, blasint(max(1, stride)))
  }

  /// The rows of a product one chunk computes, so that a chunk is about 2²⁵ multiplications: some
  /// milliseconds.
  static func rowsPerChunk(columns: Int, inner: Int) -> Int {
    max(16, (1 << 25) / max(1, columns * inner))
  }
}

/// The processor's kernels in use, for `nightjar doctor` and logs.
public enum BlasKernels {
  /// The name OpenBLAS gives the processor, such as "Haswell".
  public static var name: String { LinearAlgebra.coreName }
}
