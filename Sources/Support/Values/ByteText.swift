/// Strings of other programs as bytes, which need not be UTF-8.
extension Collection where Element == UInt8 {
  /// Where they stop being UTF-8: `byte 3 is 0xff`, counted from 1; nil for text.
  public var problemAsUTF8: String? {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = makeIterator()
    var count = 0
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let scalar): count += scalar.count
      case .error:
        let byte = self[index(startIndex, offsetBy: count)]
        return "byte \(count + 1) is 0x\(byte.hexadecimal)"
      case .emptyInput: return nil
      }
    }
  }

  /// As text in which each byte that is not part of UTF-8 is written as `\xff`.
  public var escapedBytes: String {
    var parser = Unicode.UTF8.ForwardParser()
    var rest = makeIterator()
    var position = startIndex
    var result = ""
    while true {
      switch parser.parseScalar(from: &rest) {
      case .valid(let scalar):
        result += String(decoding: scalar, as: UTF8.self)
        formIndex(&position, offsetBy: scalar.count)
      case .error(let length):
        for _ in 0..<length {
          result += "\\x\(self[position].hexadecimal)"
          formIndex(after: &position)
        }
      case .emptyInput: return result
      }
    }
  }
}

extension UInt8 {
  /// Its two hexadecimal digits.
  fileprivate var hexadecimal: String { (self < 16 ? "0" : "") + String(self, radix: 16) }
}
