import Foundation
import Sodium
import Testing
import VaultSQLite
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("The index of accesses")
struct SubjectIndexTests {
  private struct Found: Equatable {
    let seq: UInt64
    let via: Session.Involvement
  }

  private let log: WrittenLog
  private let customers: [Pseudonym]

  init() throws {
    log = try WrittenLog()
    customers = try log.vault.add(40) { _ in [] }
  }

  private var path: String {
    get throws {
      let vault = try log.session().readPublic { $1.governance.vaultID }
      return SubjectIndex.path(in: log.folder.file("state"), vault)
    }
  }

  /// The accesses to a customer but for the reading itself.
  private func found(_ customer: Int, remembers: Bool = true) throws -> [Found] {
    var found: [Found] = []
    try log.session(as: .auditor, remembers: remembers).logEntries(of: customers[customer]) { entry, via in
      if entry.what.action != "audit.read" { found.append(Found(seq: entry.envelope.seq, via: via)) }
    }
    return found
  }

  /// Bulk runs and looks at random; returns whose accesses each entry is.
  private func fill(_ runs: Int, _ seed: UInt64) throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<runs {
      let vault = try log.session().readPublic { $1.governance }
      let session = try AuditSession(vault: vault.vaultID, auditKey: vault.genesis.auditKey, epoch: 1)
      var intent = EntryDraft(.access, Action.scoreRun.rawValue)
      intent.phase = .intent
      var result = intent
      result.phase = .result
      result.ref = try log.write([(intent, try .all(universe: 40))], role: .analyst, session: session)
      var touched = try SubjectSet(universe: 40)
      for ordinal in 0..<UInt64(40) where Bool.random(using: &random) { try touched.insert(ordinal) }
      try log.write([(result, touched)], role: .analyst, session: session, isStored: true)
      try log.write(
        (0..<7).map { _ in (WrittenLog.look(customers.randomElement(using: &random) ?? customers[0]), nil) })
    }
  }

  @Test("gives what a walk through the whole log gives, and goes on from where it was")
  func equalsTheWalk() throws {
    for _ in 0..<4 {
      try fill(5, 1)
      for customer in [0, 17, 39] {
        let walk = try found(customer, remembers: false)
        #expect(try found(customer) == walk)
        #expect(!walk.isEmpty)
      }
    }
  }

  @Test("lets a result of another session spare nobody")
  func foreignResult() throws {
    var intent = EntryDraft(.access, Action.scoreRun.rawValue)
    intent.phase = .intent
    let seq = try log.write([(intent, try .all(universe: 40))], role: .analyst)
    var result = intent
    result.phase = .result
    result.ref = seq
    try log.write([(result, try SubjectSet(universe: 40))], role: .analyst)
    #expect(try found(3) == [Found(seq: seq, via: .set)])
  }

  @Test("is made anew from wherever it was changed, cut off or torn", arguments: 0..<24)
  func tampered(place: Int) throws {
    try fill(6, 2)
    let good = try found(5)
    try fill(1, 3)
    let walk = try found(5, remembers: false)
    _ = try found(5)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let offset = bytes.count * place / 24
    switch place % 3 {
    case 0: bytes[offset] ^= 0x40
    case 1: bytes.removeSubrange(offset...)
    default: bytes += Data(repeating: 7, count: 1000)
    }
    try bytes.write(to: URL(fileURLWithPath: path))
    #expect(try found(5) == walk && walk.starts(with: good))
    #expect(try found(5) == walk)
  }

  @Test("that another vault's auditor made is not believed, nor one under a key that is made up")
  func foreignIndex() throws {
    try fill(3, 4)
    let walk = try found(5, remembers: false)
    let vault = try log.session().readPublic { $1.governance.vaultID }
    try PositionedFile.makeFolder(log.folder.file("state"))
    // An empty index of the whole log, under a key of somebody without the audit key.
    let file = try PositionedFile.openOrCreate(path: path)
    var forged = SubjectIndexFile(file, vault: vault, key: SharedKey(.random()))
    _ = try forged.load { _ in }
    var segment = SubjectIndexSegment(after: CompactRange())
    segment.extend(to: try log.session().readPublic { $1.log.head.range })
    try forged.write(segment, replacingLast: false)
    #expect(try found(5) == walk)
  }

  @Test("of a log that does not continue it is told, and answers nothing")
  func forked() throws {
    try fill(2, 5)
    let saved = try #require(log.store as? InMemoryStore).copy()
    try fill(1, 6)
    _ = try found(5)
    try #require(log.store as? InMemoryStore).replaceRows(by: saved)
    try? FileManager.default.removeItem(atPath: log.folder.file("sample.outer"))
    #expect(throws: (any Error).self) { try found(5) }
  }

  @Test("reads each entry again: one that was changed behind a good index is refused")
  func changedEntry() throws {
    try log.write([(WrittenLog.look(customers[6]), nil)])
    let seq = try log.write([(WrittenLog.look(customers[5]), nil)])
    try fill(1, 7)
    _ = try found(5)
    try log.store.write { writer in
      var row = try #require(try writer.row(Schema.entry, key: [.integer(Int64(seq))]))
      let other = try #require(try writer.row(Schema.entry, key: [.integer(Int64(seq - 1))]))
      row.values[3] = other.values[3]
      try writer.update(Schema.entry, row)
    }
    #expect(throws: VaultError(.integrity, "")) { try found(5) }
    #expect(try !found(6).isEmpty)
  }

  @Test("says nothing to somebody without the audit key")
  func isSealed() throws {
    try log.write((0..<50).map { _ in (WrittenLog.look(customers[5]), nil) })
    _ = try found(5)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(bytes.range(of: Data(customers[5].bytes)) == nil)
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test("finds a packed set's members one by one as the unpacked set has them")
  func packedMembership() throws {
    for universe in [1, 2047, 2048, 2049, 10_000] as [UInt64] {
      for share in [0, 1, 50, 99, 100] {
        var set = try SubjectSet(universe: universe)
        for ordinal in 0..<universe where Int.random(in: 0..<100) < share { try set.insert(ordinal) }
        if universe > 6000 { try set.insert(2048..<6144) }
        let packed = set.packed
        for ordinal in (0..<universe).filter({ _ in Int.random(in: 0..<9) == 0 }) + [
          0, universe - 1, universe, .max,
        ] {
          #expect(try SubjectSet.contains(ordinal, inPacked: packed[...]) == set.contains(ordinal))
        }
      }
    }
    #expect(throws: LogError.self) {
      try SubjectSet.contains(5000, inPacked: SubjectSet.all(universe: 9000).packed[..<19])
    }
  }
}
