internal import AuditLog
internal import Sodium

/// A user at work on a vault: the only way to its contents.
///
/// Everything happens in commits: one storage transaction each, in which the log is verified as far as it is new,
/// the access is decided and its entry written. What the caller gets comes after that commit.
public final class Session {
  /// What a session works with; every part is injected.
  public struct Environment {
    /// Where the rows lie.
    public let store: any Store
    /// Where the customer keys lie.
    public let warden: any Warden
    /// The unlocked user.
    public let identity: SecretIdentity
    /// The clock.
    public let clock: any Clock
    /// The folder of the machine's memory of the vault, or nil to remember nothing.
    public let memoryFolder: String?
    /// The path of the ballast file, or nil where there is none.
    public let ballast: Ballast?
    /// The host name that entries carry.
    public let origin: String
    /// The keyring, whose verifier keys tell one vault from another in its place; nil to take any vault.
    public let keyring: Keyring?
    /// The name under which the vault was opened: that of its folder.
    public let vaultName: String?
    /// The way to witnesses, or nil where there is none.
    public let witnesses: (any WitnessTransport)?

    /// The parts of a session.
    public init(
      store: any Store, warden: any Warden, identity: SecretIdentity, clock: any Clock, memoryFolder: String?,
      ballast: Ballast?, origin: String, keyring: Keyring? = nil, vaultName: String? = nil,
      witnesses: (any WitnessTransport)? = nil
    ) {
      self.store = store
      self.warden = warden
      self.identity = identity
      self.clock = clock
      self.memoryFolder = memoryFolder
      self.ballast = ballast
      self.origin = origin
      self.keyring = keyring
      self.vaultName = vaultName
      self.witnesses = witnesses
    }
  }

  /// The role that the user asked for, or nil to take the least that allows the command.
  public let requestedRole: Role?
  /// The reference of the case that entries carry, or nil.
  public let ticket: String?

  let environment: Environment
  private var log: VerifiedLog?
  private var loadedPolicy: Policy?
  private var keys: [Role: OpenedKeys] = [:]
  private var audit: AuditSession?
  private var isAuditStored = false
  private var memory: ClientMemory?
  /// How many erasures the warden's file has been told of.
  private var finishedErasures = 0
  /// Whether there are erasures whose rows are still to be taken away, as far as is known.
  var hasUnfinishedErasures = false
  var isFinishingErasures = false
  /// Whether the vault was read already.
  var isOpened: Bool { log != nil }
  /// Told once, when the vault is first read, of imports that were interrupted; for a notice.
  public var onUnfinishedImports: (([UnfinishedImport]) -> Void)?

  /// Told once on each machine: the vault goes on from a backup, and what the machine had seen was left behind.
  public var onRestoration: ((PassedRestoration) -> Void)?

  /// Begins a session; nothing is read yet.
  public init(_ environment: Environment, role: Role?, ticket: String?) {
    self.environment = environment
    requestedRole = role
    self.ticket = ticket
  }

  // MARK: - Opening

  /// The verified state of the vault, brought up to date with the store.
  func refresh(_ reader: any StoreReader) throws -> Opened {
    if var known = log {
      try known.advance(reader)
      log = known
      try finishErasures(known.governance)
      return try opened(known, reader)
    }
    let wardenHead = try environment.warden.head()
    let first = try VerifiedLog(reader, remembered: wardenHead.map { [$0] } ?? [])
    let genesis = first.governance.genesis
    let names = [genesis.settings.name, environment.vaultName].compactMap { $0 }
    try environment.keyring?.requireKnown(first.governance, as: names)
    try environment.warden.verify(vaultID: first.governance.vaultID, fileID: genesis.warden)
    if let folder = environment.memoryFolder {
      let memory = ClientMemory(folder: folder, vaultID: first.governance.vaultID)
      if let head = try memory.load(), let restoration = try first.check(head, reader) {
        onRestoration?(PassedRestoration(restoration, seen: head))
      }
      self.memory = memory
    }
    log = first
    try finishErasures(first.governance)
    hasUnfinishedErasures = try reader.count(Schema.erasureRun) > 0
    if let tell = onUnfinishedImports {
      let unfinished = try UnfinishedImport.all(reader)
      if !unfinished.isEmpty { tell(unfinished) }
    }
    return try opened(first, reader)
  }

  /// Lets the warden finish what statements have ordered and its file has not done: a killed erasure, or one from after an
  /// old copy of the file that was put back.
  private func finishErasures(_ governance: Governance) throws {
    let erasures = governance.subjects.erasures
    guard erasures.count != finishedErasures else { return }
    do {
      try environment.warden.finish(erasures)
    } catch {
      guard error.code == .full, let ballast = environment.ballast, try ballast.giveUp() else { throw error }
      try environment.warden.finish(erasures)
      ballast.restoreIfPossible()
    }
    finishedErasures = erasures.count
  }

  private func opened(_ log: VerifiedLog, _ reader: any StoreReader) throws -> Opened {
    let governance = log.governance
    if loadedPolicy?.hash != governance.policy {
      guard let row = try reader.row(Schema.policy, key: [.blob(governance.policy.bytes)]),
        case .text(let text) = row.values[1]
      else { throw VaultError(.integrity, "the policy that is in force is missing") }
      let policy = try Policy(parsing: text)
      guard policy.hash == governance.policy else {
        throw VaultError(.integrity, "the stored policy is not the one that was signed in")
      }
      loadedPolicy = policy
    }
    guard let policy = loadedPolicy else { throw VaultError(.integrity, "there is no policy") }
    return Opened(log: log, policy: policy)
  }

