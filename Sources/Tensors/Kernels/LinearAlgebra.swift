import COpenBLAS
import Foundation

/// The interface to BLAS. OpenBLAS uses one thread per call; callers split the work.
enum LinearAlgebra {
  /// Makes OpenBLAS use the caller's thread, and ends the threads that it started when it was loaded: they would spin
  /// for a tenth of a second, on every core.
  static let oneThreadPerCall: Void = {
    openblas_set_num_threads(1)  // never again: a call after the end of the threads restarts them
    // Only builds of OpenBLAS with their own threads have it.
    guard let address = dlsym(nil, "blas_thread_shutdown_") else { return }
    typealias Shutdown = @convention(c) () -> Int32
    _ = unsafeBitCast(address, to: Shutdown.self)()
  }()

  /// The name of the processor whose kernels OpenBLAS chose.
  static var coreName: String { String(cString: openblas_get_corename()) }

  /// A matrix in memory: rows `stride` apart, or columns when it is transposed. Rows that are all in one place, of an
  /// expanded tensor, are 0 apart, which BLAS does not take.
  struct Matrix {
    let pointer: UnsafeMutablePointer<Float>
    let stride: Int
    let isTransposed: Bool

    @inline(__always)
    init(_ pointer: UnsafeMutablePointer<Float>, stride: Int, transposed: Bool = false) {
      self.pointer = pointer
      self.stride = stride
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
      blasint(rows), blasint(columns), blasint(inner), 1, a.pointer, leading(a.stride), b.pointer,
      leading(b.stride),
      beta, c, leading(stride))
  }

  /// A stride as BLAS takes it: not 0 for a matrix without elements.
  @inline(__always)
  private static func leading(_ stride: Int) -> blasint { blasint(max(1, stride)) }

  /// The columns of a product that one chunk computes.
  static func columnsPerChunk(_ columns: Int) -> Int { min(columns, 512) }

  /// The part of the inner length that one call computes; a long one is added up part by part, so that a call takes
  /// some milliseconds however long it is.
  static let innerPerCall = 2048

  /// The rows of a product that one chunk of `columns` columns computes: enough to be worth the copy of the right
  /// matrix that BLAS makes for each chunk, at most some 20 milliseconds a call, and few calls. An even number of
  /// chunks of one size, so that two threads end together.
  static func rowsPerChunk(_ rows: Int, columns: Int, inner: Int) -> Int {
    let row = max(1, columns * min(inner, innerPerCall))
    let whole = max(1, columns * inner)
    let most = max(16, min(max(256, (1 << 25) / row), (1 << 30) / row, (1 << 31) / whole))
    guard rows > most else { return most }
    let chunks = ((rows + most - 1) / most + 1) & ~1
    return ((rows + chunks - 1) / chunks + 15) & ~15
  }
}

/// The BLAS kernels in use, for diagnostics.
public enum BlasKernels {
  /// The name OpenBLAS gives the processor, such as "Haswell".
  public static var name: String { LinearAlgebra.coreName }
}

/// The interface to LAPACK. LAPACK is column-major, so it sees the transposes of our row-major matrices.
enum Lapack {
  /// The lower Cholesky factor of the matrix `a` (n × n), over its lower half; the upper half is left as it
  /// was.
  ///
  /// - Returns: 0, or the order of the leading minor that is not positive, from 1.
  static func cholesky(_ a: UnsafeMutablePointer<Float>, _ n: Int) -> Int {
    var size = Int32(n)
    var info = Int32(0)
    // Our lower half is LAPACK's upper half.
    spotrf_("U", &size, a, &size, &info)
    return Int(info)
  }

  /// Solves for `count` right-hand sides: `transposed` is Aᵀ (n × n) and is overwritten, `sides` is Bᵀ
  /// (count × n) and becomes Xᵀ.
  ///
  /// - Returns: 0, or the row whose pivot is 0, from 1.
  static func solve(
    transposed: UnsafeMutablePointer<Float>, sides: UnsafeMutablePointer<Float>, _ n: Int, count: Int
  ) -> Int {
    var size = Int32(n)
    var columns = Int32(count)
    var info = Int32(0)
    var pivots = [Int32](repeating: 0, count: n)
    sgesv_(&size, &columns, transposed, &size, &pivots, sides, &size, &info)
    return Int(info)
  }

  /// The QR decomposition of `a`, rows × columns and by columns. When `readTriangle` is called, R lies in its upper
  /// triangle; afterwards its first columns are Q.
  static func qr(
    _ a: UnsafeMutablePointer<Float>, rows: Int, columns: Int, readTriangle: () -> Void
  ) {
    var m = Int32(rows)
    var n = Int32(columns)
    var k = Int32(min(rows, columns))
    var info = Int32(0)
    var factors = [Float](repeating: 0, count: Int(k))
    _ = withWork { work, length in
      sgeqrf_(&m, &n, a, &m, &factors, work, &length, &info)
      return Int(info)
    }
    readTriangle()
    _ = withWork { work, length in
      sorgqr_(&m, &k, &k, a, &m, factors, work, &length, &info)
      return Int(info)
    }
  }

