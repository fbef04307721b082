import Sodium

/// A text and the signatures under it, in the form of C2SP signed-note.
///
/// Reading a note checks its form only. Nothing it says counts before `verify(against:)`.
public struct SignedNote: Hashable, Sendable {
  /// The signed text in UTF-8, ending in a line feed.
  public let text: [UInt8]

  /// The signature lines, in order.
  public private(set) var signatures: [NoteSignature]

  /// The most signature lines that are read; C2SP asks for at least 16, Go's reader stops at 100.
  public static let signatureLimit = 100

  /// A note without signatures.
  ///
  /// - Throws: `malformed` when the text does not end in a line feed, is not UTF-8, or holds a control character.
  public init(text: [UInt8]) throws(LogError) {
    guard text.last == Ascii.lineFeed else { throw LogError(.malformed, "a note's text ends in a line feed") }
    try Self.checkCharacters(text.span)
    self.text = text
    signatures = []
  }

  /// Reads a note: text, empty line, signature lines.
  ///
  /// - Throws: `malformed`.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    let span = bytes.span
    try Self.checkCharacters(span)
    guard span.count >= 2, span[span.count - 1] == Ascii.lineFeed else {
      throw LogError(.malformed, "a note ends in a line feed")
    }
    var separator = span.count - 2
    while separator >= 0, !(span[separator] == Ascii.lineFeed && span[separator + 1] == Ascii.lineFeed) {
      separator -= 1
    }
    guard separator >= 0 else { throw LogError(.malformed, "a note has an empty line before its signatures") }
    text = Array(bytes[...separator])
    signatures = []
    var start = separator + 2
    while start < span.count {
      guard signatures.count < Self.signatureLimit else {
        throw LogError(.malformed, "a note of more than \(Self.signatureLimit) signatures")
      }
      var end = start
      while span[end] != Ascii.lineFeed { end += 1 }
      signatures.append(try NoteSignature(line: span.extracting(start..<end)))
      start = end + 1
    }
    guard !signatures.isEmpty else { throw LogError(.malformed, "a note without signatures") }
  }

  /// Adds a signature line below those that are there.
  public mutating func append(_ signature: NoteSignature) { signatures.append(signature) }

  mutating func replaceSignatures(_ lines: [NoteSignature]) { signatures = lines }

  /// The bytes of the note: text, empty line, signature lines.
  public var bytes: [UInt8] {
    var bytes = text
    bytes.append(Ascii.lineFeed)
    for signature in signatures {
      bytes.append(text: signature.line)
      bytes.append(Ascii.lineFeed)
    }
    return bytes
  }

  /// Checks the signatures of the known keys, and returns those keys that signed.
  ///
  /// A line whose name and id no known key has is skipped, as the specification demands. Every line that names a
  /// known key must verify.
  ///
  /// - Throws: `badSignature` when a known key's line fails, `unsigned` when no known key signed.
  @discardableResult
  public func verify(against keys: [LogVerifierKey]) throws(LogError) -> [VerifiedSignature] {
    var verified: [VerifiedSignature] = []
    for signature in signatures {
      for key in keys where key.id == signature.keyID && key.name.utf8.elementsEqual(signature.name.utf8) {
        guard let result = VerifiedSignature(signature, by: key, of: text) else {
          throw LogError(.badSignature, "the signature of \(key.name) does not verify")
        }
        if !verified.contains(result) { verified.append(result) }
      }
    }
    guard !verified.isEmpty else { throw LogError(.unsigned, "no signature by a known key") }
    return verified
  }

  private static func checkCharacters(_ bytes: Span<UInt8>) throws(LogError) {
    for index in bytes.indices where bytes[index] < Ascii.space && bytes[index] != Ascii.lineFeed {
      throw LogError(.malformed, "a control character in a note")
    }
    guard (try? UTF8Span(validating: bytes)) != nil else { throw LogError(.malformed, "a note is not UTF-8") }
  }
}
