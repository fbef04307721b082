import Foundation
import Sodium
import Testing

@testable import AuditLog

@Suite("Tile paths")
struct TilePathTests {
  @Test("paths are those of the specification")
  func paths() throws {
    #expect(try TilePath(.hashes(level: 0), index: 1_234_067).description == "tile/0/x001/x234/067")
    #expect(try TilePath(.hashes(level: 63), index: 0, width: 1).description == "tile/63/000.p/1")
    #expect(try TilePath(.entries, index: 999, width: 255).description == "tile/entries/999.p/255")
    #expect(try TilePath(.entries, index: 1000).description == "tile/entries/x001/000")
    #expect(throws: LogError(.outOfBounds, "")) { try TilePath(.hashes(level: 64), index: 0) }
    #expect(throws: LogError(.outOfBounds, "")) { try TilePath(.entries, index: 0, width: 0) }
    #expect(throws: LogError(.outOfBounds, "")) { try TilePath(.entries, index: 0, width: 257) }
  }

  @Test("widths follow from the size")
  func widths() {
    #expect(TilePath.width(level: 0, index: 0, size: 256) == 256)
    #expect(TilePath.width(level: 0, index: 1, size: 256) == 0)
    #expect(TilePath.width(level: 1, index: 0, size: 70_000) == 256)
    #expect(TilePath.width(level: 1, index: 1, size: 70_000) == 17)
    #expect(TilePath.width(level: 2, index: 0, size: 70_000) == 1)
    #expect(TilePath.width(level: 8, index: 0, size: .max) == 0)
    #expect(TilePath.width(level: 0, index: .max, size: .max) == 0)
  }

  @Test("tiles of every level fill up, and the stack has the root of the tree")
  func stack() {
    var stack = TileStack()
    var full: [TileStack.Tile] = []
    let leaf = MerkleTree.leafHash([UInt8]())
    for _ in 0..<65_537 { full += stack.append(leaf) }
    #expect(full.filter { $0.level == 0 }.map(\.index) == Array(0..<256))
    #expect(full.filter { $0.level == 1 }.map(\.index) == [0])
    #expect(stack.partial.map(\.level) == [0, 2])
    #expect(stack.partial.map(\.index) == [256, 0])
    #expect(stack.root == MerkleTree.root(of: Array(repeating: leaf, count: 65_537)))
  }

  @Test("a bundle that is cut off or of another number is refused")
  func bundles() throws {
    let entries: [[UInt8]] = [[], [1], [2, 3]]
    let bytes = try EntryBundle.encode(entries)
    #expect(bytes == [0, 0, 0, 1, 1, 0, 2, 2, 3])
    #expect(try EntryBundle.decode(bytes, count: 3) == entries)
    #expect(throws: LogError(.malformed, "")) { try EntryBundle.decode(bytes, count: 2) }
    for length in [1, 3, 8] {
      #expect(throws: LogError(.malformed, "")) { try EntryBundle.decode(Array(bytes[..<length]), count: 3) }
    }
    let long = [UInt8](repeating: 0, count: 65_536)
    #expect(throws: LogError(.outOfBounds, "")) { try EntryBundle.encode([long]) }
  }
}

@Suite("Tile directory")
struct TileDirectoryTests {
  /// A log of short entries that are no envelopes, to be published at any size.
  struct Numbers: LogSource {
    var count: Int
    var changed: Int?

    func entries(_ range: Range<UInt64>) throws(LogError) -> [[UInt8]] {
      range.map { Array("entry \($0 == changed.map(UInt64.init) ? 0 : $0 + 1)".utf8) }
    }

    func note(_ log: SampleLog) throws -> SignedNote {
      let leaves = try leafHashes(0..<UInt64(count))
      let checkpoint = try Checkpoint(
        origin: SampleLog.origin, size: UInt64(count), root: MerkleTree.root(of: leaves))
      var note = try checkpoint.note()
      note.append(try NoteSigner(log.logVerifier).sign(note.text, with: log.logKey))
      return note
    }
  }

  private func publish(_ numbers: Numbers, to folder: ScratchFolder) throws {
    let log = try SampleLog()
    try TileDirectory(path: folder.path).publish(try numbers.note(log), from: numbers)
  }

  @discardableResult
  private func check(_ folder: ScratchFolder) throws -> Checkpoint {
    try TileDirectory(path: folder.path).check(keys: [try SampleLog().logVerifier], origin: SampleLog.origin)
  }

  @Test(
    "a published log reads back, and checks with nothing but a public key",
    arguments: [0, 1, 255, 256, 257, 700])
  func roundTrip(count: Int) throws {
    let folder = try ScratchFolder()
    try publish(Numbers(count: count), to: folder)
    #expect(try check(folder).size == UInt64(count))
    guard count > 0 else { return }
    let range = UInt64(count) / 2..<UInt64(count)
    #expect(try TileDirectory(path: folder.path).entries(range) == Numbers(count: count).entries(range))
  }

