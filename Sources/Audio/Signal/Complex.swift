import Foundation

/// One complex number in single precision.
package struct Complex: Sendable {
  package var re: Float
  package var im: Float

  package init(_ re: Float, _ im: Float) {
    self.re = re
    self.im = im
  }

  /// The twiddle factor `exp(−2πi·k/n)`, computed in double precision; `k` is not negative and may exceed `n`.
  static func twiddle(_ k: Int, of n: Int) -> Complex {
    let angle = -2 * Double.pi * Double(k % n) / Double(n)
    return Complex(Float(Foundation.cos(angle)), Float(Foundation.sin(angle)))
  }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    Self(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  @inline(__always) static func * (a: Self, b: Float) -> Self { Self(a.re * b, a.im * b) }
  @inline(__always) var conjugate: Self { Self(re, -im) }
  /// The number times −i: a quarter turn clockwise.
  @inline(__always) var timesMinusI: Self { Self(im, -re) }
}

/// Four numbers side by side: the same element of four signals that are transformed together.
package typealias Lanes = SIMD4<Float>

/// Complex numbers side by side, one a lane: the real parts, then the imaginary ones.
package protocol ComplexVector: BitwiseCopyable, Sendable {
  /// The number of lanes.
  static var lanes: Int { get }
}

/// Four complex numbers, one a lane.
package struct ComplexLanes: ComplexVector {
  package static var lanes: Int { 4 }

  package var re: Lanes
  package var im: Lanes

  package init(_ re: Lanes = .zero, _ im: Lanes = .zero) {
    self.re = re
    self.im = im
  }

  /// The numbers of lane 0 to 3.
  @inline(__always) init(_ a: Complex, _ b: Complex, _ c: Complex, _ d: Complex) {
    re = Lanes(a.re, b.re, c.re, d.re)
    im = Lanes(a.im, b.im, c.im, d.im)
  }

  /// The number of one lane.
  @inline(__always) subscript(lane: Int) -> Complex { Complex(re[lane], im[lane]) }

  @inline(__always) static func + (a: Self, b: Self) -> Self { Self(a.re + b.re, a.im + b.im) }
  @inline(__always) static func - (a: Self, b: Self) -> Self { Self(a.re - b.re, a.im - b.im) }
  /// Lane by lane.
  @inline(__always) static func * (a: Self, b: Self) -> Self {
    Self(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
  }
  @inline(__always) static func * (a: Self, b: Float) -> Self { Self(a.re * b, a.im * b) }
  @inline(__always) var conjugate: Self { Self(re, Lanes.zero - im) }
  /// The numbers times −i: a quarter turn clockwise.
  @inline(__always) var timesMinusI: Self { Self(im, Lanes.zero - re) }
}

/// The same number of sixteen frames of sound.
package typealias FrameLanes = SIMD16<Float>

/// A complex number of each of sixteen frames.
package struct ComplexFrames: ComplexVector {
  package static var lanes: Int { FrameLanes.scalarCount }
  private var re = FrameLanes.zero
  private var im = FrameLanes.zero
  package init() {}
}
