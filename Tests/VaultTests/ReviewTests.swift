import AuditLog
import Sodium
import Testing
import VaultTesting

@testable import Vault

/// What an owner of the storage without keys, or somebody who was removed and kept his keys, tries; found in review.
@Suite("Attacks found in review")
struct ReviewTests {
  private let store = InMemoryStore()
  private let vault: SampleVault

  init() throws { vault = try SampleVault(in: store) }

  // MARK: - People

  @Test("a removed user who kept the log key cannot go on committing")
  func removedUser() throws {
    let mallory = SecretIdentity.generate(name: "mallory")
    _ = try vault.session().addUser(mallory.identity, roles: [.analyst])
    let logKey = try store.read { reader in
      let chain = KeyChain(
        identity: mallory, governance: try VerifiedLog(reader, remembered: []).governance)
      return try chain.logKey(.analyst, chain.rolePair(.analyst, reader), reader)
    }
    try vault.session().removeUser("mallory")
    try store.write { writer in
      let log = try VerifiedLog(writer, remembered: [])
      let commit = Commit(writer, log: log)
      commit.append(EntryDraft(.access, "customer.list"))
      let session = try AuditSession(
        vault: log.governance.vaultID, auditKey: log.governance.genesis.auditKey, epoch: KeyChain.epoch)
      let actor = EntryActor(
        name: "mallory", key: mallory.keyID, role: .analyst, session: session.id, origin: "elsewhere")
      _ = try commit.finish(
        session: session, isSessionStored: false, actor: actor, logKey: logKey.key, identity: mallory,
        policy: log.governance.policy, clock: SystemClock())
    }
    #expect(throws: VaultError(.integrity, "")) { _ = try vault.session().policy() }
  }

  @Test("who leaves by an own statement has signed a log that the others accept")
  func leaving() throws {
    let pia = try vault.enrol("pia", [.privacyOfficer])
    let carol = SecretIdentity.generate(name: "carol")
    _ = try vault.approved(by: pia) {
      try vault.session().addUser(carol.identity, roles: [.custodian])
    }
    try session(of: carol).removeUser("carol")
    #expect(try vault.session().users().filter(\.isActive).map(\.name) == ["owner", "pia"])
    #expect(throws: VaultError(.notPermitted, "")) { _ = try session(of: carol).policy() }
  }

  @Test("a name that the store gives to somebody else's key is noticed by its owner")
  func exchangedName() throws {
    try store.write { writer in
      let renamed = PublicIdentity(
        name: "other", signingKey: vault.owner.identity.signingKey, boxKey: vault.owner.identity.boxKey)
      try writer.update(Schema.person, PeopleRows.row(renamed))
    }
    #expect(throws: VaultError(.integrity, "")) { _ = try vault.session().policy() }
  }

  // MARK: - Which vault

