import Foundation
import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import AuditLog
@testable import Vault

/// Bytes that a package's writer gave out.
final class PackageBytes {
  private(set) var bytes: [UInt8] = []
  func take(_ more: [UInt8]) { bytes += more }
}

@Suite("Evidence from a vault")
struct EvidenceTests {
  private func key(_ vault: AttackedVault) throws -> LogVerifierKey { try vault.session().publicLog().key }

  private func proofs(_ vault: AttackedVault, _ id: Pseudonym, withWho: Bool = true) throws -> (
    enrolment: EntryEvidence, accesses: [Session.AccessProof]
  ) {
    var enrolment: EntryEvidence?
    var accesses: [Session.AccessProof] = []
    try vault.session().proveAccesses(to: id, withWho: withWho) {
      enrolment = $0
    } _: {
      accesses.append($0)
    }
    return (try #require(enrolment), accesses)
  }

  @Test("every access to a customer is proved offline, bulk runs with the bit that is the customer's")
  func subject() throws {
    let vault = try AttackedVault()
    let key = try key(vault)
    for id in vault.original.customers {
      let (enrolment, accesses) = try proofs(vault, id)
      let enrolled = try enrolment.verify(keys: [key])
      let customer = try #require(enrolled.customer)
      #expect(
        Pseudonym(high: UInt64(customer.pseudonym >> 64), low: UInt64(truncatingIfNeeded: customer.pseudonym))
          == id)
      #expect(accesses.contains { $0.relation == .set } && accesses.contains { $0.relation == .direct })
      for access in accesses {
        let proven = try access.evidence.verify(keys: [key])
        #expect(proven.envelope == access.entry.envelope && proven.who == access.entry.who)
        switch access.relation {
        case .direct: #expect(proven.what?.subject == id.description)
        case .set: #expect(try proven.contains(customer, enrolledBy: enrolled.envelope.seq))
        case .absent: #expect(try !proven.contains(customer, enrolledBy: enrolled.envelope.seq))
        }
      }
      // It lists what the log says without proofs, but for the reading that asked.
      var listed: [UInt64] = []
      try vault.session().logEntries(of: id) { entry, _ in listed.append(entry.envelope.seq) }
      #expect(accesses.filter(\.isAccess).map(\.entry.envelope.seq) == listed.dropLast())
    }
  }

  @Test("what goes to the customer names nobody of the staff")
  func forSubject() throws {
    let vault = try AttackedVault()
    for access in try proofs(vault, vault.original.customers[0], withWho: false).accesses {
      #expect(access.evidence.who == nil)
      for file in access.evidence.files {
        let text = String(decoding: file.bytes, as: UTF8.self)
        #expect(!text.contains("owner") && !text.contains("\"actor\""))
      }
    }
  }

  @Test("a run that left the customer out is proved to have done so, and its intent does not count")
  func absence() throws {
    let vault = try AttackedVault()
    let session = try vault.session()
    let request = AccessRequest(
      .scoreRun, purpose: "fraud-prevention", subject: .everybody, classes: [.behavior])
    try session.access(request) { _ in
    } release: { _, context, _ in
      var touched = try SubjectSet(universe: 2)
      try touched.insert(1)
      try session.recordResult(of: context, .scoreRun, touched: touched)
    }
    let spared = try proofs(vault, vault.original.customers[0]).accesses.filter {
      $0.entry.what.action == "score.run"
    }
    #expect(spared.map(\.relation) == [.set, .absent] && spared.allSatisfy { !$0.isAccess })
    let scored = try proofs(vault, vault.original.customers[1]).accesses.filter {
      $0.entry.what.action == "score.run"
    }
    #expect(scored.map(\.relation) == [.set, .set] && scored.allSatisfy(\.isAccess))
  }

