import FlyingFox
import Foundation
import Support

/// Answers the requests of the live view.
struct LiveViewHandler: HTTPHandler {
  let rules: AccessRules
  let pages: ViewPages

  /// The most that a form may have, in bytes.
  private static let maxBody = 65_536

  /// What every answer says: nothing from elsewhere runs in a page or shows it, and nothing is kept by the browser.
  private static let headers: [(HTTPHeader, String)] = [
    (
      HTTPHeader("Content-Security-Policy"),
      "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; "
        + "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ), (HTTPHeader("X-Content-Type-Options"), "nosniff"), (HTTPHeader("X-Frame-Options"), "DENY"),
    (HTTPHeader("Referrer-Policy"), "same-origin"),
    (HTTPHeader("Cross-Origin-Resource-Policy"), "same-origin"),
    (HTTPHeader("Cross-Origin-Opener-Policy"), "same-origin"), (.cacheControl, "no-store"),
  ]

  func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
    var response = try await answer(request)
    for (header, value) in Self.headers { response.headers[header] = value }
    return response
  }

  private func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
    let credentials = AccessRules.Credentials(
      method: request.method.rawValue, path: request.path, host: request.headers[.host],
      origin: request.headers[HTTPHeader("Origin")],
      fetchSite: request.headers[HTTPHeader("Sec-Fetch-Site")],
      fetchMode: request.headers[HTTPHeader("Sec-Fetch-Mode")])
    guard let path = rules.path(of: credentials) else {
      return Self.response(
        .text("403: the address has another token, or the request comes from another page.\n", status: 403))
    }
    let query = FormFields(encoded: request.target.query())
    switch request.method {
    case .GET, .HEAD:
      // Relative links need the slash behind the token.
      if path.isEmpty, !request.path.hasSuffix("/"), !request.target.path().hasSuffix("/") {
        return Self.response(.redirect(to: "\(rules.token)/"))
      }
      if path == "events" { return await Self.events(pages.events(query)) }
      let answer = try await pages.get(path, query)
      return Self.response(answer, withBody: request.method == .GET)
    case .POST:
      guard let length = request.headers[.contentLength].flatMap(Int.init), length <= Self.maxBody else {
        return Self.response(
          .text("413: a form has a length of at most \(Self.maxBody) bytes.\n", status: 413))
      }
      let form = FormFields(encoded: String(decoding: try await request.bodyData, as: UTF8.self))
      return Self.response(try await pages.post(path, form))
    default:
      return Self.response(.text("405: only GET and POST are answered.\n", status: 405))
    }
  }

  private static func events(_ changes: @escaping @Sendable () async -> [SectionUpdate]) -> HTTPResponse {
    HTTPResponse(
      statusCode: .ok, headers: [.contentType: "text/event-stream"],
      body: HTTPBodySequence(from: EventStream(changes: changes)))
  }

  private static func response(_ answer: ViewAnswer, withBody: Bool = true) -> HTTPResponse {
    let body = Data(answer.body.utf8)
    var headers: HTTPHeaders = [.contentType: "\(answer.type); charset=utf-8"]
    if let location = answer.location { headers[.location] = location }
    if let name = answer.fileName {
      headers[.contentDisposition] = "attachment; filename=\"\(name)\""
    }
    if !withBody { headers[.contentLength] = "\(body.count)" }
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: answer.phrase), headers: headers,
      body: withBody ? body : Data())
  }
}

/// An answer of the live view.
struct ViewAnswer: Sendable {
  var status = 200
  var type = "text/html"
  var body = ""
  /// Where a redirection leads.
  var location: String?
  /// The name of the file that the browser saves; nil for a page that it shows.
  var fileName: String?

  /// Plain text.
  static func text(_ text: String, status: Int = 200) -> ViewAnswer {
    ViewAnswer(status: status, type: "text/plain", body: text)
  }

  /// To a page that is loaded after a form was sent.
  static func redirect(to location: String) -> ViewAnswer { ViewAnswer(status: 303, location: location) }

  /// JSON with sorted keys.
  static func json(_ value: some Encodable) throws -> ViewAnswer {
    ViewAnswer(type: "application/json", body: String(decoding: try ResultFile.encode(value), as: UTF8.self))
  }

  fileprivate var phrase: String {
    [
      200: "OK", 303: "See Other", 400: "Bad Request", 403: "Forbidden", 404: "Not Found",
      405: "Method Not Allowed", 409: "Conflict", 413: "Payload Too Large", 422: "Unprocessable Content",
      500: "Internal Server Error",
    ][status] ?? ""
  }
}
