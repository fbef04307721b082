internal import Sodium

/// The rows that give users of the vault their names.
enum PeopleRows {
  /// A user as the store names one.
  struct Person {
    let keyID: KeyID
    let identity: PublicIdentity
  }

  static func row(_ identity: PublicIdentity) -> Row {
    Row([
      .blob(identity.keyID.bytes), .text(identity.name), .blob(identity.signingKey.bytes),
      .blob(identity.boxKey.bytes),
    ])
  }

  /// Every row, checked against the governance chain: a row that the chain does not know, or one that is missing,
  /// is tampering.
  static func all(_ reader: any StoreReader, _ governance: Governance) throws -> [Person] {
    var people: [Person] = []
    try reader.scanBlobKeys(Schema.person) { row in
      guard row.values.count == 4, case .blob(let id) = row.values[0], let keyID = KeyID(bytes: id),
        case .text(let name) = row.values[1], case .blob(let signing) = row.values[2],
        let signingKey = VerifyingKey(signing), case .blob(let box) = row.values[3],
        let boxKey = BoxPublicKey(box)
      else { throw VaultError(.integrity, "the list of users has a malformed row") }
      guard let member = governance.users[keyID]?.member, member.signingKey == signingKey,
        member.boxKey == boxKey, PublicIdentity.isName(name)
      else { throw VaultError(.integrity, "the list of users names somebody whom no statement enrolled") }
      people.append(
        Person(
          keyID: keyID, identity: PublicIdentity(name: name, signingKey: signingKey, boxKey: boxKey)))
    }
    let active = people.filter { governance.activeUser($0.keyID) != nil }
    guard active.count == governance.users.values.count(where: \.isActive) else {
      throw VaultError(.integrity, "the list of users lacks somebody whom a statement enrolled")
    }
    guard Set(active.map(\.identity.name)).count == active.count else {
      throw VaultError(.integrity, "the list of users gives one name to two people")
    }
    return people
  }

  /// The active user of a name.
  static func active(_ name: String, _ reader: any StoreReader, _ governance: Governance) throws
    -> PublicIdentity
  {
    let found = try all(reader, governance).first {
      $0.identity.name == name && governance.activeUser($0.keyID) != nil
    }
    guard let found else {
      throw VaultError(
        .notFound, "no user of that name is enrolled in this vault", hint: "crmvault user list shows them")
    }
    return found.identity
  }
}

extension StoreReader {
  /// Visits every row of a small table.
  func scanBlobKeys(_ table: Table, _ body: (Row) throws -> Void) throws {
    try scan(table, prefix: [], range: nil, descending: false) { row in
      try body(row)
      return true
    }
  }
}
