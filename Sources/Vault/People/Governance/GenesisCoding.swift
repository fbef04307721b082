internal import AuditLog
internal import Sodium

extension Statement.Member {
  var json: JSONValue {
    .object([
      "id": .string(keyID.description), "signing": .string(Base64.encode(signingKey.bytes)),
      "box": .string(Base64.encode(boxKey.bytes)),
    ])
  }

  init(_ json: JSONValue) throws(VaultError) {
    var reader = try MemberReader(json)
    guard let signing = VerifyingKey(try reader.bytes("signing", count: 32)),
      let box = BoxPublicKey(try reader.bytes("box", count: 32))
    else { throw MemberReader.malformed }
    self.init(signingKey: signing, boxKey: box)
    guard try reader.keyID("id") == keyID else { throw MemberReader.malformed }
    try reader.finish()
  }
}

extension Statement.Genesis {
  var json: JSONObject {
    var roles = JSONObject()
    for role in Role.allCases {
      roles[role.name] = .object([
        "key": .string(roleKeys[role].map { Base64.encode($0.bytes) } ?? ""),
        "members": .array((members[role] ?? []).map { .string($0.description) }),
      ])
    }
    var keys: JSONObject = [
      "audit": .string(Base64.encode(auditKey.bytes)), "log": .string(Base64.encode(logKey.bytes)),
    ]
    for (name, commitment) in commitments { keys[name] = .string(Base64.encode(commitment.bytes)) }
    return [
      "nonce": .string(Base64.encode(nonce)), "name": .string(settings.name),
      "currency": .string(settings.currency), "zone": .string(settings.zone),
      "users": .array(users.map(\.json)), "roles": .object(roles), "keys": .object(keys),
      "policy": .string(Base64.encode(policy.bytes)), "warden": .string(Base64.encode(warden)),
    ]
  }

  init(_ reader: inout MemberReader) throws(VaultError) {
    nonce = try reader.bytes("nonce", count: 32)
    settings = VaultSettings(
      name: try reader.string("name"), currency: try reader.string("currency"),
      zone: try reader.string("zone"))
    var users: [Statement.Member] = []
    for user in try reader.array("users") { users.append(try Statement.Member(user)) }
    self.users = users
    var roles = MemberReader(try reader.object("roles"))
    var members: [Role: [KeyID]] = [:]
    var roleKeys: [Role: BoxPublicKey] = [:]
    for role in Role.allCases {
      var entry = MemberReader(try roles.object(role.name))
      var ids: [KeyID] = []
      for value in try entry.array("members") {
        guard case .string(let text) = value, let id = KeyID(text) else { throw MemberReader.malformed }
        ids.append(id)
      }
      members[role] = ids
      roleKeys[role] = BoxPublicKey(try entry.bytes("key", count: 32))
      try entry.finish()
    }
    try roles.finish()
    self.members = members
    self.roleKeys = roleKeys
    var keys = MemberReader(try reader.object("keys"))
    guard let audit = BoxPublicKey(try keys.bytes("audit", count: 32)),
      let log = VerifyingKey(try keys.bytes("log", count: 32))
    else { throw MemberReader.malformed }
    auditKey = audit
    logKey = log
    var commitments: [String: Digest32] = [:]
    for kind in KeyKind.committed { commitments[kind.name] = try keys.digest(kind.name) }
    try keys.finish()
    self.commitments = commitments
    policy = try reader.digest("policy")
    warden = try reader.bytes("warden", count: 16)
  }
}

extension KeyKind {
  /// The symmetric keys, which a statement names by a commitment.
  static var committed: [KeyKind] { DataClass.allCases.map { .dataClass($0) } + [.index, .matching] }
}
