/// The numbers COCO's evaluation is made with: pycocotools' `Params` for boxes.
enum CocoRule {
  /// Overlaps from which on a detection has found a truth: 0.50, 0.55 … 0.95, as `numpy.linspace` makes them.
  static let overlaps = spaced(from: 0.5, to: 0.95, count: 10)
  /// Recalls at which precision is read: 0, 0.01 … 1.
  static let recalls = spaced(from: 0, to: 1, count: 101)
  /// Areas in square pixels, both ends included: all, small (up to 32²), medium (up to 96²), large.
  static let areas: [ClosedRange<Double>] = [0...1e10, 0...1024, 1024...9216, 9216...1e10]
  /// How many detections of a category in an image count, the surest first.
  static let limits = [1, 10, 100]
  /// The most that ever count.
  static let most = 100

  private static func spaced(from first: Double, to last: Double, count: Int) -> [Double] {
    let step = (last - first) / Double(count - 1)
    return (0..<count - 1).map { Double($0) * step + first } + [last]
  }
}
