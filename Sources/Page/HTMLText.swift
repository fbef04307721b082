/// Text for a page. All that comes from a vault, a policy or a file goes through here.
package enum HTMLText {
  /// The text as content or as a quoted attribute: what is markup is escaped, and what would hide or turn text around
  /// is shown by its code point.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in UnsafeCharacter.visible(text).unicodeScalars {
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

  /// Text of several lines, whose ends stay.
  package static func lines(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { escaped(String($0)) }.joined(
      separator: "\n")
  }

  /// The text as a JSON string inside a `script` element of data: nothing in it ends the element or begins a comment.
  package static func json(_ text: String) -> String {
    var result = "\""
    for scalar in UnsafeCharacter.visible(text).unicodeScalars {
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
  package static func number(_ number: some BinaryInteger) -> String {
    Figure.grouped(String(number), by: ",")
  }
}

/// Characters that would act on a terminal, or deceive the reader of a page: controls, and those that reorder, hide or split
/// lines (bidirectional controls, zero-width spaces, tags, line separators). The joiners of Persian and of emoji are
/// none.
package enum UnsafeCharacter {
  /// Whether a character is one.
  package static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: return true
    case .format: return scalar != "\u{200C}" && scalar != "\u{200D}"
    default: return false
    }
  }

  /// The text with such characters shown by their code points.
  package static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isUnsafe(scalar) { result += marker(scalar) } else { result.unicodeScalars.append(scalar) }
    }
    return result
  }

  /// How one is shown: `<U+202E>`.
  package static func marker(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    return "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
  }
}
