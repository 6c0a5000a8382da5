import Foundation
import Support

/// A sound file as the streams that libsndfile can read: mostly the file itself.
///
/// The library does not see the sound behind a header whose sizes were never filled in, and stops after the first of
/// several Ogg streams. Such files are read by copies: with a completed header, or of one stream each.
struct SoundSource {
  private let path: String
  private let content: Data?

  /// The file need not exist; ``forEachStream(requiringAll:_:)`` says why it cannot be read.
  init(_ path: String) {
    self.path = path
    let isFile = FileStatus(path)?.kind == .file
    content = isFile ? try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) : nil
  }

  /// Opens one stream after the other, until `body` returns false.
  ///
  /// - Parameter requiringAll: whether a file that ends too early is an error.
  /// - Throws: ``SoundFileError``, `FileError` when a copy cannot be written, and what `body` throws.
  func forEachStream(
    requiringAll: Bool = false, _ body: (borrowing SoundHandle) throws -> Bool
  ) throws {
    let chunk = content.flatMap(SampleChunk.find)
    let chain = content.flatMap { $0.starts(with: OggStream.mark) ? OggStream.chain($0) : nil }
    if requiringAll { try check(chunk, chain) }
    if chunk?.patches.isEmpty ?? true, chain?.streams.count ?? 0 < 2 {
      _ = try body(SoundHandle(reading: path))
    } else if let content, let chain, chain.streams.count > 1 {
      for stream in chain.streams {
        let start = content.startIndex + stream.lowerBound
        let part = content[start..<start + stream.count]
        guard try withCopy(of: part, body) else { return }
      }
    } else if let content, let chunk {
      // Most placeholders the library understands itself.
      if let handle = try? SoundHandle(reading: path), handle.announcedFrames > 0 {
        _ = try body(handle)
      } else {
        _ = try withCopy(of: content, patches: chunk.patches, body)
      }
    }
  }

  private func check(_ chunk: SampleChunk?, _ chain: OggStream.Chain?) throws(SoundFileError) {
    let missing = chunk?.missingBytes.map { "\($0) bytes are missing at the end" } ?? chain?.missing
    if let missing { throw SoundFileError(path, .damaged("it is cut short, \(missing)")) }
  }

  /// Opens a copy of `bytes`. It has no name, and is removed when it is closed.
  private func withCopy(
    of bytes: Data, patches: [SampleChunk.Patch] = [], _ body: (borrowing SoundHandle) throws -> Bool
  ) throws -> Bool {
    guard let file = tmpfile() else { throw FileError(errnoOf: "copy", path) }
    defer { fclose(file) }
    let copy = FileHandle(fileDescriptor: fileno(file), closeOnDealloc: false)
    do {
      try copy.write(contentsOf: bytes)
      for patch in patches {
        try copy.seek(toOffset: UInt64(patch.offset))
        try copy.write(contentsOf: patch.bytes)
      }
    } catch {
      throw FileError("copy", path, cause: error)
    }
    do { return try body(SoundHandle(reading: "/proc/self/fd/\(fileno(file))")) } catch let error
      as SoundFileError
    {
      throw error.renamed(path)
    }
  }
}
