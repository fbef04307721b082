import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

@Suite("Erasure under attack")
struct ErasureAttackTests {
  /// Marks a customer as erased behind the vault's back.
  private static func mark(_ bench: RightsBench, _ id: Pseudonym) throws {
    let ordinal = Int64(try bench.ordinal(id))
    try bench.store.write { writer in
      try writer.update(Schema.directory, Row([.integer(ordinal), .blob(id.bytes), .integer(2), .null]))
    }
  }

  @Test func `a directory that calls somebody erased without a statement is tampering and touches no slot`()
    async throws
  {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let before = try Data(contentsOf: URL(fileURLWithPath: bench.wardenPath))
    try Self.mark(bench, id)
    #expect(
      code { _ = try bench.reopened(.steward).showCustomer(id, purpose: nil, reveal: .nothing) }
        == "integrity")
    #expect(code { _ = try bench.reopened(.steward).listCustomers(after: nil, limit: 9) } == "integrity")
    #expect(code { _ = try bench.score() } == "integrity")
    #expect(try bench.slot(.identity, id) == .live && bench.slot(.behavior, id) == .live)
    let after = try Data(contentsOf: URL(fileURLWithPath: bench.wardenPath))
    #expect(after.dropFirst(8192) == before.dropFirst(8192))
    #expect(try await !bench.problems(deep: false).isEmpty)
  }

  @Test func `an erasure under way that nobody has stated is tampering and takes nothing away`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    try bench.store.write { try $0.insert(Schema.erasureRun, Row([.integer(2)])) }
    #expect(
      code { _ = try bench.reopened(.steward).showCustomer(id, purpose: nil, reveal: .nothing) }
        == "integrity")
    #expect(try bench.rows(Schema.record) == 3)
  }

  @Test func `a killed erasure is finished by the next opening, whoever opens`() async throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let ordinal = try bench.ordinal(id)
    // Killed behind the statement: a warden that fails is as good as a kill.
    let failing = Session(
      Session.Environment(
        store: bench.store, warden: FailingWarden(bench.vault.warden), identity: bench.vault.owner,
        clock: SystemClock(), memoryFolder: nil, ballast: nil, origin: "test"),
      role: .privacyOfficer, ticket: nil)
    #expect(throws: WardenError.self) {
      try failing.eraseSubject(id, ErasureTests.everything, purpose: nil, isDryRun: false)
    }
    #expect(try bench.slot(.identity, id) == .live && bench.rows(Schema.erasureRun) == 1)
    // A custodian has no key of any class: the keys go, the rows wait.
    _ = try bench.reopened(.custodian).standing()
    for dataClass in DataClass.allCases { #expect(try bench.slot(dataClass, id) == .erased) }
    #expect(try bench.rows(Schema.record) == 3)
    #expect(
      code { _ = try bench.reopened(.agent).showCustomer(id, purpose: nil, reveal: .nothing) } == "not_found")
    #expect(try bench.rows(Schema.record) == 0 && bench.rows(Schema.erasureRun) == 0)
    let state = try bench.store.read { try Directory.entry(ordinal, $0)?.state }
    #expect(state == .erased)
    #expect(try bench.rows(Schema.blindIndex) == 0)
    #expect(try await bench.problems() == [])
  }

  @Test func `an old copy of the warden's file is brought up to date by the next opening`() async throws {
    let bench = try RightsBench()
    let ids = try (1...3).map { try bench.customer($0) }
    let old = try Data(contentsOf: URL(fileURLWithPath: bench.wardenPath))
    try ErasureTests.erase(bench, ids[0])
    try ErasureTests.erase(bench, ids[1], [.identity])
    try old.write(to: URL(fileURLWithPath: bench.wardenPath))
    #expect(try bench.slot(.identity, ids[0]) == .live)
    _ = try bench.reopened(.auditor).standing()
    #expect(try bench.slot(.identity, ids[0]) == .erased && bench.slot(.behavior, ids[0]) == .erased)
    #expect(try bench.slot(.identity, ids[1]) == .erased && bench.slot(.behavior, ids[1]) == .live)
    #expect(try bench.slot(.identity, ids[2]) == .live)
    #expect(try await bench.problems() == [])
  }

  @Test func `no old copy of the rows opens after an erasure, with every key that is left`() throws {
    let bench = try RightsBench()
    let id = try bench.customer(1)
    let ordinal = try bench.ordinal(id)
    let old = try bench.store.read { reader in
      try DataClass.allCases.flatMap { try SealedRecord.all($0, ordinal, reader) }
    }
    #expect(old.count == 3)
    try ErasureTests.erase(bench, id)
    let warden = try FileWarden.open(path: bench.wardenPath)
    let receipt = AccessReceipt(
      mintedFor: 0, classes: ErasureTests.everything, subjects: .one(ordinal), maySearch: true, mayEnrol: true
    )
    for record in old {
      #expect(throws: WardenError(.erased, "")) {
        _ = try warden.key(of: record.address.dataClass, ordinal: ordinal, for: receipt)
      }
      #expect(throws: WardenError(.erased, "")) {
        _ = try warden.enrol([ordinal], classes: [record.address.dataClass], for: receipt)
      }
    }
    // What lies in the slots is no key: the 32 bytes are zero.
    let file = try Data(contentsOf: URL(fileURLWithPath: bench.wardenPath))
    for dataClass in DataClass.allCases {
      let start = Int(SlotLayout.offset(of: dataClass, ordinal)) + SlotLayout.keyStart
      #expect(file[start..<start + 32].allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: [Role.steward, .agent, .analyst, .auditor])
  func `the chain refuses an erasure that a privacy officer has not signed`(role: Role) throws {
    var chain = try ChainBench()
    let stranger = SecretIdentity.generate(name: "mallory")
    try chain.say(.addUser(Statement.Member(stranger.identity)), by: chain.custodian)
    let grant = try chain.say(
      .grantRole(user: stranger.keyID, role: role, expires: chain.soon), by: chain.custodian)
    let member = role == .agent ? chain.agent : chain.custodian
    try chain.say(
      .confirmRole(grant: grant.hash, user: stranger.keyID, role: role, epoch: 1), by: member)
    let orders: [Statement.SubjectOrder] = [
      .erase([0], [.identity]), .restrict([0]), .hold([0], [.identity], until: nil),
    ]
    for order in orders { #expect(try chain.code(.subject(order), by: stranger) == .integrity) }
  }

  @Test func `the chain refuses a replayed erasure, and one of what is held`() throws {
    var chain = try ChainBench()
    let officer = chain.custodian
    let erasure = try chain.say(.subject(.erase([3, 5], [.identity])), by: officer)
    #expect(chain.governance.subjects.erasedClasses(of: 5) == [.identity])
    #expect(chain.code(erasure) == .integrity)
    try chain.say(.subject(.hold([7], [.behavior], until: nil)), by: officer)
    #expect(try chain.code(.subject(.erase([7], [.behavior])), by: officer) == .integrity)
    #expect(try chain.code(.subject(.erase([7], [.identity])), by: officer) == nil)
    #expect(try chain.code(.subject(.hold([3], [.identity], until: nil)), by: officer) == .integrity)
    #expect(try chain.code(.subject(.unrestrict([3])), by: officer) == .integrity)
    try chain.say(.subject(.release([7], [.behavior])), by: officer)
    #expect(try chain.code(.subject(.erase([7], [.behavior])), by: officer) == nil)
  }

  @Test func `orders come back from their statements, and malformed ones are refused`() throws {
    let chain = try ChainBench()
    for order: Statement.SubjectOrder in [
      .erase([0, 9], [.identity, .score]), .restrict([1]), .unrestrict([1, 2]),
      .hold([4], [.consent], until: chain.soon), .hold([4], [.consent], until: nil),
      .release([4], [.consent]),
    ] {
      let statement = try chain.sign(.subject(order), by: chain.custodian)
      #expect(try Statement(statement.json).content == .subject(order))
    }
    for order: Statement.SubjectOrder in [
      .erase([2, 1], [.identity]), .erase([], [.identity]), .erase([1], []),
    ] {
      let statement = try chain.sign(.subject(order), by: chain.custodian)
      #expect(throws: VaultError(.integrity, "")) { try Statement(statement.json) }
    }
  }
}

/// A warden that fails when it is to erase.
final class FailingWarden: Warden {
  private let base: any Warden
  init(_ base: any Warden) { self.base = base }

  var fileID: [UInt8] { base.fileID }
  func finish(_ erasures: [ErasureOrder]) throws(WardenError) {
    guard erasures.isEmpty else { throw WardenError(.io, "killed here") }
  }
  func load(
    _ keys: inout CustomerKeys, of dataClass: DataClass, in ordinals: Range<UInt64>,
    for receipt: borrowing AccessReceipt
  ) throws(WardenError) { try base.load(&keys, of: dataClass, in: ordinals, for: receipt) }
  func verify(vaultID: VaultID, fileID: [UInt8]) throws(WardenError) {
    try base.verify(vaultID: vaultID, fileID: fileID)
  }
  func head() throws(WardenError) -> RememberedHead? { try base.head() }
  func remember(_ head: RememberedHead) throws(WardenError) { try base.remember(head) }
  func highestOrdinal() throws(WardenError) -> UInt64? { try base.highestOrdinal() }
  func key(
    of dataClass: DataClass, ordinal: UInt64, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Key<CustomerKeyPurpose> {
    try base.key(of: dataClass, ordinal: ordinal, for: receipt)
  }
  func enrol(
    _ ordinals: [UInt64], classes: [DataClass], for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> EnrolledKeys { try base.enrol(ordinals, classes: classes, for: receipt) }
  func indexDigest(
    inner: Digest32, epoch: UInt32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32 { try base.indexDigest(inner: inner, epoch: epoch, for: receipt) }
  func matchingDigest(
    inner: Digest32, for receipt: borrowing AccessReceipt
  ) throws(WardenError) -> Digest32 { try base.matchingDigest(inner: inner, for: receipt) }
  func pseudonyms() -> PseudonymRule { base.pseudonyms() }
  func budgetCharges() throws(WardenError) -> [BudgetCharge] { try base.budgetCharges() }
  func charge(_ charges: [BudgetCharge]) throws(WardenError) { try base.charge(charges) }
  func slotStates(of dataClass: DataClass, in ordinals: Range<UInt64>) throws(WardenError) -> [SlotState] {
    try base.slotStates(of: dataClass, in: ordinals)
  }
}
