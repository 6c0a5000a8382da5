/// One complex number.
package struct Complex: Sendable {
  package var re: Float
  package var im: Float

  package init(_ re: Float, _ im: Float) { (self.re, self.im) = (re, im) }

  /// `exp(−2πi·k/n)`, worked out in double precision; `k` may be large.
  static func root(_ k: Int, of n: Int) -> Complex {
    let angle = -2 * Double.pi * Double(k % n) / Double(n)
    return Complex(Float(cosine(angle)), Float(sine(angle)))
  }

  static func + (a: Complex, b: Complex) -> Complex { Complex(a.re + b.re, a.im + b.im) }
  static func - (a: Complex, b: Complex) -> Complex { Complex(a.re - b.re, a.im - b.im) }
  static func * (a: Complex, b: Complex) -> Complex {
    Complex(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  var conjugate: Complex { Complex(re, -im) }
  /// `−i` times the number.
  var turnedBack: Complex { Complex(im, -re) }
}

/// Four numbers side by side: the same place of four signals that are transformed together.
package typealias Lanes = SIMD4<Float>

/// Four complex numbers, one a lane.
package struct ComplexLanes: Sendable {
  package var re: Lanes
  package var im: Lanes

  package init(_ re: Lanes = .zero, _ im: Lanes = .zero) { (self.re, self.im) = (re, im) }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
  @inline(__always) static func * (a: Self, b: Complex) -> Self {
    Self(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  @inline(__always) static func * (a: Self, b: Float) -> Self { Self(a.re * b, a.im * b) }
  /// `−i` times the numbers.
  @inline(__always) var turnedBack: Self { Self(im, Lanes.zero - re) }
}
