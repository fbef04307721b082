import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Reading the log")
struct LogReadingTests {
  private func entries(_ vault: AttackedVault, _ query: LogQuery = LogQuery(), limit: Int? = nil) throws
    -> [LogEntry]
  {
    var entries: [LogEntry] = []
    try vault.session().readLog(query, limit: limit) { entries.append($0) }
    return entries
  }

  @Test("is an entry of its own, durable before the first entry is shown")
  func isAnEntry() throws {
    let vault = try AttackedVault()
    let other = try SQLiteStore.open(folder: vault.vault, readOnly: true)
    var isFirst = true
    try vault.session().readLog(LogQuery()) { entry in
      guard isFirst else { return }
      isFirst = false
      #expect(entry.envelope.seq == 0)
      let newest = try other.read { try $0.count(Schema.entry) }
      let last = try #require(try StoredEntry.last(other))
      #expect(last.kind == Envelope.Kind.log.code && last.seq == Int64(newest - 1))
    }
    let all = try entries(vault)
    #expect(all.last?.what.action == "audit.read" && all.last?.who.role == "auditor")
    #expect(all.map(\.envelope.seq) == Array(0..<UInt64(all.count)))
  }

  @Test("is refused to a role without the key, with an entry")
  func refused() throws {
    let vault = try AttackedVault()
    #expect(throws: VaultError(.notPermitted, "")) {
      try vault.session(vault.original.agent).readLog(LogQuery()) { _ in }
    }
    let last = try #require(entries(vault).dropLast().last)
    #expect(last.what.action == "audit.read" && last.what.outcome == .denied && last.who.actor == "mallory")
  }

  @Test("gives what is asked for, the newest when there is a limit")
  func queries() throws {
    let vault = try AttackedVault()
    var query = LogQuery()
    query.action = "customer.add"
    #expect(try entries(vault, query).count == 2)
    query.action = "customer"
    #expect(try entries(vault, query).allSatisfy { $0.what.action.hasPrefix("customer.") })
    query.subject = vault.original.customers[1]
    #expect(try entries(vault, query).map(\.what.action) == ["customer.add"])
    query = LogQuery()
    query.actor = "nobody"
    #expect(try entries(vault, query).isEmpty)
    let all = try entries(vault)
    let newest = try entries(vault, limit: 3)
    // Each reading has added one.
    #expect(newest.map(\.envelope.seq) == [UInt64(all.count) - 2, UInt64(all.count) - 1, UInt64(all.count)])
    query = LogQuery()
    query.until = all[2].envelope.time
    #expect(try entries(vault, query).count == 3)
    query.since = all[2].envelope.time
    #expect(try entries(vault, query).map(\.envelope.seq) == [2])
  }

  @Test("has hashes and salts of both parts side by side")
  func fields() throws {
    let vault = try AttackedVault()
    let entry = try vault.session().logEntry(1)
    let fields = entry.fields
    #expect(fields["what"] == .string(Base64.encode(SHA256.hash(entry.whatBytes).bytes)))
    #expect(fields["who"] == .string(Base64.encode(SHA256.hash(entry.whoBytes).bytes)))
    #expect(fields["what_salt"] == .string(Base64.encode(entry.what.salt.bytes)))
    #expect(fields["who_salt"] == .string(Base64.encode(entry.who.salt.bytes)))
    #expect(fields["seq"] == 1 && fields["actor"] == "owner" && fields["action"] == "customer.add")
    #expect(fields["salt"] == nil && fields["mono"]?.string != nil)
    #expect(throws: VaultError(.notFound, "")) { try vault.session().logEntry(10_000) }
  }

  @Test("of one customer has what names the customer and bulk runs that hold the customer")
  func subject() throws {
    let vault = try AttackedVault()
    var found: [String] = []
    try vault.session().logEntries(of: vault.original.customers[1]) { entry, via in
      found.append("\(entry.what.action) \(via.rawValue) \(entry.what.phase?.rawValue ?? "-")")
    }
    #expect(found.first == "customer.add direct -")
    #expect(found.contains("customer.search set intent") && found.contains("customer.search set result"))
    #expect(found.last == "audit.read direct -")
    #expect(throws: VaultError(.notFound, "")) {
      try vault.session().logEntries(of: Pseudonym(high: 3, low: 4)) { _, _ in }
    }
  }

  @Test("shows nothing of a log whose entries do not lead to its checkpoint")
  func tampered() throws {
    let vault = try AttackedVault()
    try vault.execute(RowAttackTests.edit(#""t":"20"#, #""t":"19"#, 4))
    #expect(throws: VaultError(.integrity, "")) {
      try vault.session().readLog(LogQuery()) { _ in Issue.record("an entry was shown") }
    }
  }

  @Test("proves every entry; the parts are for who may read them")
  func proofs() throws {
    let vault = try AttackedVault()
    let governance = try vault.session().readPublic { $1.governance }
    let key = try LogVerifierKey(name: governance.vaultID.origin, key: governance.genesis.logKey)
    for seq in 0..<UInt64(5) {
      for identity in [vault.original.owner, vault.original.agent] {
        let proof = try vault.session(identity).prove(seq)
        let text = try TLogProof(parsing: proof.proof.encoded)
        try text.verify(entry: proof.envelope, origin: key.name, keys: [key])
        let envelope = try Envelope(decoding: proof.envelope)
        #expect(
          proof.what.map { SHA256.hash($0) } == (identity === vault.original.owner ? envelope.what : nil))
        #expect(proof.who.map { SHA256.hash($0) } == (identity === vault.original.owner ? envelope.who : nil))
      }
    }
  }

  @Test("publishes envelopes, and again what was added")
  func publishes() throws {
    let vault = try AttackedVault()
    let folder = vault.folder.file("published")
    let first = try vault.session(vault.original.agent).publishLog(to: folder)
    _ = try vault.session().listCustomers(after: nil, limit: 1)
    let second = try vault.session().publishLog(to: folder)
    #expect(second.size == first.size + 1)
    let entry = try TileDirectory(path: folder).entries(0..<1)[0]
    #expect(try Envelope(decoding: entry).statement != nil)
    try vault.put(back: "older")
    #expect(throws: LogError(.inconsistent, "")) {
      try vault.session(remembers: false).publishLog(to: folder)
    }
  }
}

enum StoredEntry {
  static func last(_ store: any Store) throws -> EntryRow? {
    var last: EntryRow?
    try store.read { reader in
      try reader.scan(Schema.entry, prefix: [], range: nil, descending: true) { row in
        last = try EntryRow(row)
        return false
      }
    }
    return last
  }
}
