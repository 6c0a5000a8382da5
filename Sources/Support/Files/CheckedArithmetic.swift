/// Arithmetic on numbers that a file states: whatever they are, the result is a value and not the end of the process.
extension Int {
  /// The sum; nil when it overflows.
  public func plus(_ other: Int) -> Int? {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? nil : sum
  }

  /// The product; nil when it overflows.
  public func times(_ other: Int) -> Int? {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? nil : product
  }
}

extension Sequence<Int> {
  /// The product of all numbers; nil when it overflows on the way.
  public var product: Int? { reduce(1 as Int?) { $0?.times($1) } }

  /// The sum of all numbers; nil when it overflows on the way.
  public var sum: Int? { reduce(0 as Int?) { $0?.plus($1) } }
}