  @Test("it is the layout of the specification")
  func layout() throws {
    let folder = try ScratchFolder()
    try publish(Numbers(count: 700), to: folder)
    #expect(
      try Set(folder.files) == [
        "checkpoint", "tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2", "tile/entries/000",
        "tile/entries/001", "tile/entries/002.p/188",
      ])
    #expect(try folder.bytes("tile/0/001").count == 8192)
    #expect(try folder.bytes("tile/1/000.p/2").count == 64)
  }

  @Test("publishing goes on from any size to any other, and ends in the same files")
  func continuing() throws {
    let folder = try ScratchFolder()
    for count in [0, 3, 3, 255, 256, 600, 1100] { try publish(Numbers(count: count), to: folder) }
    #expect(try check(folder).size == 1100)
    let fresh = try ScratchFolder()
    try publish(Numbers(count: 1100), to: fresh)
    for name in try fresh.files { #expect(try fresh.bytes(name) == folder.bytes(name), "\(name)") }
  }

  @Test("a folder that holds another log, a fork or a longer log is left as it is")
  func refusing() throws {
    let folder = try ScratchFolder()
    try publish(Numbers(count: 300), to: folder)
    let before = try folder.files.sorted()
    #expect(throws: LogError(.inconsistent, "")) { try publish(Numbers(count: 299), to: folder) }
    #expect(throws: LogError(.inconsistent, "")) { try publish(Numbers(count: 400, changed: 5), to: folder) }
    let log = try SampleLog()
    let foreign = try Checkpoint(origin: "other", size: 400, root: SHA256.hash([1])).note()
    var signed = foreign
    signed.append(try NoteSigner(log.logVerifier).sign(foreign.text, with: log.logKey))
    #expect(throws: LogError(.wrongOrigin, "")) {
      try TileDirectory(path: folder.path).publish(signed, from: Numbers(count: 400))
    }
    #expect(try folder.files.sorted() == before)
    try check(folder)
  }

  @Test("a checkpoint that the log does not lead to is not published")
  func wrongCheckpoint() throws {
    let folder = try ScratchFolder()
    let note = try Numbers(count: 10, changed: 3).note(try SampleLog())
    #expect(throws: LogError(.inconsistent, "")) {
      try TileDirectory(path: folder.path).publish(note, from: Numbers(count: 10))
    }
    #expect(try folder.files.isEmpty)
  }

  @Test("a changed tile, entry or checkpoint is found: no tile is believed for itself")
  func tampering() throws {
    for name in ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "checkpoint"] {
      let folder = try ScratchFolder()
      try publish(Numbers(count: 300), to: folder)
      var bytes = try folder.bytes(name)
      bytes[bytes.count - 5] ^= 1
      try folder.write(bytes, to: name)
      #expect(throws: LogError.self, "\(name)") { try check(folder) }
    }
  }

  @Test("a published vault log is verified entry by entry from its files alone")
  func publishedLog() throws {
    let folder = try ScratchFolder()
    let log = try SampleLog(count: 20)
    let directory = TileDirectory(path: folder.path)
    try directory.publish(try log.note(), from: log)
    var verifier = log.verifier()
    try directory.check(keys: [log.logVerifier, log.userVerifier], origin: SampleLog.origin) { seq, entry in
      verifier.consume(seq: seq, envelope: entry.span, sealed: nil)
    }
    let user = log.userKey.publicKey
    verifier.checkpoint(try #require(try directory.note()).bytes) { _ in user }
    #expect(verifier.finish().isEmpty)
  }

  // Skipped where the public vectors are absent.
  @Test(
    "the log that Tessera wrote verifies from its files, at each of its sizes",
    .enabled(if: Vectors.arePresent, "\(Vectors.absence)"))
  func tessera() throws {
    let key = try LogVerifierKey(
      "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx")
    let folder = Vectors.folder.appending(path: "tessera_testlog")
    let directory = TileDirectory(path: folder.path)
    let head = try directory.check(keys: [key], origin: key.name)
    #expect(head.size == 15)
    let leaves = try directory.leafHashes(0..<15)
    for size in 0...15 {
      let note = try SignedNote(
        parsing: Array(try Data(contentsOf: folder.appending(path: "checkpoint.\(size)"))))
      let old = try Checkpoint.open(note, origin: key.name, keys: [key]).checkpoint
      #expect(old.size == UInt64(size))
      #expect(old.root == MerkleTree.root(of: Array(leaves[..<size])))
      try MerkleTree.verifyConsistency(
        from: old.size, to: head.size, oldRoot: old.root, newRoot: head.root,
        proof: try MerkleTree.consistencyProof(from: old.size, leafHashes: leaves))
    }
    // Publishing the same entries gives the same files.
    let copy = try ScratchFolder()
    try TileDirectory(path: copy.path).publish(try #require(try directory.note()), from: directory)
    for name in try copy.files {
      #expect(try copy.bytes(name) == Array(try Data(contentsOf: folder.appending(path: name))), "\(name)")
    }
  }
}
