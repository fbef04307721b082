internal import AuditLog
internal import Sodium

/// Writes a run's scores into blocks, in short transactions, each with its entry; the catalogue calls the run whole with
/// the last one.
final class ScoreWriter {
  /// A transaction takes so many customers, 128 blocks.
  private static let customersAtOnce = 1 << 14

  private let session: Session
  private let context: Session.AccessContext
  private let catalogue: ScoreCatalogue
  private let run: SavedRun
  private let changes: SlotChanges
  private var isBegun = false
  private var saved: SubjectSet
  /// Who may not be reached any more, or whose scores were erased.
  private var left: UInt64 = 0

  init(_ run: SavedRun, _ session: Session, _ context: Session.AccessContext, _ catalogue: ScoreCatalogue)
    throws
  {
    (self.run, self.session, self.context, self.catalogue) = (run, session, context, catalogue)
    changes = SlotChanges(run.series)
    saved = try SubjectSet(universe: context.universe)
  }

  /// Writes every customer's scores; returns the run as it was saved.
  func write(_ scores: ScoresToSave, for receipt: borrowing AccessReceipt) throws -> SavedRun {
    let columns = run.columns.count
    let staged = StagedScores()
    try scores.visit { ordinal, value in staged.add(ordinal, columns, value) }
    for start in stride(from: 0, to: staged.ordinals.count, by: Self.customersAtOnce) {
      let places = start..<min(start + Self.customersAtOnce, staged.ordinals.count)
      try flush(staged, places, for: receipt)
    }
    return try finish()
  }

  private func flush(
    _ staged: StagedScores, _ places: Range<Int>, for receipt: borrowing AccessReceipt
  ) throws {
    let erased = try erased(among: staged.ordinals[places])
    let wanted = places.filter { place in
      receipt.subjects.contains(staged.ordinals[place]) && !erased.contains(staged.ordinals[place])
    }
    left += UInt64(places.count - wanted.count)
    guard !wanted.isEmpty else { return }
    try session.commit(mayUseBallast: false) { commit, opened, _ in
      try session.requireStill(context, opened)
      if !isBegun { try catalogue.insert(run.json, run.id, .run, .unfinished, commit) }
      let ordinals = wanted.map { staged.ordinals[$0] }
      let keys = try session.environment.warden.enrol(ordinals, classes: [.score], for: receipt)
      for place in wanted {
        guard let key = unsafe keys.pointer(of: .score, ordinal: staged.ordinals[place]) else {
          throw VaultError(.integrity, "the warden did not give a customer's key")
        }
        staged.withContent(place) { unsafe changes.put($0, of: staged.ordinals[place], customerKey: key) }
      }
      try changes.write(vault: context.vaultID, key: catalogue.seal.key, commit)
      var draft = session.draft(.change, context, run)
      draft.count = UInt64(ordinals.count)
      commit.append(draft)
      return ((), context.role)
    }
    isBegun = true
    for place in wanted { try saved.insert(staged.ordinals[place]) }
  }

  /// Those whose score keys were erased: nothing is ever kept of them again.
  private func erased(among ordinals: ArraySlice<UInt64>) throws -> Set<UInt64> {
    var erased: Set<UInt64> = []
    let size = UInt64(CustomerKeys.capacity)
    for page in Set(ordinals.map { $0 / size }) {
      let first = page * size
      let states = try session.environment.warden.slotStates(of: .score, in: first..<first + size)
      for (offset, state) in states.enumerated() where state == .erased {
        erased.insert(first + UInt64(offset))
      }
    }
    return erased
  }

  /// The last transaction: the run is whole, and the result says of whom.
  private func finish() throws -> SavedRun {
    let whole = run.saved(customers: saved.count, leftOut: left)
    try session.commit(mayUseBallast: false) { commit, opened, _ in
      try session.requireStill(context, opened)
      if !isBegun {
        try catalogue.insert(whole.json, whole.id, .run, .whole, commit)
      } else {
        try catalogue.update(whole.id, to: whole.json, .whole, commit)
      }
      var draft = session.draft(.change, context, whole)
      draft.phase = .result
      draft.count = saved.count
      var set: CommittedSet?
      if saved.universe > 0 {
        let committed = CommittedSet(saved)
        draft.subjects = .set(committed.reference(directory: try Directory.newestEnrolment(commit.writer)))
        set = committed
      }
      commit.append(draft, set: set)
      return ((), context.role)
    }
    return whole
  }
}

/// Scores that wait to be enciphered, in wiped memory.
final class StagedScores {
  private(set) var ordinals: [UInt64] = []
  private var contents = WipedBytes(capacity: 1 << 16)
  private var size = 0

  /// Adds a customer's scores.
  func add(_ ordinal: UInt64, _ columns: Int, _ value: (Int) -> Double?) {
    size = SavedScoresSlot.byteCount(columns: columns)
    ordinals.append(ordinal)
    SavedScoresSlot.encode(columns, value, into: &contents)
  }

  /// Lends the content of a place.
  func withContent(_ place: Int, _ body: (Span<UInt8>) -> Void) {
    contents.withBytes { body($0.extracting(place * size..<place * size + size)) }
  }
}
