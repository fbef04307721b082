public import Sodium

// schema u8 = 1 ‖ number of statements ‖ statements: state u8, plus 128 with a legal basis ‖ time (zigzag)
//   ‖ actor (8) ‖ purpose ‖ source ‖ text version ‖ [legal basis]. A text is length ‖ UTF-8; numbers are LEB128.
extension ConsentRecord {
  private static let schema: UInt8 = 1

  /// Adds the record's encoding to `out`, to be sealed.
  public func encode(into out: inout WipedBytes) {
    out.append(ConsentRecord.schema)
    out.append(varint: UInt64(changes.count))
    for change in changes {
      out.append(change.state.rawValue | (change.legalBasis == nil ? 0 : 0x80))
      out.append(zigzag: change.time)
      out.append(fixed64: change.actor)
      out.append(text: change.purpose)
      out.append(text: change.source)
      out.append(text: change.textVersion)
      if let basis = change.legalBasis { out.append(text: basis) }
    }
  }

  /// The record that these bytes encode.
  ///
  /// - Throws: `.malformed` for anything but what ``encode(into:)`` writes.
  public static func decoding(_ plaintext: Span<UInt8>) throws(RecordError) -> ConsentRecord {
    try unsafe plaintext.withUnsafeBytes { (bytes) throws(RecordError) in
      try unsafe decoding(ByteCursor(bytes))
    }
  }

  private static func decoding(_ start: ByteCursor) throws(RecordError) -> ConsentRecord {
    let malformed = RecordError(.malformed, "a record of consents is not what encoding it writes")
    var cursor = start
    var record = ConsentRecord()
    guard cursor.byte() == schema else { throw malformed }
    for _ in 0..<cursor.count(upTo: changeLimit) {
      let first = cursor.byte()
      let time = cursor.zigzag()
      let actor = cursor.fixed64()
      guard let state = ConsentState(rawValue: first & 0x7F),
        let purpose = cursor.text(upTo: ConsentChange.textLimit),
        let source = cursor.text(upTo: ConsentChange.textLimit),
        let version = cursor.text(upTo: ConsentChange.textLimit)
      else { throw malformed }
      let basis = first & 0x80 == 0 ? nil : cursor.text(upTo: ConsentChange.textLimit)
      guard !cursor.hasFailed,
        let change = try? ConsentChange(
          purpose: purpose, state: state, time: time, source: source, textVersion: version,
          legalBasis: basis, actor: actor),
        (try? record.record(change)) == true
      else { throw malformed }
    }
    guard cursor.isAtEnd else { throw malformed }
    return record
  }
}
