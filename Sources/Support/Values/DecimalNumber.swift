extension StringProtocol {
  /// The finite number that a text states in decimal digits, with or without an exponent; nil for any other text.
  ///
  /// `Double` also reads hexadecimal digits, `inf` and `nan`, which integers on the command line are not.
  public var decimalNumber: Double? {
    guard utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }) else { return nil }
    return Double(self).flatMap { $0.isFinite ? $0 : nil }
  }
}
