import Sodium
import Vault

/// A JSON object of fields, as `--from` gives it: values go from wiped memory to wiped memory and are never a
/// `String`.
///
/// A value is a string, or null for a field that is to have none; anything else is refused with exit 65, naming the
/// field. Strict as RFC 8259: no name twice, no trailing text, no lone surrogate.
struct FieldObject: ~Copyable {
  /// The fields with a value.
  private(set) var fields = FieldRecord()
  /// The fields that are null.
  private(set) var nulls: [FieldName] = []

  private var seen: Set<FieldName> = []

  private init() {}

  /// Reads an object.
  static func parse(_ text: borrowing WipedBytes) throws(CommandFailure) -> FieldObject {
    var object = FieldObject()
    try text.withBytes { (bytes: Span<UInt8>) throws(CommandFailure) in
      try object.read(bytes)
    }
    return object
  }

  private mutating func read(_ bytes: Span<UInt8>) throws(CommandFailure) {
    var cursor = JSONCursor()
    var value = WipedBytes(capacity: 256)
    try cursor.expect("{", bytes)
    if cursor.take("}", bytes) { return try cursor.end(bytes) }
    repeat {
      value.removeAll()
      try cursor.string(bytes, into: &value)
      let name = try Self.name(value)
      guard seen.insert(name).inserted else { throw .badInput("bad_object", "\(name): is there twice") }
      try cursor.expect(":", bytes)
      value.removeAll()
      guard try !cursor.null(bytes) else {
        nulls.append(name)
        continue
      }
      guard cursor.isAtString(bytes) else {
        throw .badInput("bad_object", "\(name): is neither a string nor null")
      }
      try cursor.string(bytes, into: &value)
      try set(name, to: value)
    } while cursor.take(",", bytes)
    try cursor.expect("}", bytes)
    try cursor.end(bytes)
  }

  private mutating func set(_ name: FieldName, to value: borrowing WipedBytes) throws(CommandFailure) {
    guard !value.isEmpty else {
      throw .badInput("bad_object", "\(name): is empty", hints: "leave it out, or give null to take it away")
    }
    do {
      _ = try value.withBytes { (bytes: Span<UInt8>) throws(RecordError) in try fields.set(name, to: bytes) }
    } catch {
      throw .badInput("bad_object", "\(name): \(error.reason)")
    }
  }

  /// The name of a field. What is none is not repeated: it may be a value in the wrong place.
  private static func name(_ text: borrowing WipedBytes) throws(CommandFailure) -> FieldName {
    let name =
      text.count > 80
      ? nil : text.withBytes { FieldName(String(decoding: [UInt8](copying: $0), as: UTF8.self)) }
    guard let name else {
      throw .badInput(
        "bad_object", "the object has a member whose name is no field's",
        hints: "fields are name, phone, email, …, account.SOURCE, and those of the policy")
    }
    return name
  }
}

extension [UInt8] {
  /// A copy of bytes that are not personal.
  fileprivate init(copying bytes: Span<UInt8>) {
    self = bytes.indices.map { bytes[$0] }
  }
}
