import Foundation
import Sodium
import Testing

@testable import AuditLog

/// What has bitten other logs (FORMATS.md, section 4), each tried on this one. What is about a whole vault rather than
/// the log's formats is in `VaultTests/Journal/BlindSpotVaultTests.swift`.
@Suite("Blind spots of other logs: formats")
struct BlindSpotTests {
  typealias Numbers = TileDirectoryTests.Numbers

  private func published(_ count: Int) throws -> (ScratchFolder, SampleLog) {
    let folder = try ScratchFolder()
    let log = try SampleLog()
    let numbers = Numbers(count: count)
    try TileDirectory(path: folder.path).publish(try numbers.note(log), from: numbers)
    return (folder, log)
  }

  @Test("a tile is checked against its parent: CVE-2026-56865")
  func tileAgainstParent() throws {
    let (folder, log) = try published(600)
    // Tile and bundle agree with each other, and not with the level above.
    var entries = try TileDirectory(path: folder.path).entries(0..<256)
    entries[7] = Array("another entry".utf8)
    try folder.write(try EntryBundle.encode(entries), to: "tile/entries/000")
    var hashes: [UInt8] = []
    for entry in entries { hashes.append(MerkleTree.leafHash(entry)) }
    try folder.write(hashes, to: "tile/0/000")
    let directory = TileDirectory(path: folder.path)
    #expect(throws: LogError(.inconsistent, "")) {
      try directory.check(keys: [log.logVerifier], origin: SampleLog.origin)
    }
    // Made to fit as well, the level above no longer leads to the signed root.
    var range = CompactRange()
    for entry in entries { range.append(MerkleTree.leafHash(entry)) }
    var parent = try folder.bytes("tile/1/000.p/2")
    parent.replaceSubrange(0..<32, with: range.root.bytes)
    try folder.write(parent, to: "tile/1/000.p/2")
    #expect(throws: LogError(.inconsistent, "")) {
      try directory.check(keys: [log.logVerifier], origin: SampleLog.origin)
    }
    #expect(throws: LogError(.inconsistent, "")) {
      try directory.publish(try Numbers(count: 700).note(log), from: Numbers(count: 700))
    }
  }

  @Test("an index at or beyond the size is no entry")
  func indexBeyondSize() throws {
    let leaves = try Numbers(count: 8).leafHashes(0..<8)
    let root = MerkleTree.root(of: leaves)
    let proof = try MerkleTree.inclusionProof(index: 7, leafHashes: leaves)
    for index in [8, 15, 1 << 32 + 7, UInt64.max] as [UInt64] {
      #expect(throws: LogError(.outOfBounds, "")) {
        try MerkleTree.verifyInclusion(leafHash: leaves[7], index: index, size: 8, proof: proof, root: root)
      }
    }
    #expect(throws: LogError(.outOfBounds, "")) {
      try MerkleTree.verifyInclusion(
        leafHash: leaves[0], index: 0, size: 0, proof: [], root: MerkleTree.emptyRoot)
    }
  }

  @Test("a hash of another length than 32 bytes is read nowhere")
  func hashLength() throws {
    #expect(
      Digest32([UInt8](repeating: 1, count: 31)) == nil && Digest32([UInt8](repeating: 1, count: 33)) == nil)
    let log = try SampleLog(count: 5)
    let short = Base64.encode([UInt8](repeating: 1, count: 31))
    let text =
      "c2sp.org/tlog-proof@v1\nindex 0\n\(short)\n\n" + String(decoding: try log.note().bytes, as: UTF8.self)
    #expect(throws: LogError(.malformed, "")) { try TLogProof(parsing: Array(text.utf8)) }
    #expect(throws: LogError(.malformed, "")) {
      try Checkpoint(parsing: Array("o\n1\n\(short)\n".utf8))
    }
    let proof = try CommittedSet(.all(universe: 5000)).proof(of: 1).encoded
    #expect(throws: LogError(.malformed, "")) { try ChunkProof(decoding: Array(proof.dropLast())) }
    #expect(throws: LogError(.malformed, "")) { try ChunkProof(decoding: Array(proof[..<271])) }
    let (folder, _) = try published(300)
    try folder.write(try folder.bytes("tile/0/001.p/44") + [0], to: "tile/0/001.p/44")
    #expect(throws: LogError.self) {
      try TileDirectory(path: folder.path).publish(
        try Numbers(count: 400).note(SampleLog()), from: Numbers(count: 400))
    }
  }

  @Test("the empty tree has one root, in checkpoints and in proofs")
  func emptyRoot() throws {
    let other = SHA256.hash([1])
    #expect(throws: LogError(.inconsistent, "")) { try Checkpoint(origin: "o", size: 0, root: other) }
    #expect(throws: LogError(.proofFailed, "")) {
      try MerkleTree.verifyConsistency(from: 0, to: 3, oldRoot: other, newRoot: other, proof: [])
    }
    #expect(throws: LogError(.proofFailed, "")) {
      try MerkleTree.verifyConsistency(subtree: 2..<2, size: 3, subtreeRoot: other, root: other, proof: [])
    }
  }

  @Test("the linear part is checked too: a chain of statements that leads elsewhere (immudb, linear-fake)")
  func linearPart() throws {
    // The tree and every signature hold; what was made up is a statement whose predecessor nobody has seen.
    let log = try SampleLog(count: 6)
    try log.append(.governance)
    let fake: JSONValue = ["prev": .digest(SHA256.hash([9])), "type": "grant"]
    let hash = SHA256.hash(try CanonicalJSON.encode(fake))
    try log.rewrite(6) { envelope in
      envelope.statement = fake
      envelope.governance = hash
    }
    #expect(Set(log.problems().map(\.code)) == [.governance])
  }

  @Test("an unsigned or unsealed file never passes: journald 15425")
  func unsigned() throws {
    let (folder, log) = try published(300)
    let directory = TileDirectory(path: folder.path)
    let text = try #require(try directory.note()).text
    for bytes in [text, text + [0x0A], text + Array("\n\u{2014} x AAAAAAAA\n".utf8), []] {
      try folder.write(bytes, to: "checkpoint")
      #expect(throws: LogError.self) {
        try directory.check(keys: [log.logVerifier], origin: SampleLog.origin)
      }
    }
    try FileManager.default.removeItem(atPath: folder.path + "/checkpoint")
    #expect(throws: LogError(.inputOutput, "")) {
      try directory.check(keys: [log.logVerifier], origin: SampleLog.origin)
    }
    let sample = try SampleLog(count: 4)
    for index in sample.entries.indices { sample.entries[index].note = [] }
    #expect(sample.problems().map(\.code) == [.uncovered])
  }

  @Test("a log that is cut off and goes on is found by whoever has seen more: CVE-2023-31438")
  func truncateAndContinue() throws {
    let (folder, log) = try published(600)
    let short = Numbers(count: 500)
    let directory = TileDirectory(path: folder.path)
    #expect(throws: LogError(.inconsistent, "")) { try directory.publish(try short.note(log), from: short) }
    let other = Numbers(count: 700, changed: 550)
    #expect(throws: LogError(.inconsistent, "")) { try directory.publish(try other.note(log), from: other) }
    let whole = try SampleLog(count: 20)
    let seen = try Checkpoint(origin: SampleLog.origin, whole.tree)
    let cut = try SampleLog(count: 12)
    for _ in 0..<15 { try cut.append(.log) }
    #expect(cut.problems().isEmpty)
    #expect(cut.problems(cut.verifier(heads: [seen])).map(\.code) == [.rollback])
  }

  @Test("what is old is not signed with a newer key: CVE-2023-31439")
  func newerKey() throws {
    let log = try SampleLog(count: 10)
    let later = LogVerifier(
      origin: SampleLog.origin, logKeys: [TrustedLogKey(log.logVerifier, sizes: 6...UInt64.max)])
    let problems = log.problems(later)
    #expect(problems.filter { $0.code == .logSignature }.map(\.seq) == [1, 2, 3, 4, 5])
  }

  @Test("no line can be smuggled into a checkpoint, though the log signs it")
  func extensionLine() throws {
    let log = try SampleLog(count: 4)
    let text = try Checkpoint(origin: SampleLog.origin, log.tree).text + Array("smuggled\n".utf8)
    var note = try SignedNote(text: text)
    note.append(try NoteSigner(log.logVerifier).sign(text, with: log.logKey))
    #expect(throws: LogError(.malformed, "")) {
      try Checkpoint.open(note, origin: SampleLog.origin, keys: [log.logVerifier])
    }
    let proof = TLogProof(
      index: 1, hashes: try MerkleTree.inclusionProof(index: 1, leafHashes: log.leafHashes), checkpoint: note)
    #expect(throws: LogError(.malformed, "")) {
      try EntryEvidence(proof: proof, envelope: log.entries[1].envelope).verify(keys: [log.logVerifier])
    }
  }
}
