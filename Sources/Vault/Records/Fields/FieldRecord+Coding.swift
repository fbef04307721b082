public import Sodium

// schema u8 = 1 ‖ number of fields ‖ fields, strictly ascending by name: name ‖ length ‖ UTF-8
//   ‖ number of changes ‖ changes: time (difference to the one before, zigzag) ‖ actor (8) ‖ number of names
//   ‖ names.
// A name is its code u8; or 0 ‖ length ‖ name; or 1 ‖ length ‖ source of an account. Numbers are LEB128.
extension FieldRecord {
  private static let schema: UInt8 = 1

  /// Adds the record's encoding to `out`, to be sealed.
  public borrowing func encode(into out: inout WipedBytes) {
    out.append(FieldRecord.schema)
    let names = names
    out.append(varint: UInt64(names.count))
    for name in names {
      out.append(name)
      withValue(of: name) { value in
        out.append(varint: UInt64(value.count))
        out.append(value)
      }
    }
    out.append(varint: UInt64(history.count))
    var time: Int64 = 0
    for change in history {
      out.append(zigzag: change.time &- time)
      time = change.time
      out.append(fixed64: change.actor)
      out.append(varint: UInt64(change.fields.count))
      for name in change.fields { out.append(name) }
    }
  }

  /// The record that these bytes encode.
  ///
  /// - Throws: `.malformed` for anything but what ``encode(into:)`` writes.
  public static func decoding(_ plaintext: Span<UInt8>) throws(RecordError) -> FieldRecord {
    try unsafe plaintext.withUnsafeBytes { (bytes) throws(RecordError) in
      try unsafe decoding(ByteCursor(bytes))
    }
  }

  private static func decoding(_ start: ByteCursor) throws(RecordError) -> FieldRecord {
    var cursor = start
    var record = FieldRecord()
    guard cursor.byte() == schema else {
      throw RecordError(.malformed, "a record of fields has an unknown schema")
    }
    var previous: FieldName?
    for _ in 0..<cursor.count(upTo: fieldLimit) {
      guard let name = cursor.fieldName(), previous.map({ $0 < name }) ?? true else { throw malformed }
      let count = cursor.count(upTo: valueLimit)
      let value = unsafe cursor.bytes(count)
      guard unsafe !value.isEmpty else { throw malformed }
      do {
        try unsafe record.set(name, to: Span(_unsafeElements: value.bindMemory(to: UInt8.self)))
      } catch {
        throw malformed
      }
      previous = name
    }
    var time: Int64 = 0
    for _ in 0..<cursor.count(upTo: historyLimit) {
      time = time &+ cursor.zigzag()
      let actor = cursor.fixed64()
      var names: [FieldName] = []
      for _ in 0..<cursor.count(upTo: fieldLimit) {
        guard let name = cursor.fieldName() else { throw malformed }
        names.append(name)
      }
      record.note(FieldChange(time: time, actor: actor, fields: names))
    }
    guard cursor.isAtEnd else { throw malformed }
    return record
  }

  private static var malformed: RecordError {
    RecordError(.malformed, "a record of fields is not what encoding it writes")
  }
}

extension WipedBytes {
  fileprivate mutating func append(_ name: FieldName) {
    if let code = FieldName.codes[name] {
      append(code)
    } else if let source = name.accountSource {
      append(1)
      append(text: source)
    } else {
      append(0)
      append(text: name.text)
    }
  }
}

extension ByteCursor {
  /// A name in the one form that encodes it; nil after a failure.
  fileprivate mutating func fieldName() -> FieldName? {
    switch byte() {
    case 0:
      guard let text = text(upTo: 64), let name = FieldName(text), name.accountSource == nil,
        FieldName.codes[name] == nil
      else { return nil }
      return name
    case 1:
      guard let source = text(upTo: 64) else { return nil }
      return FieldName.account(at: source)
    case let code: return hasFailed ? nil : FieldName.byCode[code]
    }
  }
}
