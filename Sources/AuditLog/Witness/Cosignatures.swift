/// The answer of a witness: signature lines to put under a checkpoint.
public enum Cosignatures {
  /// The most lines that are read of an answer.
  public static let lineLimit = 16

  /// Reads the body of an answer, each line ending in a line feed.
  ///
  /// - Throws: `malformed` unless there are one to ``lineLimit`` well-formed lines.
  public static func parse(_ body: [UInt8]) throws(LogError) -> [NoteSignature] {
    guard body.last == Ascii.lineFeed else {
      throw LogError(.malformed, "a witness's answer does not end in a line feed")
    }
    let lines = body.dropLast().split(
      separator: Ascii.lineFeed, maxSplits: lineLimit, omittingEmptySubsequences: false)
    guard lines.count <= lineLimit else {
      throw LogError(.malformed, "a witness's answer of more than \(lineLimit) lines")
    }
    var signatures: [NoteSignature] = []
    for line in lines { signatures.append(try NoteSignature(line: Array(line).span)) }
    return signatures
  }

  /// The body of an answer with these lines.
  public static func encode(_ lines: [NoteSignature]) -> [UInt8] {
    Array(lines.map { $0.line + "\n" }.joined().utf8)
  }

  /// Reads an answer and holds it against the witness's key.
  ///
  /// Lines by other keys are kept as they are (a witness may sign with a kind of key that is not known here), and
  /// count for nothing.
  ///
  /// - Throws: `malformed`; `badSignature` and `unsigned` when the witness's own line fails or is missing, `outOfBounds`
  ///   for a time of zero or beyond 2^63 - 1.
  public static func open(
    _ body: [UInt8], of note: SignedNote, by witness: LogVerifierKey
  ) throws(LogError) -> (lines: [NoteSignature], time: UInt64) {
    let lines = try parse(body)
    var answer = try SignedNote(text: note.text)
    for line in lines { answer.append(line) }
    let verified = try answer.verify(against: [witness])
    guard let time = verified.compactMap(\.time).max(), time > 0, time <= UInt64(Int64.max) else {
      throw LogError(.outOfBounds, "a cosignature without a time")
    }
    return (lines, time)
  }
}

extension SignedNote {
  /// Takes in signature lines of another copy of this note. What is there stays, byte for byte, but for an older line
  /// of a key that signed anew.
  ///
  /// - Throws: `outOfBounds` beyond ``signatureLimit`` lines.
  public mutating func merge(_ lines: [NoteSignature]) throws(LogError) {
    var merged = signatures
    for line in lines where !merged.contains(line) {
      if let index = merged.firstIndex(where: { Self.isNewer(line, than: $0) }) {
        merged[index] = line
      } else if !merged.contains(where: { Self.isNewer($0, than: line) }) {
        merged.append(line)
      }
    }
    guard merged.count <= Self.signatureLimit else {
      throw LogError(.outOfBounds, "a note of more than \(Self.signatureLimit) signatures")
    }
    replaceSignatures(merged)
  }

  /// Whether two lines are cosignatures of one key, the first the newer one.
  private static func isNewer(_ line: NoteSignature, than other: NoteSignature) -> Bool {
    guard line.keyID == other.keyID, line.name.utf8.elementsEqual(other.name.utf8),
      line.signature.count == 72,
      other.signature.count == 72
    else { return false }
    return UInt64(bigEndian: line.signature[..<8]) > UInt64(bigEndian: other.signature[..<8])
  }
}
