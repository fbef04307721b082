internal import AuditLog
internal import Sodium

/// Puts the files of an evidence package together, one after the other, in constant memory.
struct PackageAssembly {
  private static let width = UInt64(TilePath.width)

  private let store: any Store
  private let log: StoredLog
  private let governance: Governance
  private let rules: LogRules
  /// The key that signed the end.
  private let key: LogVerifierKey
  private var auditor: LogAuditor
  private let prover: LogProver<LogStoreSource>
  private let startNote: SignedNote?
  private let endNote: SignedNote
  private let bounds: (since: LogTime, until: LogTime)

  /// The signed head that the package ends with.
  let head: Checkpoint
  /// The entries of its range.
  let range: Range<UInt64>
  /// The first entry of the first bundle.
  private let first: UInt64

  /// Checks both heads: signed by the log, and roots of the tree that the entries lead to.
  init(
    store: any Store, log: StoredLog, governance: Governance, rules: LogRules, auditor: LogAuditor,
    prover: LogProver<LogStoreSource>, start: CheckpointRow?, end: CheckpointRow,
    bounds: (since: LogTime, until: LogTime)
  ) throws {
    self.store = store
    self.log = log
    self.governance = governance
    self.rules = rules
    self.auditor = auditor
    self.prover = prover
    self.bounds = bounds
    func open(_ row: CheckpointRow) throws -> (SignedNote, Checkpoint) {
      let note = try SignedNote(parsing: row.note)
      let size = UInt64(clamping: row.size)
      let key = try governance.verifierKey(atSize: size)
      let checkpoint = try Checkpoint.open(note, origin: key.name, keys: [key]).checkpoint
      guard Int64(clamping: checkpoint.size) == row.size, checkpoint.size <= prover.size,
        try prover.range(at: checkpoint.size).root == checkpoint.root
      else { throw VaultError(.integrity, "the checkpoint at \(row.size) is not that of the log's entries") }
      return (note, checkpoint)
    }
    (endNote, head) = try open(end)
    key = try governance.verifierKey(atSize: head.size)
    let begin = try start.map { try open($0) }
    startNote = begin?.0
    let size = begin?.1.size ?? 0
    range = size..<head.size
    first = size / Self.width * Self.width
  }

  /// Writes the package.
  mutating func write(
    _ reports: [(name: String, bytes: [UInt8])], time: UInt64, to sink: @escaping ([UInt8]) throws -> Void
  ) throws {
    var writer = PackageWriter(time: time, sink)
    let readme = PackageReadme(
      origin: key.name, range: range, since: bounds.since.description, until: bounds.until.description,
      reports: reports.map(\.name))
    try writer.add(PackageLayout.readme, text: readme.text)
    try writer.add(PackageLayout.script, text: PackageScript.text)
    try writer.add(PackageLayout.verifierKey, text: key.text + "\n")
    if let startNote { try writer.add(PackageLayout.start, startNote.bytes) }
    try writer.add(PackageLayout.end, try cosignedEnd().bytes)
    try writer.add(PackageLayout.frontier, text: try frontier())
    try writer.add(PackageLayout.retention, text: retention)
    if first > 0 {
      let row = try log.entry(first - 1).row
      try writeProof(of: first - 1, row, as: PackageLayout.before, &writer)
    }
    try writeStatements(&writer)
    try writeTiles(&writer)
    var next = first
    while next < range.upperBound {
      let end = min(next + Self.width, range.upperBound)
      try writeEntries(next..<end, &writer)
      next = end
    }
    for report in reports { try writer.add(PackageLayout.report(report.name), report.bytes) }
    try writer.finish()
  }

  /// The end with the lines of witnesses that are kept of it.
  private func cosignedEnd() throws -> SignedNote {
    var note = endNote
    guard let kept = try store.read({ try CosignedRow.find(head.size, $0) })?.note, kept.text == note.text
    else { return note }
    for line in kept.signatures where !note.signatures.contains(line) { note.append(line) }
    return note
  }

  /// What is said of keeping and taking away: the times that the policy states, and what statements let go.
  private var retention: String {
    let retired = governance.retired
    let times = [("who", rules.whoDays), ("entries", rules.entryDays)].compactMap { name, days in
      days.map { "\(name) after \($0) days" }
    }
    var text =
      times.isEmpty
      ? "The policy in force states no retention for the audit log: nothing ends.\n"
      : "The policy in force lets parts of the audit log go: \(times.joined(separator: ", ")).\n"
    text +=
      retired.prunedBelow == 0
      ? "No entry was pruned: every one from 0 on is kept.\n"
      : "Minimum index \(retired.prunedBelow): entries below it may be reduced to the hashes of their leaves.\n"
    for part in [Statement.LogPart.what, .who] {
      for range in retired.erased[part] ?? [] {
        text +=
          "Erased by statement: \(part.rawValue) of the entries \(range.lowerBound) to \(range.upperBound - 1).\n"
      }
    }
    return text
  }

  /// The full subtrees before the first bundle.
  private func frontier() throws -> String {
    let tree = try prover.range(at: first)
    let levels = (0..<64).reversed().filter { first >> UInt64($0) & 1 == 1 }
    return zip(levels, tree.peaks).map { "\($0) \($1)\n" }.joined()
  }

  // MARK: - Governance

