/// A line with what lies around it; the three lists are as long as each other.
public struct Band: Sendable, Hashable, Codable {
  public var low: [Double]
  public var mid: [Double]
  public var high: [Double]

  public init(low: [Double], mid: [Double], high: [Double]) {
    self.low = low
    self.mid = mid
    self.high = high
  }
}
