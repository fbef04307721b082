import Foundation
import Sodium
import Synchronization
import Testing
import VaultTesting

@testable import AuditLog
@testable import Vault

/// A clock that a test moves.
final class MovedClock: Clock {
  private let days = Mutex<UInt64>(0)
  private let ticks = Mutex<UInt64>(0)
  func move(days number: UInt64) { days.withLock { $0 += number } }
  func now() -> LogTime {
    let tick = ticks.withLock { ticks in
      ticks += 1_000_000
      return ticks
    }
    return LogTime(nanoseconds: 1_764_076_800_000_000_000 + days.withLock { $0 } * 86_400_000_000_000 + tick)
  }
  func monotonic() -> UInt64 { ticks.withLock { $0 } }
}

/// A witness as the protocol has it, in memory.
final class FakeWitness: WitnessTransport {
  struct State {
    var heads: [String: Checkpoint] = [:]
    var logs: [LogVerifierKey] = []
    var isDown = false
    var garbles: (@Sendable ([UInt8]) -> [UInt8])?
    var asked = 0
  }

  let key: RotatedKey
  let state = Mutex(State())
  /// Beside its own line, as a witness with a second kind of key would send.
  let further = NoteSignature(
    name: "example.org/w", keyID: 0x0506_0708, signature: [UInt8](repeating: 9, count: 2428))

  final class RotatedKey: Sendable {
    let key = SigningKey.generate()
  }

  init() { key = RotatedKey() }

  func trust(_ logs: [LogVerifierKey]) { state.withLock { $0.logs = logs } }

  func witness(_ name: String = "w") throws -> VaultWitness {
    VaultWitness(
      checked: name,
      key: try LogVerifierKey(name: "example.org/w", use: .cosignature, key: key.key.publicKey),
      url: "https://w.example")
  }

  func addCheckpoint(to witness: VaultWitness, _ body: [UInt8]) throws(VaultError) -> (
    status: Int, body: [UInt8]
  ) {
    let (down, garbles) = state.withLock { state in
      state.asked += 1
      return (state.isDown, state.garbles)
    }
    guard !down else { throw VaultError(.unavailable, "it is down") }
    do {
      let answer = try judge(body, by: witness.key)
      return (answer.0, garbles?(answer.1) ?? answer.1)
    } catch { throw VaultError(.unavailable, "\(error)") }
  }

  private func judge(_ body: [UInt8], by verifier: LogVerifierKey) throws -> (Int, [UInt8]) {
    let request = try AddCheckpointRequest(parsing: body)
    return try state.withLock { state in
      let rule = try WitnessRule(logs: state.logs)
      switch rule.judge(request, remembered: rule.origin(of: request).flatMap { state.heads[$0] }) {
      case .accepted(let checkpoint, _):
        state.heads[checkpoint.origin] = checkpoint
        let line = try NoteSigner(verifier).cosign(checkpoint, time: 1_764_080_000, with: key.key)
        return (200, Cosignatures.encode([line, further]))
      case .refused(let refusal):
        return (refusal.status, refusal.rememberedSize.map { Array("\($0)\n".utf8) } ?? [])
      }
    }
  }
}

extension VaultWitness {
  /// A witness whose parts are known to be right.
  init(checked name: String, key: LogVerifierKey, url: String) {
    do { try self.init(name: name, key: key, url: url) } catch { fatalError("\(error)") }
  }
}

/// A vault of a few customers with a witness.
final class WitnessedVault {
  let store = InMemoryStore()
  let sample: SampleVault
  let clock = MovedClock()
  let witness = FakeWitness()
  let folder: TemporaryFolder
  let genesisKey: LogVerifierKey

  init(log: String = "", witnessed: Bool = true) throws {
    folder = try TemporaryFolder()
    sample = try SampleVault(
      in: store, wardenPath: folder.file("warden"), policy: Policy.template + log, clock: clock)
    for name in ["Ada Example", "Bert Example"] {
      var fields = FieldRecord()
      try fields.set(.name, to: name.utf8.span)
      _ = try sample.session(as: .steward).addCustomer(fields, purpose: nil)
    }
    genesisKey = try #require(try sample.session().logKeys().first).key
    witness.trust([genesisKey])
    if witnessed { try session().addWitness(witness.witness()) }
  }

  /// A session of the owner, with a way to the witness.
  func session(_ role: Role? = nil, transport: (any WitnessTransport)? = nil, warden: FileWarden? = nil)
    -> Session
  {
    Session(
      Session.Environment(
        store: store, warden: warden ?? sample.warden, identity: sample.owner, clock: clock,
        memoryFolder: nil,
        ballast: nil, origin: "test", witnesses: transport ?? witness),
      role: role, ticket: nil)
  }

  @discardableResult
  func push(_ session: Session? = nil) throws -> [Session.WitnessResult] {
    try (session ?? self.session()).pushHead(through: witness)
  }

  /// Some entries more.
  func work(_ count: Int = 3) throws {
    for _ in 0..<count { try session(.auditor).readLog(LogQuery(), limit: 0) { _ in } }
  }

  func problems(_ policy: TrustPolicy? = nil, kept: SignedNote? = nil, since key: LogVerifierKey? = nil)
    async throws
    -> VerificationReport
  {
    var anchor = LogAnchor()
    anchor.policy = policy
    anchor.kept = kept
    anchor.verifierKey = key ?? genesisKey
    return try await Session.verifyLog(in: store, anchor, workers: 2)
  }

  /// The policy that demands this vault's witness.
  func trust(_ tail: String = "quorum w\n") throws -> TrustPolicy {
    let text = "log \(genesisKey.text)\nwitness w \(try witness.witness().key.text)\n" + tail
    return try TrustPolicy(parsing: Array(text.utf8))
  }

  /// Puts rows and warden back to an earlier moment, as who owns the machine can.
  func moment() throws -> (rows: InMemoryStore, warden: Data) {
    (store.copy(), try Data(contentsOf: URL(filePath: folder.file("warden"))))
  }

  func goBack(to moment: (rows: InMemoryStore, warden: Data)) throws -> FileWarden {
    store.replaceRows(by: moment.rows)
    let path = folder.file("warden-old-\(UUID().uuidString)")
    try moment.warden.write(to: URL(filePath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
    return try FileWarden.open(path: path)
  }

  var size: UInt64 {
    get throws { try session().standing().size }
  }
}

/// The codes of what a verification found.
func codes(_ report: VerificationReport) -> Set<String> { Set(report.problems.map(\.code.name)) }
