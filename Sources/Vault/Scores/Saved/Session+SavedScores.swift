internal import AuditLog
internal import Scoring
internal import Sodium

extension Session {
  /// The saved runs that were computed for a purpose, oldest first: one entry.
  ///
  /// - Parameter purpose: a purpose of the policy, or nil for the role's default.
  public func savedRuns(purpose: String?) throws -> [SavedRun] {
    let request = AccessRequest(.scoreShow, purpose: purpose, classes: [.score])
    return try access(request) { context in
      try ScoreCatalogue(context).runs(context.reader)
    } release: { _, context, runs in
      runs.filter { $0.purpose == context.purpose?.name }
    }
  }

  /// Scores, and saves the scores under a name: an intent in the log, then the scoring with its own entries, then
  /// blocks in short transactions, the last of which calls the run whole and says in the log of whom it is.
  ///
  /// Who objected meanwhile, or whose scores were erased, is left out. What an interrupted run left is removed.
  ///
  /// - Parameters:
  ///   - name: the name.
  ///   - purpose: a purpose of the policy, or nil for the role's default; the scoring must be for the same.
  ///   - score: computes the scores.
  /// - Throws: `.usage` for a name that cannot be one, `.exists` where a run has it.
  public func savingScores<Value>(
    as name: String, purpose: String?, _ score: () throws -> (Value, ScoresToSave)
  ) throws -> (Value, SavedRun) {
    guard SavedRun.isName(name) else {
      throw VaultError(
        .usage, "the name of a saved run has 1 to 64 letters, digits, dots, hyphens and underscores",
        hint: "for instance 2026-06")
    }
    var request = AccessRequest(.scoreRun, purpose: purpose, subject: .everybody, classes: [.score])
    request.details = ["save": .string(name)]
    return try access(request) { context in
      let catalogue = try ScoreCatalogue(context)
      return (catalogue, try catalogue.runs(context.reader))
    } release: { receipt, context, prepared in
      let (catalogue, runs) = prepared
      guard !runs.contains(where: { $0.name == name }) else {
        try recordEnd(of: context, .scoreRun, error: VaultError.Code.exists)
        throw VaultError(
          .exists, "there is a saved run of this name",
          hint: "choose another, or: crmvault score delete \(name)")
      }
      try sweepScores(context, catalogue)
      let (value, scores) = try score()
      guard scores.purpose == context.purpose?.name else {
        throw VaultError(.usage, "a run is saved for the purpose that it was computed for")
      }
      guard (1...SavedRun.columnLimit).contains(scores.columns.count) else {
        try recordEnd(of: context, .scoreRun, error: VaultError.Code.notFound)
        throw VaultError(.notFound, "the model found too little to score anybody: nothing is saved")
      }
      let run = SavedRun(name, scores, policy: context.opened.policy, time: environment.clock.seconds)
      return (value, try ScoreWriter(run, self, context, catalogue).write(scores, for: receipt))
    }
  }

  /// Removes a saved run: its entry in the catalogue says that it goes, then its blocks go in short transactions.
  ///
  /// - Throws: `.notFound` where there is none of this name.
  public func deleteSavedRun(_ name: String, purpose: String?) throws {
    var request = AccessRequest(.scoreRun, purpose: purpose, classes: [.score])
    request.details = ["delete": .string(name)]
    try access(request) { context in
      let catalogue = try ScoreCatalogue(context)
      return (catalogue, try catalogue.runs(context.reader))
    } release: { _, context, prepared in
      let (catalogue, runs) = prepared
      guard let run = runs.first(where: { $0.name == name }) else { throw Self.noSuchRun }
      try commit(mayUseBallast: false) { commit, opened, _ in
        try requireStill(context, opened)
        try catalogue.update(run.id, to: run.json, .going, commit)
        commit.append(draft(.change, context, run))
        return ((), context.role)
      }
      try sweepScores(context, catalogue)
    }
  }

  static var noSuchRun: VaultError {
    VaultError(.notFound, "there is no saved run of this name", hint: "crmvault score list shows them")
  }

  // MARK: - Parts

  /// Removes what interrupted runs left, and what is going: blocks first, the catalogue's entry last.
  private func sweepScores(_ context: AccessContext, _ catalogue: ScoreCatalogue) throws {
    let rows = try environment.store.read { try ScoreSetRow.all($0) }
    for row in rows where row.kind == .run && row.state != .whole {
      let run = try SavedRun(id: row.id, try catalogue.content(of: row))
      var isDone = false
      while !isDone {
        isDone = try commit(mayUseBallast: false) { commit, opened, _ in
          try requireStill(context, opened)
          let removed = try SlottedBlocks.remove(run.series, atMost: 512, commit)
          if removed < 512 { try commit.remove(Schema.scoreSet, key: [.blob(run.id.bytes)]) }
          commit.append(draft(commit.isChanged ? .change : .access, context, run))
          return (removed < 512, context.role)
        }
      }
    }
  }

  /// Refuses to go on where the role was taken away meanwhile.
  func requireStill(_ context: AccessContext, _ opened: Opened) throws(VaultError) {
    guard opened.governance.roles(of: environment.identity.keyID).contains(context.role) else {
      throw VaultError(.busy, "your role changed meanwhile", hint: "try again")
    }
  }

  /// An entry of the work on a saved run, under its intent.
  func draft(_ kind: Envelope.Kind, _ context: AccessContext, _ run: SavedRun) -> EntryDraft {
    var draft = EntryDraft(kind, Action.scoreRun.rawValue)
    draft.purpose = context.purpose
    draft.classes = [.score]
    draft.ref = context.entry
    draft.ticket = ticket
    draft.details = [
      "run": .string(run.name), "model": .string(run.model), "as_of": .string(run.window.through.description),
      "scored_by": .string(String(run.entry)),
      "excluded": .object(run.excluded.reduce(into: JSONObject()) { $0[$1.key] = .integer(Int64($1.value)) }),
    ]
    return draft
  }

  /// The end of an access that came to nothing.
  func recordEnd(of context: AccessContext, _ action: Action, error: VaultError.Code) throws {
    var draft = EntryDraft(.access, action.rawValue)
    draft.purpose = context.purpose
    draft.classes = Array(context.classes)
    draft.phase = .result
    draft.ref = context.entry
    draft.outcome = .error(code: error.description)
    draft.ticket = ticket
    try record(draft, as: context.role)
  }
}

extension SavedRun {
  /// A run that is about to be saved.
  init(_ name: String, _ scores: ScoresToSave, policy: Policy, time: Int64) {
    self.init(
      id: BlockAddress.Object(SecureRandom.bytes(16)) ?? .none, name: name, model: scores.model.name,
      modelVersion: scores.model.version, window: scores.window, definitions: scores.definitions.words,
      purpose: scores.purpose, policy: Hex.encode(policy.hash.bytes), norms: scores.norms,
      columns: scores.columns, customers: 0,
      excluded: Dictionary(scores.excluded.map { ($0.reason, $0.customers) }) { $0 + $1 }, time: time,
      entry: scores.entry)
  }

  /// The same with the number of customers that it has, and of those who were left out while it was saved.
  func saved(customers: UInt64, leftOut: UInt64) -> SavedRun {
    var excluded = excluded
    if leftOut > 0 { excluded["left", default: 0] += leftOut }
    return SavedRun(
      id: id, name: name, model: model, modelVersion: modelVersion, window: window, definitions: definitions,
      purpose: purpose, policy: policy, norms: norms, columns: columns, customers: customers,
      excluded: excluded, time: time, entry: entry)
  }
}
