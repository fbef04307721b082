internal import Sodium

/// Fields as somebody gave them, checked, normalized and split by data class; the birth year is derived.
struct SplitFields: ~Copyable {
  var identity = FieldRecord()
  var profile = FieldRecord()

  init(_ fields: borrowing FieldRecord, policy: Policy, settings: VaultSettings) throws {
    for name in fields.names {
      let dataClass = try name.dataClass(policy)
      var value = WipedBytes(capacity: 64)
      try fields.withValue(of: name) { bytes in
        try FieldRules.normalize(bytes, of: name, settings: settings, into: &value)
      }
      try value.withBytes { bytes in
        if dataClass == .identity {
          _ = try identity.set(name, to: bytes)
        } else {
          _ = try profile.set(name, to: bytes)
        }
        if name == .birthDate { _ = try profile.set(.birthYear, to: bytes.extracting(0..<4)) }
      }
    }
  }
}