  /// What an opened vault is decided by.
  struct Opened {
    let log: VerifiedLog
    let policy: Policy
    var governance: Governance { log.governance }
  }

  /// Reads without an entry: what is public within the vault (roles, policy, the log's envelopes).
  func readPublic<Result>(_ body: (any StoreReader, Opened) throws -> Result) throws -> Result {
    let (result, size) = try environment.store.read { reader in
      let opened = try refresh(reader)
      try requireEnrolled(opened, reader)
      return (try body(reader, opened), opened.log.head.size)
    }
    if size > 0 { try remember() }
    return result
  }

  /// The settings that the vault was made with.
  public func vaultSettings() throws -> VaultSettings { try readPublic { $1.governance.genesis.settings } }

  /// The opened keys of a role of the user.
  func openedKeys(_ role: Role, _ opened: Opened, _ reader: any StoreReader) throws -> OpenedKeys {
    // A new log key makes the opened one useless: it is opened anew, from the new grant.
    if let known = keys[role], known.logKey.key.publicKey == opened.governance.logKey.key { return known }
    let chain = KeyChain(identity: environment.identity, governance: opened.governance)
    let keys = try OpenedKeys(role, chain: chain, reader)
    self.keys[role] = keys
    return keys
  }

  // MARK: - Committing

  /// Runs one storage transaction under a role that `choose` names, and returns when it is durable.
  ///
  /// The transaction is tried once more after the ballast was given up when the disk is full and
  /// `mayUseBallast` says that only the log (or an erasure) is written.
  func commit<Result>(
    mayUseBallast: Bool, _ body: (Commit, Opened, (Role) throws -> OpenedKeys) throws -> (Result, Role)
  ) throws -> Result {
    try finishRemovals()
    do {
      return try commitOnce(body)
    } catch let missing as MissingApproval {
      throw try askForApproval(missing)
    } catch let error as StoreError where error.code == .full && mayUseBallast {
      guard let ballast = environment.ballast, try ballast.giveUp() else { throw error }
      let result = try commitOnce(body)
      ballast.restoreIfPossible()
      return result
    }
  }

  private func commitOnce<Result>(
    _ body: (Commit, Opened, (Role) throws -> OpenedKeys) throws -> (Result, Role)
  ) throws -> Result {
    let environment = environment
    let (result, governance, head, session) = try environment.store.write { writer in
      let opened = try refresh(writer)
      try requireEnrolled(opened, writer)
      let commit = Commit(writer, log: opened.log)
      let (result, role) = try body(commit, opened) { try openedKeys($0, opened, writer) }
      // What began under a role ends with it: nobody accepts a checkpoint of somebody who has none.
      guard opened.governance.roles(of: environment.identity.keyID).contains(role) else {
        throw VaultError(.notPermitted, "the role \(role.name) was taken away meanwhile")
      }
      let keys = try openedKeys(role, opened, writer)
      let session = try audit(opened.governance)
      let actor = EntryActor(
        name: environment.identity.identity.name, key: environment.identity.keyID, role: role,
        session: session.id, origin: environment.origin)
      let head = try commit.finish(
        session: session, isSessionStored: isAuditStored, actor: actor, logKey: keys.logKey.key,
        identity: environment.identity, policy: opened.governance.policy, clock: environment.clock)
      return (result, commit.governance, head, session)
    }
    audit = session
    isAuditStored = true
    log?.commit(governance: governance, head: head)
    try finishErasures(governance)
    try remember()
    return result
  }

  private func audit(_ governance: Governance) throws(VaultError) -> AuditSession {
    if let audit { return audit }
    let session = try AuditSession(
      vault: governance.vaultID, auditKey: governance.genesis.auditKey, epoch: KeyChain.epoch)
    audit = session
    return session
  }

  /// The plain bytes of *what* of an entry that this very session wrote.
  func openOwn(_ row: EntryRow) throws -> [UInt8] {
    guard let audit, audit.id == row.session, let sealed = row.what else {
      throw VaultError(.integrity, "the entry that was just written is another session's")
    }
    return try audit.open(sealed, .what, seq: UInt64(row.seq))
  }

  /// Lets the warden and this machine remember the head.
  private func remember() throws {
    guard let log, let head = RememberedHead(log.head.range, origin: log.governance.origin.number) else {
      return
    }
    try environment.warden.remember(head)
    try memory?.store(head)
  }

  /// Refuses a user who is not in the vault, or who is there under another name than the user's own file says:
  /// entries name their actor by it, and statements do not name anybody.
  private func requireEnrolled(_ opened: Opened, _ reader: any StoreReader) throws {
    let user = environment.identity
    guard opened.governance.activeUser(user.keyID) != nil else {
      throw VaultError(
        .notPermitted, "\(user.identity.name) is not enrolled in this vault",
        hint: "a custodian can enrol you: crmvault user add NAME --role ROLE")
    }
    guard try reader.row(Schema.person, key: [.blob(user.keyID.bytes)]) == PeopleRows.row(user.identity)
    else {
      throw VaultError(
        .integrity, "the vault knows the key of \(user.identity.name) under another name, or not at all",
        hint: "was \(user.identity.name).pub changed? If not, the vault was: tell a custodian")
    }
  }
}
