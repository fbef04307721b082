internal import Sodium

/// The staged fields of one customer, by record: later rows override earlier ones.
struct ImportFields: ~Copyable {
  var identity = FieldRecord()
  var profile = FieldRecord()
  var isEmpty: Bool { identity.names.isEmpty && profile.names.isEmpty }

  mutating func set(_ name: FieldName, isProfile: Bool, _ value: ArenaBytes) throws(RecordError) {
    try value.withSpan { (value) throws(RecordError) in try set(name, isProfile: isProfile, value) }
  }

  private mutating func set(_ name: FieldName, isProfile: Bool, _ value: Span<UInt8>) throws(RecordError) {
    if isProfile {
      try profile.set(name, to: value)
    } else {
      try identity.set(name, to: value)
    }
    if name == .birthDate { try profile.set(.birthYear, to: value.extracting(0..<4)) }
  }
}

/// A new customer's identity that is nothing but an account: all of its record but the account is the same for
/// every such customer of one transaction.
struct ImportIdentity {
  private var head: [UInt8] = []
  private var tail: [UInt8] = []

  /// The form of a record of one field with one change in its history.
  init(_ account: FieldName, time: Int64, actor: UInt64) throws(RecordError) {
    var record = FieldRecord()
    try record.set(account, to: [UInt8(ascii: "x")].span)
    var plain = WipedBytes()
    record.encode(into: &plain)
    // … ‖ length 1 ‖ x ‖ no changes
    head = plain.withBytes { [UInt8](copying: $0.extracting(0..<$0.count - 3)) }
    let fieldCount = plain.count
    record.note(FieldChange(time: time, actor: actor, fields: [account]))
    plain.removeAll()
    record.encode(into: &plain)
    tail = plain.withBytes { [UInt8](copying: $0.extracting((fieldCount - 1)..<$0.count)) }
  }

  /// Adds the record of an account to `out`.
  func encode(_ account: ArenaBytes, into out: inout WipedBytes) {
    out.append(head.span)
    out.append(varint: UInt64(account.count))
    account.withSpan { out.append($0) }
    out.append(tail.span)
  }
}