  @Test("nothing is proved of a log whose entries do not lead to its checkpoint")
  func tampered() throws {
    let vault = try AttackedVault()
    try vault.execute(RowAttackTests.edit(#""t":"20"#, #""t":"19"#, 4))
    #expect(throws: VaultError(.integrity, "")) { try proofs(vault, vault.original.customers[0]) }
    #expect(throws: VaultError(.integrity, "")) { try vault.session().prove(1) }
    #expect(throws: VaultError(.integrity, "")) { try package(vault) }
    let folder = vault.folder.file("published")
    #expect(throws: LogError(.inconsistent, "")) { try vault.session().publishLog(to: folder) }
  }

  @Test("a sample is the draw, shown; a checkpoint of a fork or of a longer log is refused")
  func sample() throws {
    let vault = try AttackedVault()
    let note = try vault.session().checkpoint()
    let head = try Checkpoint(parsing: note.text)
    var seqs: [UInt64] = []
    let sample = try vault.session().sampleLog(nonce: [1, 2], size: 3, at: note, after: nil) {
      seqs.append($0.envelope.seq)
    }
    #expect(seqs == sample.entries)
    #expect(try sample == AuditSample(nonce: [1, 2], size: 3, at: head))
    var last: LogEntry?
    try vault.session().readLog(LogQuery(), limit: 2) { last = last ?? $0 }
    #expect(last?.what.details?["command"] == "sample" && last?.what.details?["at"]?.string == "\(head.size)")
    #expect(throws: VaultError(.usage, "")) {
      _ = try vault.session().sampleLog(nonce: [1], size: 1000, at: note, after: nil) { _ in }
    }
    // The log goes on differently than what the checkpoint saw.
    let longer = try vault.session().checkpoint()
    try vault.put("vault", of: "older")
    try vault.put("warden", of: "older")
    for old in [note, longer] {
      #expect(throws: VaultError(.integrity, "")) {
        _ = try vault.session(remembers: false).sampleLog(nonce: [1], size: 1, at: old, after: nil) { _ in }
      }
    }
  }

  // MARK: - Packages

  private func package(
    _ vault: AttackedVault, since: LogTime = LogTime(nanoseconds: 0), until: LogTime = SystemClock().now()
  ) throws -> [UInt8] {
    let out = PackageBytes()
    _ = try vault.session().writePackage(
      since: since, until: until, reports: [("a.html", Array("<p>".utf8))], to: out.take)
    return out.bytes
  }

  private func verify(
    _ bytes: [UInt8], _ key: LogVerifierKey, _ vault: AttackedVault, kept: [SignedNote] = []
  ) async throws -> VerificationReport {
    let path = vault.folder.file("package.tar")
    try Data(bytes).write(to: URL(filePath: path))
    return try await EvidenceVerification.package(path, keys: [key], kept: kept, workers: 2)
  }

  @Test("a package verifies with the log's key alone, and is the same bytes again")
  func packages() async throws {
    let vault = try AttackedVault()
    let key = try key(vault)
    let early = try vault.session().checkpoint()
    let until = SystemClock().now()
    let bytes = try package(vault, until: until)
    let report = try await verify(bytes, key, vault, kept: [early])
    #expect(report.problems.isEmpty && report.openedEntries == report.checkedEntries)
    #expect(report.checkedEntries == Int(try Checkpoint(parsing: early.text).size))
    #expect(try package(vault, until: until) == bytes)
    let stranger = try LogVerifierKey(name: key.name, key: SigningKey.generate().publicKey)
    #expect(try await !verify(bytes, stranger, vault).isOK)
    #expect(throws: VaultError(.notFound, "")) {
      try package(vault, since: LogTime(nanoseconds: 5), until: LogTime(nanoseconds: 6))
    }
  }

  @Test("a package of a later period proves what was before, statements included")
  func laterPeriod() async throws {
    let vault = try AttackedVault()
    let key = try key(vault)
    for _ in 0..<3 { _ = try vault.session().listCustomers(after: nil, limit: 1) }
    var entries: [LogEntry] = []
    try vault.session().readLog(LogQuery()) { entries.append($0) }
    let (since, until) = (entries[6].envelope.time, entries[9].envelope.time)
    let report = try await verify(package(vault, since: since, until: until), key, vault)
    #expect(report.problems.isEmpty)
    #expect((4...8).contains(report.checkedEntries) && report.size >= 10)
  }

  @Test("any changed byte of a package is found, but for the files that are for people")
  func changedPackage() async throws {
    let vault = try AttackedVault()
    let key = try key(vault)
    let bytes = try package(vault)
    var generator = SystemRandomNumberGenerator()
    var offset = 0
    var flips = 0
    while let header = try TarHeader(reading: Array(bytes[offset..<offset + 512])) {
      defer { offset += 512 + header.size + header.padding }
      let isForPeople =
        [PackageLayout.readme, PackageLayout.script, PackageLayout.retention, PackageLayout.sums].contains(
          header.name)
        || header.name.hasPrefix("reports/")
      guard !isForPeople, header.size > 0 else { continue }
      for _ in 0..<(header.name.hasPrefix("entries/") ? 8 : 3) {
        var changed = bytes
        changed[offset + 512 + Int.random(in: 0..<header.size, using: &generator)] ^=
          UInt8(1) << UInt8.random(in: 0..<8)
        #expect(try await !verify(changed, key, vault).isOK, "\(header.name)")
        flips += 1
      }
    }
    #expect(flips > 40)
  }
}
