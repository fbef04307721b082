import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Reviews of the log")
struct LogReviewTests {
  private let log: WrittenLog
  private let mallory: SecretIdentity
  private let olga: SecretIdentity

  init() throws {
    log = try WrittenLog()
    mallory = try log.enrol("mallory", .agent)
    olga = try log.enrol("olga", .auditor)
    var denied = WrittenLog.look(.random())
    denied.outcome = .denied
    try log.write([(denied, nil)], by: mallory)
  }

  private func auditor() -> Session { log.session(as: .auditor, olga) }
  private func denials() throws -> [LogFlag] { try auditor().flags().flags.filter { $0.rule == .denied } }

  @Test("close a flag for everybody, and are entries with a signature of their own")
  func closes() throws {
    let reading = try auditor().flags()
    let flag = try #require(reading.flags.first { $0.rule == .denied })
    let seq = try auditor().review(seen: reading.size, closing: [flag.id], note: "asked her; a typing error")
    let after = try denials()
    #expect(after.map(\.id) == [flag.id])
    #expect(after.first?.closing?.reviewer == "olga" && after.first?.closing?.entry == seq)
    let entry = try log.session().logEntry(seq)
    #expect(entry.envelope.kind == .log && entry.what.action == "audit.review")
    let content = try #require(ReviewContent(entry.what.details))
    let vault = try log.session().readPublic { $1.governance.vaultID }
    #expect(content.size == reading.size && content.isSigned(by: olga.identity.signingKey, in: vault))
    #expect(!content.isSigned(by: mallory.identity.signingKey, in: vault))
    #expect(content.root == (try MerkleTree.root(of: leaves(upTo: reading.size))))
  }

  @Test("close nothing that came after the size that was seen")
  func later() throws {
    let reading = try auditor().flags()
    let flag = try #require(reading.flags.first { $0.rule == .denied })
    var denied = WrittenLog.look(.random())
    denied.outcome = .denied
    let later = try log.write([(denied, nil)], by: mallory)
    try auditor().review(seen: reading.size, closing: [flag.id], note: "seen")
    let flags = try denials()
    #expect(flags.count == 2 && flags[0].isOpen && flags[0].entries == [later] && flags[0].id != flag.id)
    #expect(flags[1].closing != nil && flags[1].entries.count == 1)
    #expect(throws: VaultError(.usage, "")) {
      try auditor().review(seen: later, closing: [flags[0].id], note: "not seen")
    }
    #expect(throws: VaultError(.notFound, "")) {
      try auditor().review(seen: later + 1, closing: [flag.id], note: "closed already")
    }
    #expect(throws: VaultError(.usage, "")) { try auditor().review(seen: 1_000_000, closing: [], note: "") }
  }

  @Test("are refused to the actor of a flagged entry, with an entry")
  func own() throws {
    _ = try log.session(as: .auditor, olga).flags()
    var denied = WrittenLog.look(.random())
    denied.outcome = .denied
    try log.write([(denied, nil)], by: olga, role: .auditor)
    let reading = try auditor().flags()
    let own = try #require(reading.flags.first { $0.rule == .denied && $0.actor == "olga" })
    let other = try #require(reading.flags.first { $0.rule == .denied && $0.actor == "mallory" })
    #expect(throws: VaultError(.notPermitted, "")) {
      try auditor().review(seen: reading.size, closing: [other.id, own.id], note: "nothing to see")
    }
    #expect(try denials().count { $0.isOpen } >= 2)
    var refused = 0
    try log.session().readLog(LogQuery()) {
      if $0.what.action == "audit.review", $0.what.outcome == .denied, $0.who.actor == "olga" { refused += 1 }
    }
    #expect(refused == 1)
  }

  @Test("that another program writes for its own user close nothing and are flagged")
  func forged() throws {
    let reading = try auditor().flags()
    let flag = try #require(reading.flags.first { $0.rule == .denied })
    func forge(_ identity: SecretIdentity, _ role: Role) throws {
      var draft = EntryDraft(.log, Action.auditReview.rawValue)
      let vault = try log.session().readPublic { $1.governance.vaultID }
      draft.details = try ReviewContent(
        size: reading.size, root: MerkleTree.emptyRoot, closed: [flag.id], note: ""
      )
      .signed(by: identity, in: vault)
      try log.write([(draft, nil)], by: identity, role: role)
    }
    func closed() throws -> Bool { try auditor().flags().flags.first { $0.id == flag.id }?.isOpen != true }
    // An agent, one who says that he is an auditor, and one who says that he is Olga.
    try forge(mallory, .agent)
    try forge(mallory, .auditor)
    #expect(try !closed())
    var draft = EntryDraft(.log, Action.auditReview.rawValue)
    draft.details = try ReviewContent(
      size: reading.size, root: MerkleTree.emptyRoot, closed: [flag.id], note: ""
    ).signed(by: mallory, in: log.session().readPublic { $1.governance.vaultID })
    try log.write([(draft, nil)], by: mallory, as: olga.identity, role: .auditor)
    #expect(try !closed())
    let flags = try auditor().flags().flags.filter { $0.rule == .invalidReview }
    #expect(flags.map(\.actor) == ["mallory", "mallory", "olga"])
  }

  @Test("are for auditors and privacy officers")
  func permitted() throws {
    #expect(throws: VaultError(.notPermitted, "")) {
      try log.session(as: nil, mallory).review(seen: 1, closing: [], note: "")
    }
    #expect(throws: VaultError(.notPermitted, "")) { _ = try log.session(as: nil, mallory).flags() }
    #expect(try log.session(as: .privacyOfficer).review(seen: 1, closing: [], note: "") > 1)
  }

  private func leaves(upTo size: UInt64) throws -> [Digest32] {
    try log.store.read { reader in
      var leaves: [Digest32] = []
      try reader.scan(Schema.entry, prefix: [], range: 0..<Int64(size), descending: false) { row in
        leaves.append(MerkleTree.leafHash(try EntryRow(row).envelope))
        return true
      }
      return leaves
    }
  }
}
