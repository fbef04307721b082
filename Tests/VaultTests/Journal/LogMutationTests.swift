import Foundation
import Sodium
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

/// A thousand ways to change a log behind its back (a hundred in a short run), all of them found.
@Suite("Mutations of a log")
struct LogMutationTests {
  static let isSoak = ProcessInfo.processInfo.environment["CRMVAULT_SOAK"] == "1"
  static let count = isSoak ? 1000 : 110
  static let original = Result { try MutableLog.Original() }
  static let other = Result { try MutableLog.Original() }

  enum Mutation: String, CaseIterable {
    case drop = "an entry is dropped"
    case edit = "a byte of an envelope is changed"
    case insert = "an entry is put in a second time"
    case reorder = "two entries change places"
    case truncate = "the newest commits are cut off"
    case swapVaults = "a row is put in from another vault"
    case swapPart = "a sealed part is put under another envelope"
    case swapSession = "a session's key is exchanged"
    case forgeCheckpoint = "a member with the log's key signs a checkpoint over other entries"
    case slipState = "a member slips a state into an access entry and signs everything behind it"
    case resign = "the operator edits an entry and signs everything behind it"
  }

  @Test("each is found", arguments: Mutation.allCases)
  func mutations(_ mutation: Mutation) async throws {
    var generator = Seeded(seed: UInt64(Mutation.allCases.firstIndex(of: mutation) ?? 0) + 1)
    var anchor = LogAnchor()
    anchor.warden = try Self.original.get().sample.warden
    for round in 0..<Self.count / Mutation.allCases.count {
      var log = try MutableLog(Self.original.get())
      let before = try Self.fingerprint(log)
      let detail = try Self.apply(mutation, to: &log, &generator)
      guard try Self.fingerprint(log) != before else { continue }
      let found = try await log.problems(anchor)
      #expect(!found.isEmpty, "\(mutation.rawValue), round \(round): \(detail)")
    }
  }

  @Test("an untouched log has none")
  func untouched() async throws {
    let log = try MutableLog(Self.original.get())
    var anchor = LogAnchor()
    anchor.warden = try Self.original.get().sample.warden
    #expect(try await log.problems(anchor).isEmpty)
    #expect(try await log.problems(anchor, withAuditKey: false).isEmpty)
  }

