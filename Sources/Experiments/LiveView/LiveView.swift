import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Support
import Synchronization

/// The live view of runs in a browser: a server on a loopback address for those who know its token.
///
/// It lists runs, draws the curves of those that go on, compares runs, and starts, stops and resumes benches.
public final class LiveView: Sendable {
  private let server: HTTPServer
  private let rules: AccessRules
  private let started: StartedRuns

  /// How long a request may take, in seconds. A body of events may take longer.
  private static let timeout = 60.0

  /// A view of the runs of a catalog.
  ///
  /// - Parameters:
  ///   - catalog: the runs.
  ///   - port: 0 for any free one.
  ///   - program: the command that benches are started with.
  /// - Throws: an error of the address.
  public init(_ catalog: RunCatalog, port: UInt16, program: String = Installation.executable) throws {
    rules = AccessRules()
    started = StartedRuns(program: program, root: catalog.root)
    let pages = ViewPages(
      list: ListedRuns(catalog), library: RunLibrary(catalog), started: started, program: program)
    server = HTTPServer(
      address: try .inet(ip4: "127.0.0.1", port: port), timeout: Self.timeout, logger: .disabled,
      handler: LiveViewHandler(rules: rules, pages: pages))
  }

  /// Serves until Ctrl-C.
  ///
  /// - Parameter ready: called with the address of the first page, once the server listens.
  /// - Returns: what has become of the benches that it has started.
  /// - Throws: ``LiveViewError`` where the port cannot be used; what `ready` throws.
  public func serveUntilInterrupted(_ ready: @escaping @Sendable (_ address: String) throws -> Void) throws
    -> Remainder
  {
    let outcome = Mutex<Result<Remainder, any Error>>(.success(Remainder()))
    let end = DispatchSemaphore(value: 0)
    Task {
      do {
        let remainder = try await serve(ready)
        outcome.withLock { $0 = .success(remainder) }
      } catch {
        outcome.withLock { $0 = .failure(error) }
      }
      end.signal()
    }
    end.wait()
    return try outcome.withLock { $0 }.get()
  }

  private func serve(
    _ ready: @escaping @Sendable (_ address: String) throws -> Void
  ) async throws -> Remainder {
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await self.listen() }
      group.addTask {
        try await ready(self.address())
        while !Interruption.isRequested { try await Task.sleep(for: .milliseconds(100)) }
      }
      try await group.next()
      await server.stop()
      group.cancelAll()
    }
    return Remainder(
      running: await started.runningCount,
      notStarted: await started.failures.map { "\(BenchForm.commandLine($0.command.words)): \($0.message)" })
  }

  private func listen() async throws {
    do { try await server.run() } catch let error as SocketError {
      if case .disconnected = error { return }
      throw LiveViewError(reason: Self.reason(error))
    } catch is CancellationError {}
  }

  private func address() async throws -> String {
    try await server.waitUntilListening(timeout: 10)
    guard case .ip4(_, let port) = await server.listeningAddress else {
      throw LiveViewError(reason: "it does not listen")
    }
    return "http://127.0.0.1:\(port)/\(rules.token)/"
  }

  private static func reason(_ error: SocketError) -> String {
    if case .failed(_, let code, let message) = error { return code == EADDRINUSE ? "it is in use" : message }
    return error.localizedDescription
  }
}

extension LiveView {
  /// What is left of the benches that a view has started, when it ends.
  public struct Remainder: Sendable {
    /// How many of them go on.
    public var running = 0
    /// Those that have failed before they were recorded, and were not dismissed: command and message.
    public var notStarted: [String] = []
  }
}

/// The live view cannot listen on its port.
public struct LiveViewError: NightjarError {
  let reason: String

  public var exitCode: ExitCode { .usage }
  public var message: ErrorMessage {
    ErrorMessage("the port cannot be used: \(reason)", hint: "name another one, or leave out --port")
  }
}