  /// The statements before the first bundle with their proofs, and every policy that was in force.
  private func writeStatements(_ writer: inout PackageWriter) throws {
    var policies: Set<Digest32> = []
    let statements = try statements()
    let before = statements.filter { $0 < first }
    try writer.add(PackageLayout.statements, text: before.map { "\($0)\n" }.joined())
    for seq in statements {
      let (row, _) = try log.entry(seq)
      let envelope = try Session.envelope(row)
      guard let json = envelope.statement else {
        throw VaultError(.integrity, "entry \(seq) should carry a statement and does not")
      }
      switch try Statement(json).content {
      case .genesis(let genesis): policies.insert(genesis.policy)
      case .applyPolicy(let hash, _): policies.insert(hash)
      default: break
      }
      guard seq < first else { continue }
      try writeProof(of: seq, row, as: PackageLayout.statement(seq), &writer)
    }
    for hash in policies.sorted() {
      let row = try store.read { try $0.row(Schema.policy, key: [.blob(hash.bytes)]) }
      guard case .text(let text)? = row?.values.last, BLAKE2b.digest256(Array(text.utf8)) == hash else {
        throw VaultError(.integrity, "a policy that was in force is missing, or is another")
      }
      try writer.add(PackageLayout.policy(hash.description), text: text)
    }
  }

  /// An entry before the range, with its proof to the end; no part of it.
  private func writeProof(
    of seq: UInt64, _ row: EntryRow, as name: String, _ writer: inout PackageWriter
  ) throws {
    let proof = TLogProof(
      index: seq, hashes: try prover.inclusionProof(of: seq, in: head.size), checkpoint: endNote)
    try proof.verify(entry: row.envelope, origin: key.name, keys: [key])
    for file in EntryEvidence(proof: proof, envelope: row.envelope).files {
      try writer.add(name + file.ending, file.bytes)
    }
  }

  /// The entries up to the end of the range that carry a statement.
  private func statements() throws -> [UInt64] {
    try store.read { reader in
      var found: [UInt64] = []
      try reader.scan(
        Schema.statement, prefix: [], range: 0..<Int64(range.upperBound), descending: false
      ) { row in
        if case .integer(let seq)? = row.values.first, seq >= 0 { found.append(UInt64(seq)) }
        return UInt64(found.count) <= range.upperBound
      }
      return found
    }
  }

  // MARK: - Tiles

  /// The tiles that hold something of the range, and those at the edge before it.
  private func writeTiles(_ writer: inout PackageWriter) throws {
    for level in 0..<8 where range.upperBound >> UInt64(8 * level) > 0 {
      var index = first >> UInt64(8 * level) / Self.width
      while case let width = TilePath.width(level: level, index: index, size: range.upperBound), width > 0 {
        var bytes: [UInt8] = []
        for hash in try prover.tile(level: level, index: index).prefix(width) { bytes += hash.bytes }
        try writer.add(try TilePath(.hashes(level: level), index: index, width: width).description, bytes)
        index += 1
      }
    }
  }

  // MARK: - Entries

  /// One bundle: as tlog-tiles has it, and line by line with its parts, its commits and its sets.
  private mutating func writeEntries(_ seqs: Range<UInt64>, _ writer: inout PackageWriter) throws {
    let stretch = try store.read {
      try LogStretch($0, from: Int64(seqs.lowerBound), limit: seqs.count, withCheckpoints: true)
    }
    guard stretch.entries.map(\.seq) == seqs.map({ Int64($0) }) else {
      throw VaultError(.integrity, "an entry of the log from \(seqs.lowerBound) on is missing")
    }
    if let gone = stretch.entries.first(where: { $0.prunedLeaf != nil }) {
      throw StoredLog.pruned(UInt64(gone.seq))
    }
    let hashes = stretch.entries.map(\.leafHash)
    let tile = try prover.tile(level: 0, index: seqs.lowerBound / Self.width).prefix(seqs.count)
    guard hashes == Array(tile) else {
      throw VaultError(.integrity, "the entries from \(seqs.lowerBound) on changed while they were read")
    }
    let path = try TilePath(.entries, index: seqs.lowerBound / Self.width, width: seqs.count)
    try writer.add(path.description, try EntryBundle.encode(stretch.entries.map(\.envelope)))

    var lines: [PackageLayout.Lines: [UInt8]] = [.envelope: [], .what: [], .who: [], .commits: []]
    var sets: [(Digest32, [UInt8])] = []
    for row in stretch.entries {
      lines[.envelope, default: []] += row.envelope + [0x0A]
      guard range.contains(UInt64(row.seq)) else { continue }
      let session = stretch.sessions[row.session]
      let entry = try auditor.open(row, try Session.envelope(row), session)
      lines[.what, default: []] += (entry.lacks(.what) ? [] : entry.whatBytes) + [0x0A]
      lines[.who, default: []] += (entry.lacks(.who) ? [] : entry.whoBytes) + [0x0A]
      guard let reference = entry.what.set else { continue }
      let set = try store.read { try auditor.set(reference, seq: UInt64(row.seq), session, $0) }
      sets.append((set.root, set.set.packed + set.secret.key.withBytes { [UInt8](copying: $0) }))
    }
    for commit in stretch.checkpoints where UInt64(clamping: commit.size) <= range.upperBound {
      guard UInt64(clamping: commit.size) > range.lowerBound else { continue }
      lines[.commits, default: []] += Array("\(commit.size) \(Base64.encode(commit.note))\n".utf8)
    }
    for part in PackageLayout.Lines.allCases {
      try writer.add(PackageLayout.entries(from: seqs.lowerBound, part), lines[part] ?? [])
    }
    for (root, bytes) in sets { try writer.add(PackageLayout.set(root.description), bytes) }
  }
}
