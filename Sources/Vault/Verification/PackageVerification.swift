internal import AuditLog
internal import Sodium

/// Verifies the entries of an evidence package, bundle by bundle.
struct PackageVerification {
  private static let width = UInt64(TilePath.width)

  private let files: PackageFiles
  private let start: (note: SignedNote, head: Checkpoint)?
  private let end: SignedNote
  private let range: Range<UInt64>
  private var stack: TileStack
  private var parts = PackageParts()

  /// Takes the entries.
  var verifier: LogVerifier

  /// Reads the heads, the tree before the first bundle, and the statements before it.
  init(
    _ files: PackageFiles, _ keys: [LogVerifierKey], _ kept: [SignedNote], _ walk: inout EvidenceWalk
  ) throws {
    self.files = files
    end = try SignedNote(parsing: try files.required(PackageLayout.end))
    let head = try walk.claim(end, keys)
    var heads = [head]
    if let bytes = try files.read(PackageLayout.start) {
      let note = try SignedNote(parsing: bytes)
      let start = try walk.claim(note, keys)
      guard LogOrigin(start.origin).base == LogOrigin(head.origin).base, start.size > 0,
        start.size <= head.size
      else {
        throw LogError(.inconsistent, "the two checkpoints of the package do not fit each other")
      }
      self.start = (note, start)
      heads.append(start)
    } else {
      start = nil
    }
    range = (start?.head.size ?? 0)..<head.size
    let first = range.lowerBound / Self.width * Self.width
    for kept in kept where try Checkpoint(parsing: kept.text).size >= first {
      heads.append(try walk.claim(kept, keys))
    }
    let frontier = try Self.frontier(try files.required(PackageLayout.frontier), size: first)
    stack = try Self.edge(files, size: first)
    if stack.root != frontier.root {
      walk.report.report(first, .tile, "the tiles of the package do not lead to its frontier")
    }
    try Self.readStatements(files, before: first, head, &walk)
    var position = LogVerifier.Position(tree: frontier)
    if first > 0 {
      let before = try EntryEvidence(name: PackageLayout.before, in: files).verify(under: head)
      guard before.envelope.seq == first - 1 else {
        throw LogError(
          .inconsistent, "the proof of the entry before the first bundle is that of another entry")
      }
      position.state = before.envelope.state
      position.governance = before.envelope.governance
      if walk.governance?.head != before.envelope.governance {
        walk.report.report(first - 1, .governance, "the package lacks a statement of before its first entry")
      }
    }
    verifier = LogVerifier(
      origin: walk.governance?.origin(atSize: first).text ?? LogOrigin(head.origin).base,
      logKeys: try Self.logKeys(files, walk.governance), heads: heads, after: position)
  }

  /// Verifies every bundle, and then what is said of all of them.
  mutating func run(_ walk: inout EvidenceWalk, _ progress: (Int) -> Void) throws {
    checkStart(&walk)
    while verifier.tree.size < range.upperBound {
      let first = verifier.tree.size
      try take(first..<min(first + Self.width, range.upperBound), &walk)
      progress(Int(verifier.tree.size - first))
    }
    for tile in stack.partial { try check(tile, &walk) }
    try checkPolicies(&walk)
    try checkKey(&walk)
    parts.finish(range, &walk.report)
    walk.report.checkedEntries = range.count
  }

  // MARK: - Before the first bundle

  /// The log's keys as they are before the first bundle.
  private static func logKeys(_ files: PackageFiles, _ governance: Governance?) throws -> [TrustedLogKey] {
    if let governance { return try governance.trustedLogKeys() }
    let lines = try files.required(PackageLayout.entries(from: 0, .envelope))
    return try EvidenceWalk.firstKeys([UInt8](lines.prefix { $0 != 0x0A }))
  }

