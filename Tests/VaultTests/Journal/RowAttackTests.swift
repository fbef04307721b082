import Testing

@testable import Vault

/// Single rows changed behind the vault's back: `crmvault verify` finds each.
@Suite("Rows in the hands of the disk's owner")
struct RowAttackTests {
  /// What somebody does to the file.
  struct Attack: Sendable, CustomTestStringConvertible {
    let name: String
    let sql: String
    var testDescription: String { name }

    init(_ name: String, _ sql: String) {
      self.name = name
      self.sql = sql
    }
  }

  static let swapIdentities = """
    CREATE TEMP TABLE kept AS SELECT * FROM record WHERE class = 1;
    UPDATE record SET sealed = (SELECT sealed FROM kept WHERE kept.ordinal = 1 - record.ordinal) WHERE class = 1;
    """

  static let committed: [Attack] = [
    Attack("a record deleted", "DELETE FROM record WHERE class = 1 AND ordinal = 0"),
    Attack(
      "a record copied to another class",
      "INSERT INTO record SELECT 3, ordinal, chunk, version, sealed FROM record WHERE class = 1 AND ordinal = 1"
    ),
    Attack(
      "a record of an unknown class",
      "INSERT INTO record SELECT 99, ordinal, chunk, version, sealed FROM record WHERE class = 1 AND ordinal = 1"
    ),
    Attack("records swapped between customers", swapIdentities),
    Attack(
      "a record's version changed", "UPDATE record SET version = version + 1 WHERE class = 1 AND ordinal = 1"),
    Attack("an index entry deleted", "DELETE FROM blind_index WHERE ordinal = 1"),
    Attack("an index entry added", "INSERT INTO blind_index VALUES (randomblob(32), 0, 1)"),
    Attack(
      "an index entry turned to another customer", "UPDATE blind_index SET ordinal = 0 WHERE ordinal = 1"),
    Attack("a customer marked as erased", "UPDATE directory SET state = 2 WHERE ordinal = 1"),
    Attack(
      "a customer merged into another", "UPDATE directory SET state = 1, merged_into = 0 WHERE ordinal = 1"),
    Attack(
      "a customer merged into himself", "UPDATE directory SET state = 1, merged_into = 1 WHERE ordinal = 1"),
    Attack("a customer deleted", "DELETE FROM directory WHERE ordinal = 1"),
    Attack("a customer added", "INSERT INTO directory VALUES (2, randomblob(16), 0, NULL)"),
    Attack("a customer far away", "INSERT INTO directory VALUES (9007199254740992, randomblob(16), 0, NULL)"),
    Attack(
      "a customer's pseudonym changed", "UPDATE directory SET pseudonym = randomblob(16) WHERE ordinal = 1"),
    Attack(
      "a user added", "INSERT INTO person VALUES (randomblob(8), 'eve', randomblob(32), randomblob(32))"),
    Attack("a user renamed", "UPDATE person SET name = 'eve' WHERE name = 'mallory'"),
    Attack("a user deleted", "DELETE FROM person WHERE name = 'mallory'"),
    Attack(
      "the policy's text changed", "UPDATE policy SET text = replace(text, 'rule: consent', 'rule: none')"),
    Attack("a policy added", "INSERT INTO policy VALUES (randomblob(32), 'policy: 1')"),
    Attack("a grant deleted", "DELETE FROM key_grant WHERE kind = 2 AND subject = 5"),
    Attack("permission bits added", "INSERT INTO permission VALUES (randomblob(16), 0, 0, randomblob(300))"),
    Attack("an import added", "INSERT INTO import_run VALUES (randomblob(16), 0, 1, 1)"),
  ]

