/// Which allocations fail for the sake of a test.
struct FailureSchedule {
  /// How many failed.
  private(set) var count = 0
  /// Allocations up to the next that fails, itself included; 0 when none will.
  private var left = 0
  private var goesOn = false

  mutating func start(at number: Int, andAfter: Bool) { (left, goesOn) = (number, andAfter) }

  /// Whether the allocation that is asked for now fails.
  mutating func strikes() -> Bool {
    guard left > 0 else { return false }
    if left > 1 {
      left -= 1
      return false
    }
    if !goesOn { left = 0 }
    count += 1
    return true
  }
}