  /// The thin singular value decomposition of `a` (rows × columns), which is overwritten: `u` (rows × k),
  /// `s` (k), `v` transposed (k × columns), k the smaller length.
  ///
  /// - Returns: 0, or another number when the iteration does not converge.
  static func svd(
    _ a: UnsafeMutablePointer<Float>, rows: Int, columns: Int, u: UnsafeMutablePointer<Float>,
    s: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>
  ) -> Int {
    // Aᵀ = V·S·Uᵀ: LAPACK's left vectors, by columns, are our Vᵀ by rows; its right ones are our U.
    var m = Int32(columns)
    var n = Int32(rows)
    var k = Int32(min(rows, columns))
    var info = Int32(0)
    var integerWork = [Int32](repeating: 0, count: 8 * min(rows, columns))
    return withWork { work, length in
      sgesdd_("S", &m, &n, a, &m, s, v, &m, u, &k, work, &length, &integerWork, &info)
      return Int(info)
    }
  }

  /// Eigenvalues, rising, and eigenvectors as rows of `a` (n × n, symmetric, read from its lower half), over
  /// it.
  ///
  /// - Returns: 0, or another number when the iteration does not converge.
  static func eigh(_ a: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>, _ n: Int) -> Int {
    var size = Int32(n)
    var info = Int32(0)
    var integerWork = [Int32](repeating: 0, count: 3 + 5 * n)
    var integerLength = Int32(integerWork.count)
    return withWork { work, length in
      ssyevd_("V", "U", &size, a, &size, values, work, &length, &integerWork, &integerLength, &info)
      return Int(info)
    }
  }

  /// The x of `columns` × `targets` for which |a·x − b|² + penalty·|x|² is least, by the eigenvectors of aᵀ·a; those
  /// whose eigenvalues are below its rounding are left out, as `gelsd` does. `a` is rows × columns, `b` rows × targets.
  ///
  /// - Returns: nil when the iteration does not converge.
  static func ridge(
    _ a: [Double], _ b: [Double], rows: Int, columns: Int, targets: Int, penalty: Double
  ) -> [Double]? {
    let n = Int32(columns)
    let m = Int32(targets)
    let k = Int32(rows)
    var vectors = [Double](repeating: 0, count: columns * columns)
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, n, k, 1, a, n, a, n, 0, &vectors, n)
    var sides = [Double](repeating: 0, count: columns * targets)
    cblas_dgemm(CblasRowMajor, CblasTrans, CblasNoTrans, n, m, k, 1, a, n, b, m, 0, &sides, m)
    var values = [Double](repeating: 0, count: columns)
    var size = n
    var info = Int32(0)
    var integerWork = [Int32](repeating: 0, count: 3 + 5 * columns)
    var integerLength = Int32(integerWork.count)
    var length = Int32(1 + 6 * columns + 2 * columns * columns)
    var work = [Double](repeating: 0, count: Int(length))
    dsyevd_(
      "V", "U", &size, &vectors, &size, &values, &work, &length, &integerWork, &integerLength, &info)
    guard info == 0 else { return nil }
    // Row i of `vectors` is the eigenvector of the value i: x = Vᵀ·(V·sides / (values + penalty)).
    var projected = [Double](repeating: 0, count: columns * targets)
    cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, m, n, 1, vectors, n, sides, m, 0, &projected, m)
    let smallest = (values.last ?? 0) * Double.ulpOfOne * Double(columns)
    for row in 0..<columns {
      let value = values[row] + penalty
      for column in 0..<targets {
        projected[row * targets + column] = value > smallest ? projected[row * targets + column] / value : 0
      }
    }
    var solution = [Double](repeating: 0, count: columns * targets)
    cblas_dgemm(
      CblasRowMajor, CblasTrans, CblasNoTrans, n, m, n, 1, vectors, n, projected, m, 0, &solution, m)
    return solution
  }

  /// Queries the workspace size of a routine (a length of −1), then runs it.
  private static func withWork(_ routine: (UnsafeMutablePointer<Float>, inout Int32) -> Int) -> Int {
    var answer = Float(0)
    var length = Int32(-1)
    let info = routine(&answer, &length)
    guard info == 0 else { return info }
    // The answer is a float: past 2^24 it may be rounded down, hence the margin.
    length = Int32(answer * 1.001) + 64
    var work = [Float](repeating: 0, count: Int(length))
    return routine(&work, &length)
  }
}