  static let log: [Attack] = [
    Attack("an entry deleted", "DELETE FROM entry WHERE seq = 3"),
    Attack("an entry moved behind the end", "UPDATE entry SET seq = seq + 1000 WHERE seq = 3"),
    Attack(
      "an entry added",
      "INSERT INTO entry SELECT seq + 1000, kind, session, envelope, what, who FROM entry WHERE seq = 3"),
    Attack(
      "an entry before the first",
      "INSERT INTO entry SELECT -5, kind, session, envelope, what, who FROM entry WHERE seq = 3"),
    Attack("the last entry deleted", "DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)"),
    Attack("an envelope's kind", edit(#""kind":"change""#, #""kind":"access""#, 1)),
    Attack("an envelope's time", edit(#""t":"20"#, #""t":"19"#, 4)),
    Attack("a statement edited", edit(#""type":"role.grant""#, #""type":"role.grunt""#, 6)),
    Attack(
      "two envelopes swapped",
      """
      CREATE TEMP TABLE kept AS SELECT * FROM entry;
      UPDATE entry SET envelope = (SELECT envelope FROM kept WHERE kept.seq = 3 - entry.seq) WHERE seq IN (1, 2);
      """),
    Attack(
      "ciphertexts swapped between entries",
      """
      CREATE TEMP TABLE kept AS SELECT * FROM entry;
      UPDATE entry SET what = (SELECT what FROM kept WHERE kept.seq = 3 - entry.seq) WHERE seq IN (1, 2);
      """),
    Attack("a ciphertext taken away", "UPDATE entry SET who = NULL WHERE seq = 1"),
    Attack("what and who swapped", "UPDATE entry SET what = who, who = what WHERE seq = 1"),
    Attack("an entry's kind column", "UPDATE entry SET kind = 1 WHERE seq = 1"),
    Attack("a checkpoint deleted", "DELETE FROM checkpoint WHERE size = 1"),
    Attack(
      "all checkpoints but the newest deleted",
      "DELETE FROM checkpoint WHERE size < (SELECT max(size) FROM checkpoint)"),
    Attack(
      "a checkpoint between commits",
      "INSERT INTO checkpoint SELECT 2, note, frontier FROM checkpoint WHERE size = 3"),
    Attack(
      "a checkpoint beyond the end",
      "INSERT INTO checkpoint SELECT 5000, note, frontier FROM checkpoint WHERE size = 3"),
    Attack("a frontier", "UPDATE checkpoint SET frontier = zeroblob(length(frontier)) WHERE size = 3"),
    Attack("a session's key", "UPDATE session SET sealed = randomblob(length(sealed))"),
    Attack("a session's epoch", "UPDATE session SET epoch = 2"),
    Attack("a session deleted", "DELETE FROM session"),
    Attack("a session added", "INSERT INTO session VALUES (5, 1, randomblob(80))"),
    Attack("entries under another session", "UPDATE entry SET session = (SELECT max(id) FROM session)"),
    Attack("the stored sum", "UPDATE commitment SET sum = zeroblob(2048)"),
    Attack("the stored sum deleted", "DELETE FROM commitment"),
    Attack(
      "a statement hidden from the list", "DELETE FROM statement WHERE seq = (SELECT max(seq) FROM statement)"
    ),
    Attack("a statement listed that is none", "INSERT INTO statement VALUES (1)"),
    Attack("a bulk set deleted", "DELETE FROM subject_set WHERE seq = (SELECT max(seq) FROM subject_set)"),
    Attack("a bulk set added", "INSERT INTO subject_set VALUES (randomblob(32), 1, randomblob(80))"),
    Attack("a bulk set changed", "UPDATE subject_set SET sealed = randomblob(length(sealed))"),
    Attack("a batch of customers deleted", "DELETE FROM enrolment WHERE first_ordinal = 1"),
    Attack("a batch of customers changed", "UPDATE enrolment SET count = 2 WHERE first_ordinal = 1"),
    Attack("a batch of customers added", "INSERT INTO enrolment VALUES (1, 2, 1, randomblob(80))"),
  ]

  static func edit(_ old: String, _ new: String, _ seq: Int) -> String {
    "UPDATE entry SET envelope = CAST(replace(CAST(envelope AS TEXT), '\(old)', '\(new)') AS BLOB) WHERE seq = \(seq)"
  }

  @Test("an untouched vault verifies, for every user, deep too")
  func untouched() async throws {
    let vault = try AttackedVault()
    #expect(await vault.verify(remembers: true).isEmpty)
    #expect(try await vault.verifyKeyless().isEmpty)
    for role in [Role.steward, .analyst, .privacyOfficer] {
      let report = try await vault.session(role: role).verifyVault(
        LogAnchor(), isDeep: true, purpose: nil, workers: 2)
      #expect(report.problems.isEmpty)
      #expect(report.openedRecords == (role == .analyst ? 2 : 4))
      #expect(report.customers == 2)
    }
    #expect(try vault.show().get() == vault.original.shown)
    #expect(vault.original.shown.contains("name=Ada Example"))
  }

  @Test("a row under the state commitment is missed, or noticed", arguments: committed)
  func committedRow(attack: Attack) async throws {
    let vault = try AttackedVault()
    try vault.execute(attack.sql)
    let found = await vault.verify()
    #expect(!found.isEmpty)
    #expect(found.isDisjoint(with: ["io", "busy"]) && !found.contains { $0.hasPrefix("unexpected") })
    // What is shown meanwhile is the customer's own, or nothing.
    if case .success(let shown) = vault.show() { #expect(shown == vault.original.shown) }
  }

  @Test("a row of the log is missed, or noticed", arguments: log)
  func logRow(attack: Attack) async throws {
    let vault = try AttackedVault()
    try vault.execute(attack.sql)
    let found = await vault.verify()
    #expect(!found.isEmpty)
    #expect(!found.contains { $0.hasPrefix("unexpected") })
  }

  static let tables = [
    "person", "policy", "key_grant", "directory", "record", "blind_index", "entry", "session", "checkpoint",
    "subject_set", "commitment", "statement", "enrolment",
  ]

  @Test("any row of any table that is deleted is missed", arguments: tables)
  func anyRow(table: String) async throws {
    for place in 0..<3 {
      let vault = try AttackedVault()
      try vault.execute(
        """
        CREATE TEMP TABLE doomed AS SELECT * FROM \(table) LIMIT 1 OFFSET \(place);
        DELETE FROM \(table) WHERE (SELECT count(*) FROM doomed) = 1 AND \(Self.isDoomed(table));
        """)
      guard
        try vault.session().environment.store.read({ try $0.count(Self.table(table)) }) < vault.rows(table)
      else {
        continue
      }
      #expect(await !vault.verify().isEmpty, "row \(place) of \(table)")
    }
  }

  @Test("a record that is put back to an older state is noticed")
  func putBack() async throws {
    for table in ["record", "blind_index", "commitment"] {
      let vault = try AttackedVault()
      try vault.execute(
        """
        ATTACH '\(vault.olderDatabase)' AS older;
        DELETE FROM main.\(table);
        INSERT INTO main.\(table) SELECT * FROM older.\(table);
        """)
      #expect(await !vault.verify().isEmpty, "\(table)")
    }
  }

  private static func table(_ name: String) throws -> Table {
    try #require(Schema.tables.first { $0.name == name })
  }

  private static func isDoomed(_ name: String) throws -> String {
    try table(name).columns.prefix(table(name).keyCount).map {
      "\(name).\($0.name) = (SELECT doomed.\($0.name) FROM doomed)"
    }.joined(separator: " AND ")
  }
}

extension AttackedVault {
  /// How many rows a table has in the untouched vault.
  func rows(_ table: String) throws -> Int {
    let untouched = try AttackedVault()
    let found = try #require(Schema.tables.first { $0.name == table })
    return try untouched.session().environment.store.read { try $0.count(found) }
  }
}
