import AuditLog
import Scoring
import Sodium
import Testing
import VaultTesting

@testable import Vault

@Suite("Exports from a vault") struct ExportTests {
  /// Keeps the rows as they come.
  private final class Rows: ExportRows {
    var rows: [[String]] = []
    private var row: [String] = []

    func cell(_ column: Int, _ text: Span<UInt8>) {
      row.append(String(decoding: text.indices.map { text[$0] }, as: UTF8.self))
    }
    func endRow() {
      rows.append(row)
      row = []
    }
  }

  private static func order(
    _ columns: [String], required: Bool = true, purpose: String? = "analytics",
    kind: ReleaseKind = .anonymized
  ) -> ExportOrder {
    ExportOrder(
      kind, purpose: purpose, recipient: "acme", notice: "1",
      plan: ExportPlan(
        columns: columns.map { .init($0, isRequired: required) }, asOf: LocalDay(daysSinceEpoch: 200),
        minorDigits: { _ in 2 }))
  }

  private static let draft = ReleaseDraft(body: ["sha256": "aa", "plain_sha256": "bb"], classOfRow: [])

  private static func vault() throws -> SampleVault {
    let vault = try SampleVault(in: InMemoryStore())
    try vault.add(4) { number in
      number == 3
        ? [] : [100, 110 + number].map { SampleEvent(day: Int64($0), .payment(minor: 150, product: "P")) }
    }
    return vault
  }

  @Test func `rows are figures of behavior, and who lacks one is counted`() throws {
    let vault = try Self.vault()
    let rows = Rows()
    var seen: ExportGathering?
    _ = try vault.session().export(
      Self.order(["recency", "tenure", "frequency", "amount"]), into: rows, code: { _ in "" }
    ) { gathering in
      seen = gathering
      return Self.draft
    }
    #expect(rows.rows == [["90", "100", "2", "3"], ["89", "100", "2", "3"], ["88", "100", "2", "3"]])
    #expect(seen?.excluded.map(\.reason) == ["missing:recency"])
    #expect(seen?.excluded.map(\.customers) == [1])
  }

  @Test func `a receipt is checked with the log's public key alone, and a changed one is refused`() throws {
    let vault = try Self.vault()
    let session = vault.session()
    let issued = try #require(
      try session.export(Self.order(["frequency"]), into: Rows(), code: { _ in "" }) { _ in Self.draft })
    let key = try session.logVerifierKey()
    let read = try SignedReceipt(decoding: try issued.encoded())
    #expect(read == issued)
    #expect(try read.verify(keys: [key]).what?.action == SignedReceipt.action)
    for (name, value) in [("recipient", "mallory"), ("index", "1"), ("vault", "00"), ("key", "AAAA")] {
      var body = issued.body
      body[name] = .string(value)
      let changed = SignedReceipt(
        body: body, signature: issued.signature, envelope: issued.envelope, what: issued.what,
        proof: issued.proof)
      #expect(throws: LogError.self) { try changed.verify(keys: [key]) }
    }
    // A signature by whoever holds no key of the vault counts for nothing, though it is valid.
    let stranger = SigningKey.generate()
    var body = issued.body
    body["key"] = .string(Base64.encode(stranger.publicKey.bytes))
    let message = try SignedReceipt.message(body, vault: Array(try Hex.decode(body["vault"]?.string ?? "")))
    let forged = SignedReceipt(
      body: body, signature: stranger.sign(message.span), envelope: issued.envelope, what: issued.what,
      proof: issued.proof)
    #expect(throws: LogError.self) { try forged.verify(keys: [key]) }
    #expect(throws: LogError.self) { try issued.check(sha256: SHA256.hash([1])) }
  }

  @Test func `a field of identity never leaves, and the refusal is the result of the intent`() throws {
    let vault = try Self.vault()
    for column in ["phone", "name", "account.default", "nonsense"] {
      #expect(throws: VaultError(.badInput, "")) {
        try vault.session().export(Self.order([column]), into: Rows(), code: { _ in "bad" }) { _ in Self.draft
        }
      }
    }
    #expect(try vault.session().releases().isEmpty)
  }

  @Test func `what fails while the file is made leaves a result and no release`() throws {
    struct Broken: Error {}
    let vault = try Self.vault()
    let session = vault.session()
    #expect(throws: Broken.self) {
      try session.export(Self.order(["frequency"]), into: Rows(), code: { _ in "broken" }) { _ in
        throw Broken()
      }
    }
    var outcomes: [WhatPart.Outcome] = []
    try vault.session(as: .auditor).readLog(LogQuery()) { entry in
      if entry.what.action == "export.anonymized", entry.what.phase == .result {
        outcomes.append(entry.what.outcome)
      }
    }
    #expect(outcomes == [.error(code: "broken")])
  }

  @Test func `pseudonyms belong to one release, and two shares together are its key`() throws {
    let vault = try Self.vault()
    let session = vault.session(as: .analyst)
    var pseudonyms: [[String]] = []
    var releases: [ReleaseID] = []
    for _ in 0..<2 {
      _ = try session.export(
        Self.order(["frequency"], required: false, kind: .pseudonymized), into: Rows(), code: { _ in "" }
      ) { gathering in
        releases.append(gathering.release)
        pseudonyms.append((0..<gathering.rows).compactMap { gathering.pseudonyms?.pseudonym(ofRow: $0) })
        return Self.draft
      }
    }
    #expect(pseudonyms.map(\.count) == [4, 4])
    #expect(Set(pseudonyms[0]).isDisjoint(with: pseudonyms[1]))
    let officer = vault.session(as: .privacyOfficer)
    let asked = try officer.requestReidentification(
      releases[0], [pseudonyms[0][2], pseudonyms[1][1]], purpose: nil)
    #expect(throws: VaultError(.notPermitted, "")) { try officer.reidentify(asked) }
    let granted = try vault.session(as: .custodian).addShare(to: asked)
    let found = try officer.reidentify(try ReidentifyRequest(decoding: try granted.encoded()))
    #expect(found[0].customer == vault.warden.pseudonyms().pseudonym(of: 2))
    #expect(found[1].customer == nil)
  }

  @Test(arguments: [
    (0.0, "0"), (12, "12"), (-3, "-3"), (0.5, "0.5"), (2.123_456_789, "2.123457"), (-0.25, "-0.25"),
    (1e10, "10000000000"),
  ])
  func `numbers are plain decimals`(number: Double, text: String) {
    #expect(ExportNumber.text(number) == text)
  }

  @Test func `numbers that a cell cannot hold are none`() {
    #expect(ExportNumber.text(.infinity) == nil)
    #expect(ExportNumber.text(1e12) == nil)
  }

  @Test func `a release's id survives being typed`() throws {
    let id = ReleaseID.random()
    #expect(ReleaseID(id.description) == id)
    #expect(ReleaseID(id.description.lowercased()) == id)
    #expect(ReleaseID("C" + id.description.dropFirst()) == nil)
  }

  @Test(arguments: ["acme", "A-1.b_c", "0"]) func `names of recipients`(name: String) {
    #expect(ExportNames.isRecipient(name))
  }

  @Test(arguments: ["", "a b", "-a", "ü", "a\nb", String(repeating: "a", count: 65), "../x", ".a"])
  func `what is no name of a recipient`(name: String) {
    #expect(!ExportNames.isRecipient(name))
  }
}
