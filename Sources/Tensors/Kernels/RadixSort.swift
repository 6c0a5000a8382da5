/// Sorting of keys that carry the index of their element, by the digits of the key from the lowest.
///
/// Source: Knuth, *The Art of Computer Programming*, volume 3, §5.2.5.
enum RadixSort {
  /// A key in the upper half of the bits, an index in the lower.
  typealias Entry = UInt64

  /// Up to this length, insertion is faster.
  private static let maxInsertions = 32

  /// Fills `entries` with the keys and the indices from 0, ordered by key; equal keys keep their order.
  ///
  /// - Parameters:
  ///   - entries: memory of `count` entries.
  ///   - other: memory of as many.
  static func sort(
    _ keys: UnsafePointer<UInt32>, _ count: Int, into entries: UnsafeMutablePointer<Entry>,
    other: UnsafeMutablePointer<Entry>
  ) {
    for i in 0..<count { entries[i] = Entry(keys[i]) << 32 | Entry(i) }
    if count <= maxInsertions { return insertionSort(entries, count) }
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * 256) { counts in
      counts.initialize(repeating: 0)
      for i in 0..<count {
        let key = keys[i]
        counts[Int(key & 255)] &+= 1
        counts[256 + Int(key >> 8 & 255)] &+= 1
        counts[512 + Int(key >> 16 & 255)] &+= 1
        counts[768 + Int(key >> 24)] &+= 1
      }
      var from = entries
      var to = other
      for digit in 0..<4 {
        let buckets = UnsafeMutableBufferPointer(rebasing: counts[(digit * 256)..<(digit * 256 + 256)])
        let shift = Entry(32 + 8 * digit)
        // Nothing moves where all keys have the same digit.
        if buckets[Int(from[0] >> shift & 255)] == UInt32(count) { continue }
        var next: UInt32 = 0
        for bucket in 0..<256 {
          let size = buckets[bucket]
          buckets[bucket] = next
          next &+= size
        }
        for i in 0..<count {
          let entry = from[i]
          let bucket = Int(entry >> shift & 255)
          to[Int(buckets[bucket])] = entry
          buckets[bucket] &+= 1
        }
        swap(&from, &to)
      }
      if from != entries { entries.update(from: from, count: count) }
    }
  }

  private static func insertionSort(_ entries: UnsafeMutablePointer<Entry>, _ count: Int) {
    for i in stride(from: 1, to: count, by: 1) {
      let entry = entries[i]
      var position = i
      while position > 0, entries[position - 1] > entry {
        entries[position] = entries[position - 1]
        position -= 1
      }
      entries[position] = entry
    }
  }
}
