import Foundation
import Testing
import VectorKernels

/// One instruction set that this processor has.
struct Level: CustomTestStringConvertible, Sendable {
  let number: Int32
  var kernels: nj_table { nj_vector_table(number).pointee }
  var testDescription: String { String(cString: kernels.name) }

  static let all = (0..<3).map { Level(number: $0) }.filter { nj_vector_table($0.number) != nil }
}

/// Numbers that look random, from −1 to 1.
func noise(_ count: Int, seed: Int = 1) -> [Float] {
  (0..<count).map { Float(sin(Double(seed * 7919 + $0 * 104_729))) }
}

/// Kernels against their formulas in double precision, with every instruction set.
@Suite struct VectorKernelTests {
  struct Product: Sendable {
    let rows: Int
    let columns: Int
    let inner: Int
  }

  /// Sizes around those of blocks and registers.
  static let products = [
    Product(rows: 1, columns: 1, inner: 1), Product(rows: 2, columns: 15, inner: 17),
    Product(rows: 5, columns: 33, inner: 16), Product(rows: 6, columns: 16, inner: 512),
    Product(rows: 7, columns: 64, inner: 513), Product(rows: 12, columns: 31, inner: 3),
    Product(rows: 13, columns: 70, inner: 1100), Product(rows: 25, columns: 32, inner: 40),
    Product(rows: 3, columns: 5, inner: 0),
  ]

  @Test(arguments: Level.all, products) func productOfPanels(level: Level, sizes: Product) {
    let (rows, columns, inner) = (sizes.rows, sizes.columns, sizes.inner)
    let left = noise(rows * (inner + 3))
    let leftColumns = (0..<inner).flatMap { k in (0..<rows).map { left[$0 * (inner + 3) + k] } }
    let right = noise(inner * columns, seed: 2)
    let transposed = (0..<columns).flatMap { j in (0..<inner).map { right[$0 * columns + j] } }
    for (matrix, isTransposed, adds) in [(right, false, false), (transposed, true, true)] {
      var panels = [Float](repeating: .nan, count: (columns + 31) / 32 * 32 * inner)
      level.kernels.pack_panels(
        matrix, isTransposed ? inner : columns, isTransposed ? 1 : 0, inner, columns, &panels)
      var result = [Float](repeating: 1, count: rows * (columns + 2))
      level.kernels.multiply_panels(
        left, inner + 3, 0, panels, inner, &result, columns + 2, rows, columns, adds ? 1 : 0)
      var same = [Float](repeating: 1, count: result.count)
      level.kernels.multiply_panels(
        leftColumns, rows, 1, panels, inner, &same, columns + 2, rows, columns, adds ? 1 : 0)
      #expect(same == result)
      var worst = 0.0
      for i in 0..<rows {
        for j in 0..<columns {
          var expected = adds ? 1.0 : 0
          for k in 0..<inner {
            expected += Double(left[i * (inner + 3) + k]) * Double(right[k * columns + j])
          }
          worst = max(worst, abs(Double(result[i * (columns + 2) + j]) - expected))
        }
        #expect(result[i * (columns + 2) + columns] == 1, "the number after row \(i) is another's")
      }
      #expect(worst < 1e-4)
    }
  }

