import Foundation

/// Looks every few milliseconds until a condition holds.
///
/// - Parameter seconds: how long at most. A machine with other work may take long; tests expect no more than the end.
/// - Returns: whether it held in that time.
@discardableResult
public func eventually(within seconds: Double = 120, _ condition: () throws -> Bool) rethrows -> Bool {
  let end = ContinuousClock.now + .seconds(seconds)
  repeat {
    if try condition() { return true }
    usleep(5_000)
  } while ContinuousClock.now < end
  return false
}