  @Test(
    "what an operator edits among his own newest entries is found by warden, machine, auditor or witness alone"
  )
  func operatorAlone() async throws {
    let original = try Self.original.get()
    let honest = try MutableLog(original)
    let size = honest.entries.count
    let note = try SignedNote(parsing: try #require(honest.checkpoints[size]).note)
    var log = honest
    try log.rewrite(size - 3) { $0.time = LogTime(nanoseconds: $0.time.nanoseconds - 1_000_000_000) }
    try log.sign(from: size - 3, as: original.owner)
    // Whoever has seen nothing before cannot tell: docs/threat-model.md says so.
    #expect(try await log.problems().isEmpty)

    var warden = LogAnchor()
    warden.warden = original.sample.warden
    #expect(try await log.problems(warden) == ["rollback"])

    // Another user's machine remembers the head that it saw.
    let folder = try TemporaryFolder()
    let head = try original.store.read { try VerifiedLog($0, remembered: []).head.range }
    let vault = try #require(VaultID(Hexadecimal.bytes(original.key.name.dropFirst("crmvault/".count)) ?? []))
    try ClientMemory(folder: folder.file("state"), vaultID: vault).store(try #require(RememberedHead(head)))
    var machine = LogAnchor()
    machine.memoryFolder = folder.file("state")
    #expect(try await log.problems(machine) == ["rollback"])

    // An auditor's checkpoint, or the one that a witness has cosigned.
    let witness = SigningKey.generate()
    let name = try LogVerifierKey(name: "witness.example/w", use: .cosignature, key: witness.publicKey)
    var cosigned = note
    cosigned.append(
      try NoteSigner(name).cosign(Checkpoint(parsing: note.text), time: 1_764_000_000, with: witness))
    for kept in [note, cosigned] {
      var anchor = LogAnchor()
      anchor.kept = kept
      #expect(try await log.problems(anchor) == ["rollback"])
    }
  }

  @Test("without any memory, the auditor still finds an edit of somebody else's entries")
  func othersEntries() async throws {
    let original = try Self.original.get()
    var log = try MutableLog(original)
    let seq = try #require(
      log.entries.indices.first { log.entries[$0].kind == .integer(1) && $0 > 8 })
    try log.rewrite(seq) { $0.time = LogTime(nanoseconds: $0.time.nanoseconds - 1) }
    try log.sign(from: seq, as: original.member)
    #expect(try await log.problems() == ["actor"])
  }

  // MARK: - Mutations

  private static func apply(
    _ mutation: Mutation, to log: inout MutableLog, _ generator: inout Seeded
  ) throws -> String {
    let count = log.entries.count
    let first = Int.random(in: 0..<count, using: &generator)
    let second = Int.random(in: 0..<count, using: &generator)
    // Half of them are made by whoever holds keys, and make everything fit that these keys can make fit.
    let isMember = Bool.random(using: &generator)
    let user = Bool.random(using: &generator) ? log.original.owner : log.original.member
    switch mutation {
    case .drop:
      log.entries.remove(at: first)
      if isMember {
        try log.renumber(from: first)
        log.checkpoints[first + 1] = nil
        log.shiftCheckpoints(from: first, by: -1)
        try log.sign(from: first, as: user)
      }
    case .edit:
      let byte = Int.random(in: 0..<log.entries[first].envelope.count, using: &generator)
      log.entries[first].envelope[byte] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
      if isMember { try log.sign(from: first, as: user) }
    case .insert:
      log.entries.insert(log.entries[second], at: first)
      if isMember {
        try log.renumber(from: first)
        log.shiftCheckpoints(from: first, by: 1)
        try log.sign(from: first, as: user)
      }
    case .reorder:
      log.entries.swapAt(first, second)
      if isMember, first != second {
        try log.renumber(from: min(first, second))
        try log.sign(from: min(first, second), as: user)
      }
    case .truncate:
      let size = log.checkpoints.keys.sorted()[
        Int.random(in: 1..<log.checkpoints.count - 1, using: &generator)]
      log.entries.removeSubrange(size...)
      log.checkpoints = log.checkpoints.filter { $0.key <= size }
      log.statements.removeAll { $0.values[0] >= size }
      let used = Set(log.entries.map(\.session))
      log.sessions.removeAll { !used.contains($0.values[0]) }
    case .swapVaults: try swapVaults(&log, first, second, &generator)
    case .swapPart:
      if isMember {
        (log.entries[first].what, log.entries[second].what) = (
          log.entries[second].what, log.entries[first].what
        )
      } else {
        (log.entries[first].who, log.entries[second].who) = (log.entries[second].who, log.entries[first].who)
      }
    case .swapSession:
      let (one, two) = (first % log.sessions.count, second % log.sessions.count)
      if isMember {
        log.entries[first].session = log.sessions[two].values[0]
      } else {
        let sealed = log.sessions[one].values[2]
        log.sessions[one].values[2] = log.sessions[two].values[2]
        log.sessions[two].values[2] = sealed
      }
    case .forgeCheckpoint:
      try log.rewrite(first) { $0.time = LogTime(nanoseconds: $0.time.nanoseconds + 1) }
      try log.sign(from: isMember ? first : 0, as: log.original.member)
    case .slipState:
      let access = try log.entries.indices.filter {
        try !Envelope(decoding: log.entries[$0].envelope).kind.mayChangeState
      }
      let seq = access[first % access.count]
      try log.rewrite(seq) { $0.state = SHA256.hash([1]) }
      if isMember {
        for later in seq + 1..<count
        where try !Envelope(decoding: log.entries[later].envelope).kind.mayChangeState {
          try log.rewrite(later) { $0.state = SHA256.hash([1]) }
        }
      }
      try log.sign(from: seq, as: user)
    case .resign:
      try log.rewrite(first) { $0.time = LogTime(nanoseconds: $0.time.nanoseconds - 1_000) }
      try log.sign(from: first, as: log.original.owner)
    }
    return "\(first), \(second), \(isMember)"
  }

  private static func swapVaults(
    _ log: inout MutableLog, _ first: Int, _ second: Int, _ generator: inout Seeded
  ) throws {
    let other = try MutableLog(Self.other.get())
    let seq = first % min(log.entries.count, other.entries.count)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: log.entries[seq].envelope = other.entries[seq].envelope
    case 1: log.entries[seq].what = other.entries[seq].what
    case 2: log.entries[seq].who = other.entries[seq].who
    case 3:
      log.sessions[seq % log.sessions.count].values[2] = other.sessions[seq % other.sessions.count].values[2]
    default:
      let sizes = log.checkpoints.keys.filter { other.checkpoints[$0] != nil }.sorted()
      let size = sizes[second % sizes.count]
      log.checkpoints[size]?.note = other.checkpoints[size]?.note ?? []
    }
  }

  private static func fingerprint(_ log: MutableLog) throws -> [Digest32] {
    var parts: [[UInt8]] = log.entries.flatMap { entry in
      [entry.envelope] + [entry.what, entry.who, entry.session].map { Array("\($0)".utf8) }
    }
    for size in log.checkpoints.keys.sorted() { parts.append(log.checkpoints[size]?.note ?? []) }
    for row in log.sessions { parts.append(Array("\(row)".utf8)) }
    return parts.map { SHA256.hash($0) }
  }

  /// SplitMix64: the same mutations in every run.
  struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return z ^ z >> 31
    }
  }
}

extension Value {
  fileprivate static func >= (left: Value, right: Int) -> Bool {
    if case .integer(let number) = left { number >= Int64(right) } else { false }
  }
}
