import Sodium
import Testing

@testable import AuditLog

@Suite("Checkpoint")
struct CheckpointTests {
  private let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

  private func checkpoint(_ text: String) throws -> Checkpoint { try Checkpoint(parsing: Array(text.utf8)) }

  @Test("three lines are read and written back")
  func roundTrip() throws {
    let text = "origin\n0\n\(root)\n"
    let read = try checkpoint(text)
    #expect(read.root == MerkleTree.emptyRoot)
    #expect(read.text == Array(text.utf8))
    #expect(try checkpoint("origin\n18446744073709551615\n\(root)\n").size == .max)
  }

  @Test("an extension line cannot be smuggled in, nor anything else")
  func malformed() {
    let texts = [
      "origin\n1\n\(root)\nextension\n", "origin\n1\n\(root)\n\n", "origin\n1\n\(root)",
      "origin\n01\n\(root)\n",
      "origin\n+1\n\(root)\n", "origin\n-1\n\(root)\n", "origin\n\n\(root)\n", "\n1\n\(root)\n",
      "origin\n1\n",
      "origin\n18446744073709551616\n\(root)\n", "origin\n1 \n\(root)\n", "origin\n1\n\(root.dropLast())\n",
      "origin\n1\n\(root.dropLast(2))V=\n", "origin\n1\n\(root)\(root)\n", "origin\n1\nAAAA\n",
    ]
    for text in texts { #expect(throws: LogError(.malformed, ""), "\(text)") { try checkpoint(text) } }
  }

  @Test("size 0 goes with the root of the empty tree only")
  func emptyTree() throws {
    let other = SHA256.hash([1])
    #expect(throws: LogError(.inconsistent, "")) { try Checkpoint(origin: "o", size: 0, root: other) }
  }

  @Test("it opens for its own log, and for no other; the signature of a user alone is not the log's")
  func opening() throws {
    let log = try SampleLog(count: 3)
    let note = try log.note()
    let opened = try Checkpoint.open(
      note, origin: SampleLog.origin, keys: [log.logVerifier, log.userVerifier])
    #expect(opened.checkpoint.size == 3)
    #expect(opened.signatures.count == 2)
    #expect(throws: LogError(.wrongOrigin, "")) {
      try Checkpoint.open(note, origin: "crmvault/other", keys: [log.logVerifier])
    }
    #expect(throws: LogError(.unsigned, "")) {
      try Checkpoint.open(note, origin: SampleLog.origin, keys: [log.userVerifier])
    }
  }

  @Test("a witness's cosignature verifies and says when")
  func cosigning() throws {
    let log = try SampleLog(count: 2)
    let secret = SigningKey.generate()
    let witness = try LogVerifierKey(name: "witness", use: .cosignature, key: secret.publicKey)
    var note = try log.note()
    let head = try Checkpoint(parsing: note.text)
    note.append(try NoteSigner(witness).cosign(head, time: 1_700_000_000, with: secret))
    note = try SignedNote(parsing: note.bytes)
    #expect(note.signatures[2].signature.count == 72)
    let verified = try note.verify(against: [witness])
    #expect(verified.map(\.time) == [1_700_000_000])
    // Another time under the same signature is a forgery.
    var blob = note.signatures[2].signature
    blob[7] ^= 1
    var forged = try log.note()
    forged.append(NoteSignature(name: "witness", keyID: witness.id, signature: blob))
    #expect(throws: LogError(.badSignature, "")) { try forged.verify(against: [witness]) }
    #expect(throws: LogError(.wrongKey, "")) { try NoteSigner(witness).sign(note.text, with: secret) }
  }
}
