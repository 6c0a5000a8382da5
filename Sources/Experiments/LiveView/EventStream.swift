import FlyingSocks
import Foundation

/// A body of server-sent events: asks for what is new until the client has gone or the server stops.
///
/// Source: HTML Living Standard, section 9.2, server-sent events.
struct EventStream: AsyncBufferedSequence {
  typealias Element = UInt8

  /// What is new since the call before; empty for nothing.
  let changes: @Sendable () async -> [SectionUpdate]

  func makeAsyncIterator() -> Iterator { Iterator(changes: changes) }

  struct Iterator: AsyncBufferedIteratorProtocol {
    let changes: @Sendable () async -> [SectionUpdate]
    private var hasStarted = false

    /// The pause between two looks at the files.
    private static let pause = Duration.milliseconds(400)
    /// How many looks without news there are before an empty line, by which a client that has gone is noticed.
    private static let looksPerSign = 10

    init(changes: @escaping @Sendable () async -> [SectionUpdate]) { self.changes = changes }

    /// Bytes are only asked for in buffers.
    mutating func next() async throws -> UInt8? { try await nextBuffer(suggested: 1)?.first }

    mutating func nextBuffer(suggested count: Int) async throws -> Data? {
      // At once, so that the client knows that it is connected.
      guard hasStarted else {
        hasStarted = true
        return Data("retry: 1000\n\n".utf8)
      }
      for _ in 0..<Self.looksPerSign {
        try await Task.sleep(for: Self.pause)
        let updates = await changes()
        if !updates.isEmpty { return updates.map(\.event).reduce(Data(), +) }
      }
      return Data(":\n\n".utf8)
    }
  }
}

/// A part of a page that has changed.
struct SectionUpdate: Sendable, Encodable {
  /// The element's id; empty where the whole page has to be loaded again.
  let id: String
  /// Its new content.
  let html: String

  fileprivate var event: Data {
    let json = (try? JSONEncoder().encode(self)) ?? Data("{}".utf8)
    return Data("data: ".utf8) + json + Data("\n\n".utf8)
  }
}
