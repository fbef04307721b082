import Page
import Sodium

extension HTMLText {
  /// Appends personal text, escaped as other text is, where it lies: no `String` copies it.
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
        if UnsafeCharacter.isUnsafe(scalar) {
          bytes.append(copying: escaped(UnsafeCharacter.marker(scalar)).utf8)
        } else {
          bytes.append(encoded)
        }
      }
    }
  }
}
