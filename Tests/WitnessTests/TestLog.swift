import AuditLog
import Foundation
import Sodium

@testable import Witness

/// A log that submits its heads: leaves, a key, nothing else.
struct TestLog {
  final class KeyBox: Sendable {
    let key: SigningKey
    init() { key = SigningKey.generate() }
  }

  let origin: String
  let key: KeyBox
  var leaves: [Digest32] = []

  init(_ origin: String = "example.org/log", count: Int = 0) {
    self.origin = origin
    key = KeyBox()
    for index in 0..<count { append("entry \(index)") }
  }

  mutating func append(_ text: String) { leaves.append(MerkleTree.leafHash(Array(text.utf8))) }

  var verifier: LogVerifierKey {
    get throws { try LogVerifierKey(name: origin, key: key.key.publicKey) }
  }

  func checkpoint() throws -> Checkpoint {
    try Checkpoint(origin: origin, size: UInt64(leaves.count), root: MerkleTree.root(of: leaves))
  }

  func note() throws -> SignedNote {
    var note = try checkpoint().note()
    note.append(try NoteSigner(verifier).sign(note.text, with: key.key))
    return note
  }

  /// The body of a request from an older size.
  func request(from old: Int) throws -> [UInt8] {
    let proof =
      old < leaves.count ? try MerkleTree.consistencyProof(from: UInt64(old), leafHashes: leaves) : []
    return try AddCheckpointRequest(oldSize: UInt64(old), proof: proof, note: note()).encoded
  }
}

/// A witness in a folder of its own.
final class TestWitness {
  let parent: URL
  var folder: String { parent.appending(path: "w").path }
  let identity: WitnessIdentity

  init() throws {
    parent = FileManager.default.temporaryDirectory.appending(path: "witness-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
    identity = try WitnessIdentity.create(in: parent.appending(path: "w").path, name: "example.org/w1")
  }

  deinit { try? FileManager.default.removeItem(at: parent) }

  func service(
    _ logs: [LogVerifierKey], time: UInt64 = 1_700_000_000,
    tell: @escaping @Sendable (WitnessService.Event) -> Void = { _ in }
  ) throws -> WitnessService {
    WitnessService(
      identity: try WitnessIdentity.open(folder), rule: try WitnessRule(logs: logs),
      book: try HeadBook(folder: folder, witness: identity.verifierKey), now: { time }, tell: tell)
  }

  func files(_ place: String) -> [String] {
    ((try? FileManager.default.subpathsOfDirectory(atPath: folder + "/" + place)) ?? []).sorted()
  }

  func text(_ place: String) throws -> String {
    try String(contentsOfFile: folder + "/" + place, encoding: .utf8)
  }
}

extension WitnessService {
  func submit(_ body: [UInt8]) -> Answer { answer(method: "POST", path: "/add-checkpoint", body: body) }
}

extension WitnessService.Answer {
  var text: String { String(decoding: body, as: UTF8.self) }
}