  private static func frontier(_ bytes: [UInt8], size: UInt64) throws(LogError) -> CompactRange {
    var peaks: [Digest32] = []
    let levels = (0..<64).reversed().filter { size >> UInt64($0) & 1 == 1 }
    let lines = bytes.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
    guard lines.count == levels.count else {
      throw LogError(.inconsistent, "the package's frontier does not fit its first entry")
    }
    for (line, level) in zip(lines, levels) {
      guard line.hasPrefix("\(level) "), let bytes = try? Hex.decode(line.dropFirst("\(level) ".count)),
        let peak = Digest32(bytes)
      else { throw LogError(.malformed, "the package's frontier is malformed") }
      peaks.append(peak)
    }
    return try CompactRange(size: size, peaks: peaks)
  }

  private static func edge(_ files: PackageFiles, size: UInt64) throws(LogError) -> TileStack {
    try TileStack(edgeAt: size) { (level, index, width) throws(LogError) in
      // The tile is that of the package's end, which may have grown, or filled up, since.
      for found in (width...TilePath.width).reversed() {
        let path = try TilePath(.hashes(level: level), index: index, width: found)
        if let bytes = try files.read(path.description) { return bytes }
      }
      throw LogError(.inconsistent, "the package lacks a tile at the edge before its first entry")
    }
  }

  private static func readStatements(
    _ files: PackageFiles, before first: UInt64, _ head: Checkpoint, _ walk: inout EvidenceWalk
  ) throws {
    var next: UInt64 = 0
    for line in try files.required(PackageLayout.statements).split(separator: 0x0A) {
      guard let seq = UInt64(String(decoding: line, as: UTF8.self)), seq >= next, seq < first else {
        throw LogError(.malformed, "the package's list of statements is malformed")
      }
      next = seq + 1
      let proven = try EntryEvidence(name: PackageLayout.statement(seq), in: files).verify(under: head)
      guard proven.envelope.seq == seq else {
        throw LogError(.inconsistent, "the proof of statement \(seq) is that of another entry")
      }
      // Who signed the start may have left with the last statement before it.
      walk.endCommit()
      walk.take(proven.envelope)
    }
  }

  /// The head before the range, when it lies at the very beginning of the first bundle.
  private mutating func checkStart(_ walk: inout EvidenceWalk) {
    guard let start, start.head.size == verifier.tree.size else { return }
    verifier.checkpoint(start.note.bytes) { walk.signingKey($0) }
    walk.endCommit()
  }

  // MARK: - Bundles

  private mutating func take(_ seqs: Range<UInt64>, _ walk: inout EvidenceWalk) throws {
    func lines(_ part: PackageLayout.Lines) throws -> [ArraySlice<UInt8>] {
      let name = PackageLayout.entries(from: seqs.lowerBound, part)
      let bytes = try files.required(name)
      guard bytes.last == 0x0A || bytes.isEmpty else { throw LogError(.malformed, "\(name) is cut off") }
      return bytes.dropLast().isEmpty && bytes.isEmpty
        ? [] : bytes.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
    }
    let envelopes = try lines(.envelope)
    let inRange = seqs.clamped(to: range)
    let (what, who) = (try lines(.what), try lines(.who))
    var commits = try Commits(try lines(.commits))
    guard envelopes.count == seqs.count, what.count == inRange.count, who.count == inRange.count else {
      throw LogError(
        .inconsistent, "the package has not as many entries from \(seqs.lowerBound) on as it says")
    }
    try checkBundle(seqs, envelopes, &walk)
    var opened: [PackageParts.Opened] = []
    for (seq, line) in zip(seqs, envelopes) {
      let entry = ReadEntry(Array(line).span)
      let envelope = verifier.consume(seq: seq, entry)
      for tile in stack.append(entry.leafHash) { try check(tile, &walk) }
      if let envelope {
        walk.take(envelope)
        if range.contains(seq) {
          let place = Int(seq - inRange.lowerBound)
          opened += parts.open(envelope, Array(what[place]), Array(who[place]), files, &walk.report)
        }
      }
      let size = verifier.tree.size
      if let start, start.head.size == size {
        verifier.checkpoint(start.note.bytes) { walk.signingKey($0) }
        walk.endCommit()
      }
      guard let note = commits.take(size) else { continue }
      if size == range.upperBound { try checkEnd(note, &walk) }
      let signer = verifier.checkpoint(note) { walk.signingKey($0) }
      walk.report.checkedCheckpoints += 1
      parts.check(signer: signer, walk.states, pending: opened, &walk.report)
      opened.removeAll(keepingCapacity: true)
      walk.endCommit()
    }
    parts.wait(opened)
    if !commits.isEmpty {
      walk.report.report(verifier.tree.size, .checkpoint, "a checkpoint of a size that no commit ended with")
    }
  }