  @Test("another vault in the place of the known one is refused, whatever name it takes")
  func exchangedVault() throws {
    let folder = try TemporaryFolder()
    let keyring = Keyring(folder: folder.path)
    let other = try SampleVault(
      in: InMemoryStore(), settings: VaultSettings(name: "unknown", currency: "CNY", zone: "UTC"))
    let vaultID = try vault.session().standing().vaultID
    let logKey = try store.read { try VerifiedLog($0, remembered: []).governance.genesis.logKey }
    let text = Array(try LogVerifierKey(name: vaultID.origin, key: logKey).text.utf8)
    try SystemFile.write(text.span, to: keyring.verifierPath("sample"), mode: 0o644, replacing: false)
    #expect(try session(of: vault.owner, keyring: keyring).standing().vaultID == vaultID)
    #expect(throws: VaultError(.integrity, "")) {
      _ = try session(of: other.owner, in: other, keyring: keyring).standing()
    }
  }

  // MARK: - Rows

  @Test(
    "directory rows with ordinals that no warden has keys of are tampering",
    arguments: [
      Int64.max, 1 << 40, 70_000,
    ])
  func madeUpCustomer(ordinal: Int64) throws {
    _ = try vault.session().addCustomer(Self.fields("Ann", "ann@example.com"), purpose: nil)
    try store.write { writer in
      try writer.insert(
        Schema.directory,
        Row([.integer(ordinal), .blob(Pseudonym(high: 1, low: 2).bytes), .integer(0), .null]))
    }
    #expect(throws: VaultError(.integrity, "")) {
      _ = try vault.session(as: .steward).searchCustomers(Self.bytes("nobody"), purpose: nil, limit: 10)
    }
  }

  @Test("a permission block with an impossible version is tampering", arguments: [Int64.max, -1])
  func impossibleVersion(version: Int64) throws {
    try store.write { writer in
      let object = PermissionBlock.object(ofPurpose: "marketing").bytes
      try writer.insert(
        Schema.permission, Row([.blob(object), .integer(0), .integer(version), .blob([1, 2, 3])]))
      let log = try VerifiedLog(writer, remembered: [])
      #expect(throws: VaultError(.integrity, "")) {
        try PermissionBits.set(
          3, purpose: "marketing", isGranted: true, isObjected: false, key: SharedKey(.random()),
          vault: log.governance.vaultID, Commit(writer, log: log))
      }
    }
  }

  @Test("an index row that was pointed at another customer shows nobody under the wrong identifier")
  func exchangedIndex() throws {
    _ = try vault.session().addCustomer(Self.fields("Ann", "ann@example.com"), purpose: nil)
    _ = try vault.session().addCustomer(Self.fields("Ben", "ben@example.com"), purpose: nil)
    #expect(try find("ann@example.com").count == 1)
    try store.write { writer in
      var rows: [Row] = []
      try writer.scanBlobKeys(Schema.blindIndex) { rows.append($0) }
      for row in rows { try writer.delete(Schema.blindIndex, key: Array(row.values.prefix(2))) }
      for row in rows {
        guard case .integer(let ordinal) = row.values[1] else { continue }
        try writer.insert(Schema.blindIndex, Row([row.values[0], .integer(1 - ordinal), row.values[2]]))
      }
    }
    #expect(throws: VaultError(.integrity, "")) { _ = try find("ann@example.com") }
  }

  @Test("a search whose transaction was tried again on a full disk finds the same")
  func fullDisk() throws {
    _ = try vault.session().addCustomer(Self.fields("Ann", "ann@example.com"), purpose: nil)
    let folder = try TemporaryFolder()
    let ballast = Ballast(folder: folder.path)
    try ballast.make()
    let session = session(of: vault.owner, ballast: ballast)
    store.faults.commitsBeforeFailure = 0
    #expect(try session.findCustomers(.email, Self.bytes("ann@example.com"), purpose: nil).count == 1)
    #expect(ballast.isThere)
  }

  // MARK: - Receipts

  @Test("a right to enrol gives no keys of customers who were there before")
  func enrolment() throws {
    func receipt(_ subjects: SubjectScope) -> AccessReceipt {
      AccessReceipt(
        mintedFor: 1, classes: [.identity], subjects: subjects, maySearch: false, mayEnrol: true)
    }
    let known = SubjectScope.many(try SubjectSet(universe: 10))
    for (ordinal, subjects) in [(4, SubjectScope.one(3)), (4, known)] as [(UInt64, SubjectScope)] {
      #expect(throws: WardenError(.notPermitted, "")) {
        _ = try vault.warden.enrol([ordinal], classes: [.identity], for: receipt(subjects))
      }
    }
    _ = try vault.warden.enrol([10], classes: [.identity], for: receipt(known))
  }

  // MARK: -

  private func session(
    of user: SecretIdentity, in vault: SampleVault? = nil, keyring: Keyring? = nil, ballast: Ballast? = nil
  ) -> Session {
    let vault = vault ?? self.vault
    return Session(
      Session.Environment(
        store: vault.store, warden: vault.warden, identity: user, clock: SystemClock(), memoryFolder: nil,
        ballast: ballast, origin: "here", keyring: keyring, vaultName: "sample"),
      role: nil, ticket: nil)
  }

  private func find(_ email: String) throws -> [CustomerView] {
    try vault.session().findCustomers(.email, Self.bytes(email), purpose: nil)
  }

  private static func bytes(_ text: String) -> WipedBytes {
    var bytes = WipedBytes(capacity: 64)
    bytes.append(copying: Array(text.utf8))
    return bytes
  }

  private static func fields(_ name: String, _ email: String) throws -> FieldRecord {
    var fields = FieldRecord()
    _ = try fields.set(.name, to: Array(name.utf8).span)
    _ = try fields.set(.email, to: Array(email.utf8).span)
    return fields
  }
}
