import Audio
import CSndFile
import Foundation
import Support

/// Reads one mutated sound file by our reader and by libsndfile alone, and compares.
final class SoundTrial: MutationTrial {
  /// What libsndfile makes of a file.
  private struct Reading {
    /// The frames that were decoded; nil when it could not be opened.
    var frames: Int?
    var announced = 0
    var channels = 1
    var hasError = false
    var isFinite = true
    /// What the library says about the size of the samples: stated, and there; nil when it agrees with them.
    var size: (stated: Int, there: Int)?
  }

  /// Where the files are written, one after the other.
  private let folder: String
  private var path: String { "\(folder)/sound" }

  /// - Throws: `FileError` when the folder cannot be made.
  init() throws {
    folder = "\(World.temporaryFolder)/nightjar-sounds.\(getpid())"
    try AtomicFile.makeFolder(folder)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// - Throws: ``Finding`` when the two disagree.
  func run(_ file: Data, number: Int) throws {
    try file.write(to: URL(fileURLWithPath: path))
    let library = read()
    var frames = 0
    let problem: SoundFileError.Problem?
    do {
      let info = try SoundFile.decode(path) { frames += $0.count }
      guard info.frames == frames else { throw Finding("\(info.frames) frames stated, \(frames) decoded") }
      problem = nil
    } catch let error as SoundFileError { problem = error.problem }
    if let problem { try judge(refusal: problem, library) } else { try judge(accepted: frames, library) }
  }

  /// What is accepted must be complete: the library decodes no other number of frames, and misses none.
  private func judge(accepted frames: Int, _ library: Reading) throws {
    guard let decoded = library.frames else { return }
    guard frames >= decoded else { throw Finding("accepted \(frames) frames of \(decoded)") }
    if frames > decoded, decoded > 0, !isChained {
      throw Finding("accepted \(frames) frames, the library has \(decoded)")
    }
    if let size = library.size, size.stated > size.there, size.stated < 2_000_000_000, frames == decoded,
      library.announced > 0, size.stated - size.there >= 8 * library.channels
    {
      throw Finding("accepted, but \(size.stated) bytes are stated and \(size.there) there")
    }
  }

  /// What is refused must have a reason that the library has as well.
  private func judge(refusal problem: SoundFileError.Problem, _ library: Reading) throws {
    guard case .damaged(let reason) = problem, let decoded = library.frames, decoded > 0 else { return }
    guard decoded == library.announced, !library.hasError, library.isFinite else { return }
    // The library knows of missing bytes in these containers only.
    guard ["RIFF", "RIFX", ".snd", "FORM"].contains(start), library.size == nil else { return }
    throw Finding("refused, but the library reads all of \(decoded) frames: \(reason)")
  }

  private var start: String {
    let bytes = (try? Data(contentsOf: URL(fileURLWithPath: path)).prefix(4)) ?? Data()
    return String(decoding: bytes, as: UTF8.self)
  }

  private var isChained: Bool { start == "OggS" }

  private func read() -> Reading {
    var reading = Reading()
    var info = SF_INFO()
    guard let file = sf_open(path, Int32(SFM_READ), &info) else { return reading }
    defer { sf_close(file) }
    reading.announced = Int(info.frames)
    reading.size = size(of: file)
    let channels = max(1, Int(info.channels))
    reading.channels = channels
    let block = max(1, 4_096 / channels)
    var buffer = [Float](repeating: 0, count: block * channels)
    var frames = 0
    while frames < 1 << 22 {
      let count = Int(sf_readf_float(file, &buffer, sf_count_t(block)))
      if count <= 0 { break }
      frames += count
      if !buffer[..<(count * channels)].allSatisfy(\.isFinite) { reading.isFinite = false }
    }
    reading.hasError = sf_error(file) != 0
    reading.frames = frames
    return reading
  }

  /// The library's remark about the size of the samples: `data : 1000 (should be 500)`.
  private func size(of file: OpaquePointer) -> (stated: Int, there: Int)? {
    var text = [CChar](repeating: 0, count: 16_384)
    let length = sf_command(file, Int32(SFC_GET_LOG_INFO), &text, Int32(text.count))
    let log = String(decoding: text.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard log.utf8.contains(UInt8(ascii: "(")), log.contains("(should be ") else { return nil }
    let remark = #/(?:data|SSND|Data Size) *: *(-?\d+) \(should be (-?\d+)\)/#
    return log.firstMatch(of: remark).flatMap { match in
      guard let stated = Int(match.1), let there = Int(match.2) else { return nil }
      return (stated, there)
    }
  }
}
