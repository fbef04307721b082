public import AuditLog
internal import Sodium

/// Making a vault: its genesis statement, its first keys, its first users.
///
/// The founder's program is a dealer: it makes the first keys of every role and class, seals them to the named
/// holders, and wipes them. Later keys are made by their holders.
public struct Founding {
  /// The vault's settings.
  public let settings: VaultSettings
  /// Who founds it.
  public let founder: SecretIdentity
  /// The members of every role; none may be empty.
  public let members: [Role: [PublicIdentity]]
  /// The first policy.
  public let policy: Policy

  /// A plan for a vault.
  ///
  /// - Throws: `.usage` when a role has no holder.
  public init(
    settings: VaultSettings, founder: SecretIdentity, founderRoles: Set<Role>,
    grants: [(identity: PublicIdentity, roles: [Role])], policy: Policy
  ) throws(VaultError) {
    try Self.requireHolders(founderRoles: founderRoles, grants: grants)
    var members: [Role: [PublicIdentity]] = [:]
    for role in founderRoles { members[role] = [founder.identity] }
    for grant in grants {
      for role in grant.roles where members[role]?.contains(grant.identity) != true {
        members[role, default: []].append(grant.identity)
      }
    }
    self.settings = settings
    self.founder = founder
    self.members = members
    self.policy = policy
  }

  /// Refuses a plan in which nobody would hold some role; before an identity is made for it.
  ///
  /// - Throws: `.usage`.
  public static func requireHolders(
    founderRoles: Set<Role>, grants: [(identity: PublicIdentity, roles: [Role])]
  ) throws(VaultError) {
    let held = grants.reduce(founderRoles) { $0.union($1.roles) }
    for role in Role.allCases where !held.contains(role) {
      throw VaultError(
        .usage, "nobody would hold the role \(role.name)", hint: "add --grant NAME:\(role.name)")
    }
  }

  /// What a new vault is known by.
  public struct Founded: Sendable {
    /// The vault's id.
    public let vaultID: VaultID
    /// The log's public verifier key, as a vkey.
    public let verifierKey: LogVerifierKey
  }

  /// Writes the vault: the warden's file through `makeWarden`, then everything else in one commit.
  public func found(
    in store: any Store, clock: any Clock, origin: String,
    makeWarden: (_ vaultID: VaultID, _ fileID: [UInt8]) throws -> any Warden
  ) throws -> Founded {
    let roleKeys = Role.allCases.map { _ in BoxedPair(SealedBox.KeyPair.generate()) }
    let classKeys = KeyKind.committed.map { _ in SharedKey<SharedSecretPurpose>(.random()) }
    let auditPair = BoxedPair(SealedBox.KeyPair.generate())
    let logKey = BoxedSigner(SigningKey.generate())
    let fileID = SecureRandom.bytes(16)
    let genesis = genesis(roleKeys, classKeys, auditPair, logKey, warden: fileID)
    let statement = try Statement.sign(
      .genesis(genesis), by: founder, time: clock.now(), previous: LogVerifier.noStatement, vault: nil)
    let governance = try Governance(genesis: statement)
    let vault = governance.vaultID
    let warden = try makeWarden(vault, fileID)

    let session = try AuditSession(vault: vault, auditKey: genesis.auditKey, epoch: KeyChain.epoch)
    let head = try store.write { writer in
      let commit = Commit(creating: writer, governance: governance)
      for person in people { try commit.insert(Schema.person, PeopleRows.row(person)) }
      try commit.insert(
        Schema.policy, Row([.blob(policy.hash.bytes), .text(policy.text)]))
      for (index, role) in Role.allCases.enumerated() {
        try seal(roleKeys[index], role, classKeys, auditPair, logKey, vault, commit)
      }
      var draft = EntryDraft(.governance, "vault.init")
      draft.statement = statement
      commit.append(draft)
      let actor = EntryActor(
        name: founder.identity.name, key: founder.keyID, role: founderRole, session: session.id,
        origin: origin)
      return try commit.finish(
        session: session, isSessionStored: false, actor: actor, logKey: logKey.key, identity: founder,
        policy: policy.hash, clock: clock)
    }
    if let remembered = RememberedHead(head.range) { try warden.remember(remembered) }
    return Founded(
      vaultID: vault, verifierKey: try LogVerifierKey(name: vault.origin, key: logKey.key.publicKey))
  }

  /// Everybody who is named, once.
  private var people: [PublicIdentity] {
    var seen: Set<PublicIdentity> = [founder.identity]
    return [founder.identity]
      + members.keys.sorted().flatMap { members[$0] ?? [] }.filter { seen.insert($0).inserted }
  }

  /// The role that the genesis entry shows: custodian where the founder is one.
  private var founderRole: Role {
    let roles = Role.allCases.filter { members[$0]?.contains(founder.identity) == true }
    return roles.contains(.custodian) ? .custodian : roles.sorted().first ?? .custodian
  }

  private func genesis(
    _ roleKeys: [BoxedPair], _ classKeys: [SharedKey<SharedSecretPurpose>], _ auditPair: BoxedPair,
    _ logKey: BoxedSigner, warden: [UInt8]
  ) -> Statement.Genesis {
    var commitments: [String: Digest32] = [:]
    for (kind, key) in zip(KeyKind.committed, classKeys) {
      commitments[kind.name] = KeyCommitment.of(key.key, kind: kind, epoch: KeyChain.epoch, vault: nil)
    }
    return Statement.Genesis(
      nonce: SecureRandom.bytes(32), settings: settings, users: people.map { Statement.Member($0) },
      members: members.mapValues { $0.map(\.keyID) },
      roleKeys: Dictionary(
        uniqueKeysWithValues: zip(Role.allCases, roleKeys).map { ($0, $1.pair.publicKey) }),
      commitments: commitments, auditKey: auditPair.pair.publicKey, logKey: logKey.key.publicKey,
      policy: policy.hash, warden: warden)
  }

  /// Seals a role's key to its members, and the keys that the role holds to the role.
  private func seal(
    _ pair: BoxedPair, _ role: Role, _ classKeys: [SharedKey<SharedSecretPurpose>], _ auditPair: BoxedPair,
    _ logKey: BoxedSigner, _ vault: VaultID, _ commit: Commit
  ) throws {
    for member in members[role] ?? [] {
      let row = try pair.pair.secret.withBytes {
        try KeyChain.row(
          $0, kind: .role(role), vault: vault, to: member.boxKey, recipient: member.keyID.bytes)
      }
      try commit.insert(Schema.grant, row)
    }
    for kind in role.keys {
      let row: Row
      switch kind {
      case .audit:
        row = try auditPair.pair.secret.withBytes {
          try KeyChain.row($0, kind: kind, vault: vault, to: pair.pair.publicKey, recipient: [role.rawValue])
        }
      case .log:
        let seed = logKey.key.seed()
        row = try seed.withBytes {
          try KeyChain.row($0, kind: kind, vault: vault, to: pair.pair.publicKey, recipient: [role.rawValue])
        }
      default:
        guard let index = KeyKind.committed.firstIndex(of: kind) else { continue }
        row = try classKeys[index].key.withBytes {
          try KeyChain.row($0, kind: kind, vault: vault, to: pair.pair.publicKey, recipient: [role.rawValue])
        }
      }
      try commit.insert(Schema.grant, row)
    }
  }
}
