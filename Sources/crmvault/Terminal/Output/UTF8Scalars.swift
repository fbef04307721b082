/// Reads text character by character where it lies, so that no `String` copies it.
enum UTF8Scalars {
  /// Whether the text is printable ASCII without quotation marks and backslashes: most text is,
  /// and goes out as it is.
  static func isPlain(_ text: Span<UInt8>) -> Bool {
    for index in text.indices {
      let byte = text[index]
      if byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        return false
      }
    }
    return true
  }

  /// Calls the body with every scalar and its bytes.
  ///
  /// Text was validated when it came into the vault: what is not UTF-8 here is a bug, and is not
  /// repaired.
  static func forEach(
    in text: Span<UInt8>, _ body: (Unicode.Scalar, Span<UInt8>) -> Void
  ) throws(CommandFailure) {
    guard let valid = try? UTF8Span(validating: text) else {
      throw .bug("a text that is not UTF-8 was to be written")
    }
    var iterator = valid.makeUnicodeScalarIterator()
    var start = 0
    while let scalar = iterator.next() {
      let end = iterator.currentCodeUnitOffset
      body(scalar, text.extracting(start..<end))
      start = end
    }
  }
}
