import Sodium

/// Text for a page. All that comes from the log, the policy or a file goes through here.
enum HTMLText {
  /// The text as content or as a quoted attribute: what is markup is escaped, and what would hide or turn text around
  /// is shown by its code point.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in VisibleText.visible(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Appends personal text, escaped in the same way, where it lies: no `String` copies it.
  static func append(_ text: Span<UInt8>, to bytes: inout WipedBytes) throws(CommandFailure) {
    try UTF8Scalars.forEach(in: text) { scalar, encoded in
      switch scalar {
      case "&": bytes.append(copying: "&amp;".utf8)
      case "<": bytes.append(copying: "&lt;".utf8)
      case ">": bytes.append(copying: "&gt;".utf8)
      case "\"": bytes.append(copying: "&quot;".utf8)
      case "'": bytes.append(copying: "&#39;".utf8)
      case "\n": bytes.append(copying: "<br>".utf8)
      default:
        if VisibleText.isUnsafe(scalar) {
          bytes.append(copying: escaped(VisibleText.marker(scalar)).utf8)
        } else {
          bytes.append(encoded)
        }
      }
    }
  }

  /// Text of several lines, whose ends stay.
  static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(
      separator: "\n")
  }

  /// The text as a JSON string inside a `script` element of data: nothing in it ends the element or begins a comment.
  static func json(_ text: String) -> String {
    var result = "\""
    for scalar in VisibleText.visible(text).unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "<": result += "\\u003c"
      case ">": result += "\\u003e"
      case "&": result += "\\u0026"
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// A whole number with commas between its thousands.
  static func number(_ number: some BinaryInteger) -> String {
    var digits = Array(String(number))
    var place = digits.count - 3
    while place > (number < 0 ? 1 : 0) {
      digits.insert(",", at: place)
      place -= 3
    }
    return String(digits)
  }

  /// A number of customers: cells below 5 tell too much of the few.
  static func customers(_ count: UInt64) -> String { (1..<5).contains(count) ? "under 5" : number(count) }

  /// The source expression of a content security policy for this text in an element.
  static func policyHash(_ text: String) -> String {
    "'sha256-\(Base64.encode(SHA256.hash(Array(text.utf8)).bytes))'"
  }
}
