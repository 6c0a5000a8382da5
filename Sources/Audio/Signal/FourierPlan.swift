import Foundation

@inline(__always) func cosine(_ angle: Double) -> Double { Foundation.cos(angle) }
@inline(__always) func sine(_ angle: Double) -> Double { Foundation.sin(angle) }

/// The discrete Fourier transform of any length, of four complex signals at once.
///
/// `X[k] = Σ x[n]·exp(−2πi·k·n/N)`. Stockham's self-sorting form with mixed radix 4, 2, 3, 5 and any other
/// prime; a prime factor p costs p² operations, so lengths with large primes are slow, not wrong. Twiddle
/// factors come from double precision. Source: Van Loan, *Computational Frameworks for the FFT* (1992).
package struct FourierPlan: Sendable {
  /// One pass over the data: `radix` parts of `span · stride` numbers each.
  private struct Pass: Sendable {
    let radix: Int
    let span: Int
    let stride: Int
    /// `exp(−2πi·k·l/(radix·span))` at `k·(radix − 1) + l − 1`, for l from 1.
    let twiddles: [Complex]
    /// `exp(−2πi·j/radix)`, for radices without a pass of their own.
    let roots: [Complex]
  }

  /// The length of the transform.
  package let count: Int
  private let passes: [Pass]

  /// A plan for length `count`, which is positive.
  package init(_ count: Int) {
    self.count = count
    var (passes, length, stride) = ([Pass](), count, 1)
    for radix in Self.radices(of: count) {
      let span = length / radix
      let twiddles = (0..<span).flatMap { k in (1..<radix).map { Complex.root(k * $0, of: length) } }
      let roots = radix > 5 ? (0..<radix).map { Complex.root($0, of: radix) } : []
      passes.append(Pass(radix: radix, span: span, stride: stride, twiddles: twiddles, roots: roots))
      (length, stride) = (span, stride * radix)
    }
    self.passes = passes
  }

  /// About how many operations on four numbers at once a transform of length `count` takes.
  package static func operations(_ count: Int) -> Int { count * radices(of: count).reduce(0, +) }

  /// Factors of `count`, fours first.
  private static func radices(of count: Int) -> [Int] {
    var (left, factor, found) = (count, 4, [Int]())
    while left > 1 {
      while left % factor == 0 {
        found.append(factor)
        left /= factor
      }
      factor = factor == 4 ? 2 : factor == 2 ? 3 : factor + 2
      if factor * factor > left, left > 1, factor > 3 { factor = left }
    }
    return found
  }

  /// Transforms `signal` in place; `spare` has the same length and any contents.
  package func transform(_ signal: inout [ComplexLanes], spare: inout [ComplexLanes]) {
    for pass in passes {
      switch pass.radix {
      case 2: Self.pass2(pass, signal, &spare)
      case 3: Self.pass3(pass, signal, &spare)
      case 4: Self.pass4(pass, signal, &spare)
      case 5: Self.pass5(pass, signal, &spare)
      default: Self.passOdd(pass, signal, &spare)
      }
      swap(&signal, &spare)
    }
  }

  private static func pass2(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let (x, w, s, m) = (source.span, pass.twiddles.span, pass.stride, pass.span)
    var y = target.mutableSpan
    for k in 0..<m {
      let w1 = w[unchecked: k]
      for q in 0..<s {
        let i = q &+ s &* k
        let (a, b) = (x[unchecked: i], x[unchecked: i &+ s &* m])
        let o = q &+ s &* 2 &* k
        y[unchecked: o] = a + b
        y[unchecked: o &+ s] = (a - b) * w1
      }
    }
  }

  private static func pass3(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let (x, w, s, m) = (source.span, pass.twiddles.span, pass.stride, pass.span)
    var y = target.mutableSpan
    let height = Float(0.75.squareRoot())
    for k in 0..<m {
      let (w1, w2) = (w[unchecked: 2 &* k], w[unchecked: 2 &* k &+ 1])
      for q in 0..<s {
        let i = q &+ s &* k
        let a = x[unchecked: i]
        let (b, c) = (x[unchecked: i &+ s &* m], x[unchecked: i &+ 2 &* s &* m])
        let (sum, turned) = (b + c, ((b - c) * height).turnedBack)
        let middle = a - sum * 0.5
        let o = q &+ s &* 3 &* k
        y[unchecked: o] = a + sum
        y[unchecked: o &+ s] = (middle + turned) * w1
        y[unchecked: o &+ 2 &* s] = (middle - turned) * w2
      }
    }
  }

  private static func pass4(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let (x, w, s, m) = (source.span, pass.twiddles.span, pass.stride, pass.span)
    var y = target.mutableSpan
    let step = s &* m
    for k in 0..<m {
      let (w1, w2, w3) = (w[unchecked: 3 &* k], w[unchecked: 3 &* k &+ 1], w[unchecked: 3 &* k &+ 2])
      for q in 0..<s {
        let i = q &+ s &* k
        let (a, b) = (x[unchecked: i], x[unchecked: i &+ step])
        let (c, d) = (x[unchecked: i &+ 2 &* step], x[unchecked: i &+ 3 &* step])
        let (even, odd) = (a + c, b + d)
        let (fall, turned) = (a - c, (b - d).turnedBack)
        let o = q &+ s &* 4 &* k
        y[unchecked: o] = even + odd
        y[unchecked: o &+ s] = (fall + turned) * w1
        y[unchecked: o &+ 2 &* s] = (even - odd) * w2
        y[unchecked: o &+ 3 &* s] = (fall - turned) * w3
      }
    }
  }

  private static func pass5(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let (x, w, s, m) = (source.span, pass.twiddles.span, pass.stride, pass.span)
    var y = target.mutableSpan
    let (r1, r2) = (Complex.root(1, of: 5), Complex.root(2, of: 5))
    for k in 0..<m {
      let t = 4 &* k
      for q in 0..<s {
        let i = q &+ s &* k
        let a = x[unchecked: i]
        let (b, c) = (x[unchecked: i &+ s &* m], x[unchecked: i &+ 2 &* s &* m])
        let (d, e) = (x[unchecked: i &+ 3 &* s &* m], x[unchecked: i &+ 4 &* s &* m])
        let (outer, inner) = (b + e, c + d)
        let (outerFall, innerFall) = ((b - e).turnedBack, (c - d).turnedBack)
        let near = a + outer * r1.re + inner * r2.re
        let far = a + outer * r2.re + inner * r1.re
        // The roots' imaginary parts are negative, hence the signs.
        let nearTurned = outerFall * -r1.im + innerFall * -r2.im
        let farTurned = outerFall * -r2.im - innerFall * -r1.im
        let o = q &+ s &* 5 &* k
        y[unchecked: o] = a + outer + inner
        y[unchecked: o &+ s] = (near + nearTurned) * w[unchecked: t]
        y[unchecked: o &+ 2 &* s] = (far + farTurned) * w[unchecked: t &+ 1]
        y[unchecked: o &+ 3 &* s] = (far - farTurned) * w[unchecked: t &+ 2]
        y[unchecked: o &+ 4 &* s] = (near - nearTurned) * w[unchecked: t &+ 3]
      }
    }
  }

  /// Any odd radix by its definition, with x[j] and x[p − j] taken together.
  private static func passOdd(_ pass: Pass, _ source: [ComplexLanes], _ target: inout [ComplexLanes]) {
    let (p, s, m, half) = (pass.radix, pass.stride, pass.span, pass.radix / 2)
    var sums = [ComplexLanes](repeating: ComplexLanes(), count: half)
    var falls = sums
    for k in 0..<m {
      for q in 0..<s {
        let (i, o) = (q + s * k, q + s * p * k)
        let first = source[i]
        var total = first
        for j in 1...half {
          let (a, b) = (source[i + j * s * m], source[i + (p - j) * s * m])
          (sums[j - 1], falls[j - 1]) = (a + b, (a - b).turnedBack)
          total = total + sums[j - 1]
        }
        target[o] = total
        for l in 1...half {
          var (level, turned, at) = (first, ComplexLanes(), 0)
          for j in 0..<half {
            at += l
            if at >= p { at -= p }
            level = level + sums[j] * pass.roots[at].re
            turned = turned - falls[j] * pass.roots[at].im
          }
          target[o + l * s] = (level + turned) * pass.twiddles[k * (p - 1) + l - 1]
          target[o + (p - l) * s] = (level - turned) * pass.twiddles[k * (p - 1) + p - l - 1]
        }
      }
    }
  }
}
