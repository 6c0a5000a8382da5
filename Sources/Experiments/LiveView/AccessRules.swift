import Foundation

/// Who may use the live view: requests whose path begins with its token, to a loopback host, from its own pages.
///
/// The token is a part of the path and no cookie: cookies go to every port of a host, so that another user's server on
/// this machine would get it. Links of pages are relative, and no page contains it.
struct AccessRules: Sendable {
  /// 128 random bits, in hexadecimal digits.
  let token: String

  /// What a request says of itself.
  struct Credentials: Sendable {
    var method: String
    /// The path, `/TOKEN/run`.
    var path: String
    var host: String?
    var origin: String?
    /// What the browser says of the page that has sent the request: `same-origin`, `cross-site`, …; `Sec-Fetch-Site`.
    var fetchSite: String?
    /// `navigate` for a page that is opened; `Sec-Fetch-Mode`.
    var fetchMode: String?
  }

  /// The names that a loopback address has in a browser.
  ///
  /// Any other name in `Host` is one of an attacker's that resolves to this machine (DNS rebinding).
  private static let hosts: Set = ["127.0.0.1", "localhost", "[::1]"]

  init(token: String = Self.randomToken()) { self.token = token }

  private static func randomToken() -> String {
    var random = SystemRandomNumberGenerator()
    return (0..<2).map { _ in
      let digits = String(random.next(), radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The path below the token; nil for a request that is refused, whatever it asks for.
  func path(of request: Credentials) -> String? {
    guard let host = request.host?.lowercased(), Self.hosts.contains(Self.name(host)) else { return nil }
    // The port is compared too: another server on this machine is another origin.
    if let origin = request.origin, origin.lowercased() != "http://\(host)" { return nil }
    if let site = request.fetchSite?.lowercased(), !["same-origin", "none"].contains(site) {
      // A link to the view in a terminal or a mail is followed; nothing else may come from another page.
      guard request.method == "GET", request.fetchMode?.lowercased() == "navigate" else { return nil }
    }
    let parts = request.path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
    guard let first = parts.first, Self.isEqual(first.utf8, token.utf8) else { return nil }
    return parts.count > 1 ? String(parts[1]) : ""
  }

  /// The host without its port.
  private static func name(_ host: String) -> String {
    guard let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") else { return host }
    return String(host[..<colon])
  }

  /// Whether two texts are equal, in a time that tells nothing of where they differ.
  private static func isEqual(_ guess: Substring.UTF8View, _ token: String.UTF8View) -> Bool {
    let guess = Array(guess)
    let token = Array(token)
    var difference = UInt8(guess.count == token.count ? 0 : 1)
    for index in token.indices { difference |= token[index] ^ (index < guess.count ? guess[index] : 0) }
    return difference == 0
  }
}
