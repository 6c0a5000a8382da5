/// NIST's SPHERE, in which many corpora of speech come: a header of lines `name -type value`, padded to a size that its
/// second line states. Source: NIST, *SPeech HEader REsources 2.6*.
enum SphereHeader {
  private static let maxHeader = 1 << 16

  static func samples(_ header: HeaderReader) -> SampleChunk? {
    let lines = header.text(count: maxHeader).split(separator: "\n")
    guard lines.count > 2, let start = Int(lines[1].filter { !$0.isWhitespace }),
      (1...maxHeader).contains(start)
    else { return nil }
    var fields: [Substring: Substring] = [:]
    for line in lines.dropFirst(2) {
      let words = line.split(separator: " ", maxSplits: 2)
      guard words.count == 3 else { break }
      fields[words[0]] = words[2]
    }
    func number(_ name: Substring, in range: ClosedRange<Int>) -> Int? {
      fields[name].flatMap { Int($0) }.flatMap { range.contains($0) ? $0 : nil }
    }
    // A coding such as "pcm,embedded-shorten-v2.00" has no frames of constant size.
    guard let frames = number("sample_count", in: 1...Int(Int32.max)),
      let width = number("sample_n_bytes", in: 1...8), fields["sample_coding"]?.contains(",") != true
    else { return nil }
    let frameSize = width * (number("channel_count", in: 1...0xFFFF) ?? 1)
    return SampleChunk(
      start: start, size: frames * frameSize, frameSize: frameSize, available: max(0, header.count - start),
      patches: [])
  }
}