  /// The end is the last commit's own checkpoint, perhaps with lines of witnesses below.
  private func checkEnd(_ note: [UInt8], _ walk: inout EvidenceWalk) throws {
    let commit = try SignedNote(parsing: note)
    if commit.text != end.text || !commit.signatures.allSatisfy({ end.signatures.contains($0) }) {
      walk.report.report(range.upperBound, .checkpoint, "the end is not the checkpoint of the last commit")
    }
  }

  private func checkBundle(
    _ seqs: Range<UInt64>, _ envelopes: [ArraySlice<UInt8>], _ walk: inout EvidenceWalk
  ) throws {
    let path = try TilePath(.entries, index: seqs.lowerBound / Self.width, width: seqs.count)
    if try files.required(path.description) != EntryBundle.encode(envelopes.map { Array($0) }) {
      walk.report.report(
        seqs.lowerBound, .tile, "the bundle \(path) holds other entries than the package's lines")
    }
  }

  private func check(_ tile: TileStack.Tile, _ walk: inout EvidenceWalk) throws {
    let path = try TilePath(.hashes(level: tile.level), index: tile.index, width: tile.hashes.count)
    if try files.required(path.description) != tile.bytes {
      walk.report.report(nil, .tile, "the tile \(path) is not what its entries hash to")
    }
  }

  /// The key that the package holds for its script must be the one that signed the end.
  private func checkKey(_ walk: inout EvidenceWalk) throws {
    guard let governance = walk.governance else { return }
    let key = try governance.verifierKey(atSize: range.upperBound)
    if try files.required(PackageLayout.verifierKey) != Array((key.text + "\n").utf8) {
      walk.report.report(nil, .package, "the package holds another log key than the one that signed its end")
    }
  }

  // MARK: - Policies

  /// Every policy that the genesis or the present state names must be there, and be the one of its hash.
  private func checkPolicies(_ walk: inout EvidenceWalk) throws {
    guard let governance = walk.governance else { return }
    for hash in Set([governance.genesis.policy, governance.policy]).sorted() {
      if BLAKE2b.digest256(try files.required(PackageLayout.policy(hash.description))) != hash {
        walk.report.report(nil, .people, "a policy of the package is not the one that was signed in")
      }
    }
  }

  /// The checkpoints of commits, as a file of the package has them.
  private struct Commits {
    private var rest: [(size: UInt64, note: [UInt8])] = []

    var isEmpty: Bool { rest.isEmpty }

    init(_ lines: [ArraySlice<UInt8>]) throws(LogError) {
      for line in lines.reversed() {
        let parts = line.split(separator: 0x20)
        guard parts.count == 2, let size = UInt64(String(decoding: parts[0], as: UTF8.self)),
          let note = try? Base64.decode(String(decoding: parts[1], as: UTF8.self))
        else { throw LogError(.malformed, "the package's list of checkpoints is malformed") }
        rest.append((size, note))
      }
    }

    /// The note of a commit that ends at this size.
    mutating func take(_ size: UInt64) -> [UInt8]? {
      guard rest.last?.size == size else { return nil }
      return rest.popLast()?.note
    }
  }
}
