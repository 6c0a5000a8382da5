import Foundation

/// Requests over a plain socket, so that a test decides about every byte: browsers do not let a page set Host or Origin.
struct HTTPClient {
  struct Response {
    let status: Int
    let headers: [String: String]
    let body: String
  }

  struct ConnectionError: Error {}

  /// `http://127.0.0.1:PORT/TOKEN/`.
  let address: String

  private var parts: [Substring] { address.dropFirst("http://".count).split(separator: "/") }
  var host: String { String(parts[0]) }
  var token: String { String(parts[1]) }

  /// Sends a request to a path below the token.
  func get(_ path: String, _ headers: [String: String] = [:]) throws -> Response {
    try send("GET", "/\(token)/\(path)", headers)
  }

  /// Sends a form to a path below the token.
  func post(_ path: String, _ form: [(String, String)], _ headers: [String: String] = [:]) throws -> Response
  {
    let body = form.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
    let own = ["Content-Type": "application/x-www-form-urlencoded", "Origin": "http://\(host)"]
    return try send("POST", "/\(token)/\(path)", own.merging(headers) { $1 }, body: body)
  }

  /// Sends a request; `headers` replace Host.
  func send(
    _ method: String, _ path: String, _ headers: [String: String] = [:], body: String = ""
  ) throws -> Response {
    let socket = try connected()
    defer { close(socket) }
    let all = ["Host": host, "Connection": "close", "Content-Length": "\(body.utf8.count)"]
      .merging(headers) { $1 }
    let lines = all.map { "\($0.key): \($0.value)\r\n" }.sorted().joined()
    try write("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n\(body)", to: socket)
    return try response(read(socket) { _ in false })
  }

  /// Reads events until `isEnough`, for 20 seconds at most.
  func events(_ path: String, until isEnough: (String) -> Bool) throws -> String {
    let socket = try connected()
    defer { close(socket) }
    try write("GET /\(token)/\(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n", to: socket)
    let end = Date(timeIntervalSinceNow: 20)
    let data = try read(socket) { isEnough(String(decoding: $0, as: UTF8.self)) || Date() > end }
    return String(decoding: data, as: UTF8.self)
  }

  private func connected() throws -> Int32 {
    guard let port = UInt16(host.split(separator: ":")[1]) else { throw ConnectionError() }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else { throw ConnectionError() }
    var patience = timeval(tv_sec: 20, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    return descriptor
  }

  private func write(_ text: String, to socket: Int32) throws {
    let bytes = Array(text.utf8)
    guard Foundation.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw ConnectionError()
    }
  }

  private func read(_ socket: Int32, until isEnough: (Data) -> Bool) throws -> Data {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while !isEnough(data) {
      let count = recv(socket, &buffer, buffer.count, 0)
      if count < 0 { throw ConnectionError() }
      if count == 0 { break }
      data.append(contentsOf: buffer[..<count])
    }
    return data
  }

  private func response(_ data: Data) throws -> Response {
    let text = String(decoding: data, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { throw ConnectionError() }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    guard let status = Int(lines[0].split(separator: " ")[1]) else { throw ConnectionError() }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    return Response(status: status, headers: headers, body: String(text[end.upperBound...]))
  }

  private func encoded(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
  }
}
