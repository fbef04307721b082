internal import AuditLog
internal import Sodium

/// Reads the members of a JSON object strictly: each of its kind, none left over.
struct MemberReader {
  private var members: JSONObject

  init(_ members: JSONObject) { self.members = members }

  init(_ value: JSONValue) throws(VaultError) {
    guard case .object(let members) = value else { throw Self.malformed }
    self.members = members
  }

  static var malformed: VaultError { VaultError(.integrity, "a governance statement is malformed") }

  mutating func skip(_ name: String) { members[name] = nil }

  mutating func value(_ name: String) throws(VaultError) -> JSONValue {
    guard let value = members[name] else { throw Self.malformed }
    members[name] = nil
    return value
  }

  mutating func optionalValue(_ name: String) throws(VaultError) -> JSONValue? {
    members[name] == nil ? nil : try value(name)
  }

  mutating func string(_ name: String) throws(VaultError) -> String {
    guard case .string(let text) = try value(name) else { throw Self.malformed }
    return text
  }

  mutating func optionalString(_ name: String) throws(VaultError) -> String? {
    members[name] == nil ? nil : try string(name)
  }

  mutating func bytes(_ name: String, count: Int) throws(VaultError) -> [UInt8] {
    guard let bytes = try? Base64.decode(try string(name)), bytes.count == count else { throw Self.malformed }
    return bytes
  }

  mutating func digest(_ name: String) throws(VaultError) -> Digest32 {
    guard let digest = Digest32(try bytes(name, count: 32)) else { throw Self.malformed }
    return digest
  }

  mutating func keyID(_ name: String) throws(VaultError) -> KeyID {
    guard let id = KeyID(try string(name)) else { throw Self.malformed }
    return id
  }

  mutating func role(_ name: String) throws(VaultError) -> Role {
    guard let role = Role(name: try string(name)) else { throw Self.malformed }
    return role
  }

  mutating func time(_ name: String) throws(VaultError) -> LogTime {
    guard let time = try? LogTime(try string(name)) else { throw Self.malformed }
    return time
  }

  mutating func epoch(_ name: String) throws(VaultError) -> UInt32 {
    guard case .integer(let number) = try value(name), let epoch = UInt32(exactly: number), epoch > 0 else {
      throw Self.malformed
    }
    return epoch
  }

  mutating func optionalTime(_ name: String) throws(VaultError) -> LogTime? {
    members[name] == nil ? nil : try time(name)
  }

  /// An index of the log, a decimal string.
  mutating func index(_ name: String) throws(VaultError) -> UInt64 {
    let text = try string(name)
    guard let index = UInt64(text), String(index) == text, index <= UInt64(Int64.max) else {
      throw Self.malformed
    }
    return index
  }

  mutating func flag(_ name: String) throws(VaultError) -> Bool {
    guard let value = members[name] else { return false }
    members[name] = nil
    guard value == .bool(true) else { throw Self.malformed }
    return true
  }

  mutating func object(_ name: String) throws(VaultError) -> JSONObject {
    guard case .object(let members) = try value(name) else { throw Self.malformed }
    return members
  }

  mutating func array(_ name: String) throws(VaultError) -> [JSONValue] {
    guard case .array(let values) = try value(name) else { throw Self.malformed }
    return values
  }

  func finish() throws(VaultError) {
    guard members.members.isEmpty else { throw Self.malformed }
  }
}
