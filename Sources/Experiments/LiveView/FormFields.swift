import Foundation

/// The fields of a form or of a query, in their order; a name may occur several times.
struct FormFields: Sendable {
  private let fields: [(name: String, value: String)]

  /// Reads `application/x-www-form-urlencoded` text.
  init(encoded text: String) {
    fields = text.split(separator: "&").map { field in
      let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (name: Self.decoded(parts[0]), value: parts.count > 1 ? Self.decoded(parts[1]) : "")
    }
  }

  /// The first value of a name without white space at its ends; empty without one.
  subscript(name: String) -> String {
    (fields.first { $0.name == name }?.value ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// All values of a name that are not empty, each once.
  func all(_ name: String) -> [String] {
    var seen: Set<String> = []
    return fields.filter { $0.name == name && !$0.value.isEmpty }.map(\.value).filter {
      seen.insert($0).inserted
    }
  }

  /// The fields whose names begin with a prefix, without it, that are not empty.
  func prefixed(_ prefix: String) -> [(name: String, value: String)] {
    fields.filter { $0.name.hasPrefix(prefix) && !$0.value.isEmpty }
      .map { (String($0.name.dropFirst(prefix.count)), $0.value) }
  }

  /// Whether a name occurs.
  func contains(_ name: String) -> Bool { fields.contains { $0.name == name } }

  /// As they stand in a query.
  var encoded: String { ViewLink.query(fields) }

  private static func decoded(_ text: Substring) -> String {
    let spaced = String(text).replacing("+", with: " ")
    return spaced.removingPercentEncoding ?? spaced
  }
}

/// Makes links below the token's path, to which they are relative.
enum ViewLink {
  /// `view?r=2026-11-30-100000-keyword_fscil`.
  static func to(_ page: String, _ fields: [(String, String)] = []) -> String {
    if fields.isEmpty { return page }
    return "\(page)?\(query(fields))"
  }

  /// `r=first&r=second`.
  static func query(_ fields: [(String, String)]) -> String {
    fields.map { "\(encoded($0.0))=\(encoded($0.1))" }.joined(separator: "&")
  }

  private static func encoded(_ text: String) -> String {
    let plain = CharacterSet(
      charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
  }
}