  /// A row has the same bits whatever is computed with it.
  @Test(arguments: Level.all) func aRowOfAProductDependsOnItAlone(level: Level) {
    let inner = 700
    let columns = 50
    let left = noise(17 * inner)
    let right = noise(inner * columns, seed: 3)
    var panels = [Float](repeating: 0, count: 64 * inner)
    level.kernels.pack_panels(right, columns, 0, inner, columns, &panels)
    func product(_ rows: Range<Int>) -> [Float] {
      var result = [Float](repeating: 0, count: rows.count * columns)
      level.kernels.multiply_panels(
        Array(left[rows.lowerBound * inner..<rows.upperBound * inner]), inner, 0, panels, inner,
        &result,
        columns, rows.count, columns, 0)
      return result
    }
    let whole = product(0..<17)
    for row in 0..<17 { #expect(product(row..<row + 1) == Array(whole[row * columns..<(row + 1) * columns])) }
  }

  /// Rows, kernel, stride, padding, dilation and channels: fewer and more steps than are computed together, taps outside
  /// the input, channels that fill no register, one, and several.
  static let windows = [
    nj_window(rows: 1, kernel: 1, stride: 1, padding: 0, dilation: 1, channels: 1),
    nj_window(rows: 20, kernel: 3, stride: 1, padding: 1, dilation: 1, channels: 70),
    nj_window(rows: 50, kernel: 9, stride: 2, padding: 4, dilation: 1, channels: 64),
    nj_window(rows: 40, kernel: 5, stride: 1, padding: 8, dilation: 3, channels: 17),
    nj_window(rows: 30, kernel: 4, stride: 1, padding: -2, dilation: 2, channels: 5),
    nj_window(rows: 3, kernel: 2, stride: 1, padding: 9, dilation: 4, channels: 20),
  ]

  /// The taps of an output step with the input rows that they read.
  private func taps(of step: Int, _ window: nj_window) -> [(tap: Int, row: Int)] {
    (0..<window.kernel).map { ($0, step * window.stride - window.padding + $0 * window.dilation) }
      .filter { 0..<window.rows ~= $0.1 }
  }

  @Test(arguments: Level.all, windows.indices) func depthwiseConvolution(level: Level, number: Int) {
    let window = Self.windows[number]
    let channels = window.channels
    let steps = 11
    let x = noise(window.rows * channels)
    let weights = noise(window.kernel * channels, seed: 2)
    let bias = noise(channels, seed: 3)
    let upstream = noise(steps * channels, seed: 4)
    var y = [Float](repeating: .nan, count: steps * channels)
    var sums = [Float](repeating: 1, count: window.kernel * channels)
    // In two parts, as the steps between two looks at the clock.
    for part in [0..<4, 4..<steps] {
      y.withUnsafeMutableBufferPointer {
        let to = $0.baseAddress! + part.lowerBound * channels
        level.kernels.depthwise(window, x, weights, bias, to, part.lowerBound, part.count)
      }
      level.kernels.depthwise_taps(window, x, upstream, part.lowerBound, part.count, &sums)
    }
    var expected = (0..<steps * channels).map { Double(bias[$0 % channels]) }
    var expectedSums = [Double](repeating: 1, count: sums.count)
    for step in 0..<steps {
      for (tap, row) in taps(of: step, window) {
        for c in 0..<channels {
          let value = Double(x[row * channels + c])
          expected[step * channels + c] += value * Double(weights[tap * channels + c])
          expectedSums[tap * channels + c] += value * Double(upstream[step * channels + c])
        }
      }
    }
    #expect(zip(y, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 })
    #expect(zip(sums, expectedSums).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test(arguments: Level.all, [1, 7, 16, 33]) func dropKeepsWhatReachesTheLimit(level: Level, count: Int) {
    let bits = (0..<count).map { UInt16(truncatingIfNeeded: 30_000 + $0 * 5_000) }
    let x = noise(count)
    var y = [Float](repeating: 0, count: count)
    let found = level.kernels.drop(bits, 35_000, 2, x, &y, count)
    #expect(y == zip(bits, x).map { $0 < 35_000 ? $1 * 0 : $1 * 2 })
    #expect((found != 0) == bits.contains(35_000))
  }

  /// Rows that fill no register, one, and several; all keys, and those up to a query's own. The gradient is that of the
  /// weights' sum, weighted by `noise`.
  @Test(arguments: Level.all, [(1, -1), (7, 3), (16, 1), (37, -1), (50, 44)])
  func attentionOfRows(level: Level, sizes: (keys: Int, visible: Int)) {
    let (rows, keys, scale) = (3, sizes.keys, Float(1.5))
    let scores = noise(rows * keys)
    let upstream = noise(rows * keys, seed: 2)
    func run(_ kernels: nj_table) -> [[Float]] {
      var powers = scores
      var statistics = [Float](repeating: .nan, count: 2 * rows)
      kernels.attention_weights(&powers, &statistics, rows, keys, scale, sizes.visible)
      // The values of attention are the unit matrix, so that its output is the weights.
      var output = (0..<rows * keys).map { powers[$0] * statistics[$0 / keys * 2 + 1] }
      var weights = scores
      var gradient = upstream
      var up = upstream
      output.withUnsafeMutableBufferPointer { output in
        up.withUnsafeMutableBufferPointer { up in
          kernels.attention_gradient(
            &weights, &gradient, statistics, nj_rows(values: output.baseAddress, stride: keys),
            nj_rows(values: up.baseAddress, stride: keys), keys, rows, keys, scale, sizes.visible)
        }
      }
      return [output, weights, gradient]
    }
    let results = run(level.kernels)
    for (own, others) in zip(results, run(Level.all[0].kernels)) { #expect(own == others) }
    for row in 0..<rows {
      let seen = sizes.visible < 0 ? keys : min(keys, sizes.visible + row)
      let powers = (0..<keys).map { $0 < seen ? exp(Double(scores[row * keys + $0] * scale)) : 0 }
      let weights = powers.map { $0 / powers.reduce(0, +) }
      let mean = (0..<keys).reduce(0.0) { $0 + weights[$1] * Double(upstream[row * keys + $1]) }
      for key in 0..<keys {
        let at = row * keys + key
        let slope = weights[key] * (Double(upstream[at]) - mean) * Double(scale)
        #expect(abs(Double(results[0][at]) - weights[key]) < 1e-6)
        #expect(abs(Double(results[1][at]) - weights[key]) < 1e-6)
        #expect(abs(Double(results[2][at]) - slope) < 1e-5)
      }
    }
  }

  @Test(arguments: Level.all) func randomWordsAreThoseOfEveryLevel(level: Level) {
    let key: [UInt32] = [0x299f_31d0, 0xa409_3822]
    func words(_ kernels: nj_table) -> [UInt32] {
      var rows = [UInt32](repeating: 0, count: 4 * 37)
      // The counter carries into its upper half.
      kernels.random_words(key, 0xFFFF_FFF0, 0x3_0000_0004, &rows, 37)
      return rows
    }
    #expect(words(level.kernels) == words(Level.all[0].kernels))
    #expect(Set(words(level.kernels)).count == 4 * 37)
  }
}

/// Kernels of sixteen frames against their formulas in double precision, with every instruction set.
@Suite struct FrameKernelTests {
  private static let frames = Int(NJ_FRAMES)

  @Test(arguments: Level.all, [2, 3, 4, 5, 7, 11]) func onePassIsTheTransformOfItsRadix(
    level: Level, radix: Int
  ) {
    for lanes in [4, 16, 32] {
      let x = noise(radix * 2 * lanes)
      var y = [Float](repeating: 0, count: x.count)
      let ones = [[Float]](repeating: [1, 0], count: radix).flatMap { $0 }
      let angles = (0..<radix).map { -2 * Double.pi * Double($0) / Double(radix) }
      let roots = angles.flatMap { [Float(cos($0)), Float(sin($0))] }
      level.kernels.fourier_pass(radix, 1, 1, ones, roots, lanes, x, &y)
      var worst = 0.0
      for lane in 0..<lanes {
        for k in 0..<radix {
          var re = 0.0
          var im = 0.0
          for n in 0..<radix {
            let angle = -2 * Double.pi * Double(k * n) / Double(radix)
            let a = Double(x[n * 2 * lanes + lane])
            let b = Double(x[n * 2 * lanes + lanes + lane])
            re += a * cos(angle) - b * sin(angle)
            im += a * sin(angle) + b * cos(angle)
          }
          worst = max(worst, abs(Double(y[k * 2 * lanes + lane]) - re))
          worst = max(worst, abs(Double(y[k * 2 * lanes + lanes + lane]) - im))
        }
      }
      #expect(worst < 1e-5)
    }
  }

  @Test(arguments: Level.all, [1, 15, 16, 19]) func framesAreLoadedSideBySide(level: Level, count: Int) {
    let signal = noise(200)
    let window = noise(count, seed: 4)
    let starts = (0..<Self.frames).map { $0 * 9 % 160 }
    for isComplex in [false, true] {
      let step = (isComplex ? 2 : 1) * Self.frames
      var frames = [Float](repeating: .nan, count: count * step)
      level.kernels.load_frames(signal, starts, window, count, isComplex ? 1 : 0, &frames)
      let expected = (0..<count).flatMap { i in
        starts.map { signal[$0 + i] * window[i] }
          + (isComplex ? [Float](repeating: 0, count: Self.frames) : [])
      }
      #expect(frames == expected)
    }
  }

  @Test(arguments: Level.all) func levelsAreLogarithmsWithinARange(level: Level) {
    let count = 5
    var levels = noise(count * Self.frames).map { $0 < -0.5 ? 0 : abs($0) }
    let expected = levels.map { 10 * log10(max(Double($0), 1e-10)) }
    level.kernels.frame_logarithms(&levels, count, 1e-10, 0, Float(10 / log(10.0)))
    for (value, right) in zip(levels, expected) { #expect(abs(Double(value) - right) < 1e-4) }
    level.kernels.limit_frames(&levels, count, 80)
    let top = expected.max() ?? 0
    for (value, right) in zip(levels, expected) { #expect(abs(Double(value) - max(right, top - 80)) < 1e-4) }
  }

  @Test(arguments: Level.all, [(1, 16), (13, 7), (20, 1), (20, 16)])
  func framesAreTransformed(level: Level, sizes: (outputs: Int, frames: Int)) {
    let (outputs, frames) = sizes
    let inputs = 23
    let values = noise((inputs + 2) * Self.frames)
    let matrix = noise(inputs * outputs, seed: 5)
    var result = [Float](repeating: 7, count: 3 + frames * outputs + 1)
    level.kernels.transform_frames(values, 2, inputs, matrix, outputs, frames, &result, 3)
    for frame in 0..<frames {
      for k in 0..<outputs {
        let expected = (0..<inputs).reduce(0.0) {
          $0 + Double(values[($1 + 2) * Self.frames + frame]) * Double(matrix[$1 * outputs + k])
        }
        #expect(abs(Double(result[3 + frame * outputs + k]) - expected) < 1e-5)
      }
    }
    #expect(result.prefix(3) == [7, 7, 7] && result.last == 7)
  }
}
