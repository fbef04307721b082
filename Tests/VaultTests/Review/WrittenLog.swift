import Sodium
import VaultTesting

@testable import AuditLog
@testable import Vault

/// A vault whose log a test writes: any entries, at any time, by any of its users.
final class WrittenLog: @unchecked Sendable {
  let store: any Store
  let vault: SampleVault
  /// The time of the next entry, and the clock that only moves forward.
  var now: UInt64
  var mono: UInt64 = 1_000_000_000
  let folder: TemporaryFolder

  /// Wednesday, 2025-06-04, ten in the morning.
  static let start: UInt64 = 1_749_031_200_000_000_000
  static let hour: UInt64 = 3_600_000_000_000
  static let day: UInt64 = 24 * hour

  init(in store: (any Store)? = nil, policy: String = Policy.template) throws {
    folder = try TemporaryFolder()
    self.store = store ?? InMemoryStore()
    now = Self.start
    vault = try SampleVault(
      in: self.store, policy: policy, clock: FixedClock(time: LogTime(nanoseconds: Self.start)))
  }

  /// Moves both clocks.
  func wait(_ nanoseconds: UInt64) {
    now += nanoseconds
    mono += nanoseconds
  }

  /// A session of the owner, who is all roles, at the time of the log.
  func session(as role: Role? = nil, _ identity: SecretIdentity? = nil, remembers: Bool = false) -> Session {
    Session(
      Session.Environment(
        store: store, warden: vault.warden, identity: identity ?? vault.owner, clock: WrittenClock(log: self),
        memoryFolder: remembers ? folder.file("state") : nil, ballast: nil, origin: "desk"),
      role: role, ticket: nil)
  }

  /// Enrols a user with a role.
  func enrol(_ name: String, _ role: Role) throws -> SecretIdentity {
    let identity = SecretIdentity.generate(name: name)
    _ = try session().addUser(identity.identity, roles: [role])
    return identity
  }

  /// Commits entries of a user as one session; returns the index of the first.
  @discardableResult
  func write(
    _ drafts: [(EntryDraft, SubjectSet?)], by identity: SecretIdentity? = nil,
    as actor: PublicIdentity? = nil, role: Role = .agent,
    ticket: String? = nil, origin: String = "desk", session shared: AuditSession? = nil,
    isStored: Bool = false
  ) throws -> UInt64 {
    let identity = identity ?? vault.owner
    return try store.write { writer in
      let log = try VerifiedLog(writer, remembered: [])
      let governance = log.governance
      let session =
        try shared
        ?? AuditSession(
          vault: governance.vaultID, auditKey: governance.genesis.auditKey, epoch: KeyChain.epoch)
      let commit = Commit(writer, log: log)
      let first = commit.nextIndex
      for (draft, set) in drafts {
        var draft = draft
        draft.ticket = draft.ticket ?? ticket
        let committed = set.map { CommittedSet($0) }
        if let committed { draft.subjects = .set(committed.reference(directory: 0)) }
        commit.append(draft, set: committed)
      }
      let chain = KeyChain(identity: vault.owner, governance: governance)
      let key = try chain.logKey(.auditor, try chain.rolePair(.auditor, writer), writer)
      _ = try commit.finish(
        session: session, isSessionStored: isStored,
        actor: EntryActor(
          name: (actor ?? identity.identity).name, key: (actor ?? identity.identity).keyID, role: role,
          session: session.id, origin: origin),
        logKey: key.key, identity: identity, policy: governance.policy, clock: WrittenClock(log: self))
      return first
    }
  }

  /// One look at a customer.
  static func look(_ customer: Pseudonym, _ action: Action = .customerShow) -> EntryDraft {
    var draft = EntryDraft(.access, action.rawValue)
    draft.subjects = .one(customer.description)
    draft.purpose = Purpose(name: "service", legalBasis: "contract", rule: .none)
    draft.classes = [.identity]
    return draft
  }

  /// The open flags of the log, by rule.
  func flags() throws -> [LogFlag.Rule: [LogFlag]] {
    Dictionary(grouping: try session().flags().flags.filter(\.isOpen), by: \.rule)
  }
}

/// The clocks of a log that a test writes.
struct WrittenClock: Clock {
  let log: WrittenLog
  func now() -> LogTime { LogTime(nanoseconds: log.now) }
  func monotonic() -> UInt64 { log.mono }
}

/// A clock that stands.
struct FixedClock: Clock {
  let time: LogTime
  func now() -> LogTime { time }
  func monotonic() -> UInt64 { 1_000_000_000 }
}
