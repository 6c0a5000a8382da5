import Foundation

/// Student's t distribution.
package enum StudentT {
  /// The probability of a value up to `t`.
  package static func cumulative(_ t: Double, freedom: Double) -> Double {
    guard t.isFinite else { return t > 0 ? 1 : 0 }
    let tail = 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The value that `probability` (0 to 1) of the distribution lies below; by bisection, to 1e-12 relative.
  package static func quantile(_ probability: Double, freedom: Double) -> Double {
    guard probability > 0.5 else {
      return probability == 0.5 ? 0 : -quantile(1 - probability, freedom: freedom)
    }
    guard probability < 1 else { return .infinity }
    var low = 0.0
    var high = 1.0
    while cumulative(high, freedom: freedom) < probability, high < 1e300 { high *= 2 }
    while high - low > 1e-12 * high {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if cumulative(middle, freedom: freedom) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The regularised incomplete beta function `I_x(a, b)`, by Lentz's continued fraction
  /// (Abramowitz and Stegun 1964, 26.5.8).
  private static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast up to here; above, use the symmetry. With < both sides of x = 1/2 would
    // call each other.
    guard x <= (a + 1) / (a + b + 2) else { return 1 - incompleteBeta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let tiny = 1e-300
    var fraction = 1.0
    var c = 1.0
    var d = 0.0
    for step in 0...400 {
      let m = Double(step / 2)
      let numerator =
        step == 0
        ? 1
        : step.isMultiple(of: 2)
          ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
          : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / clear(1 + numerator * d, of: tiny)
      c = clear(1 + numerator / c, of: tiny)
      fraction *= c * d
      if abs(1 - c * d) < 1e-15 { break }
    }
    return front * (fraction - 1)
  }

  private static func clear(_ value: Double, of tiny: Double) -> Double { abs(value) < tiny ? tiny : value }
}
