public import AuditLog
internal import Sodium

extension Session {
  /// The vault's witnesses, by name.
  public func witnesses() throws -> [VaultWitness] {
    try requireLogReader("list")
    return try readPublic { reader, _ in try VaultWitness.all(reader) }
  }

  /// Adds a witness.
  ///
  /// - Throws: `.exists` for a name or a key that is there already.
  public func addWitness(_ witness: VaultWitness) throws {
    let details: JSONValue = [
      "command": .string("add"), "name": .string(witness.name), "vkey": .string(witness.key.text),
      "url": .string(witness.url),
    ]
    try govern(.auditWitness, details: details) { commit, _, _ in
      let others = try VaultWitness.all(commit.writer)
      guard !others.contains(where: { $0.name == witness.name }) else {
        throw VaultError(.exists, "there is a witness of that name already")
      }
      // One key is one witness: it must not count twice.
      guard !others.contains(where: { $0.key.key == witness.key.key }) else {
        throw VaultError(.exists, "this key is another witness's already")
      }
      try commit.insert(Schema.witness, witness.row)
      self.append(.auditWitness, details, to: commit)
      return ((), [])
    }
  }

  /// Removes a witness. What it has cosigned is kept.
  ///
  /// - Throws: `.notFound`.
  public func removeWitness(_ name: String) throws {
    let details: JSONValue = ["command": .string("remove"), "name": .string(name)]
    try govern(.auditWitness, details: details) { commit, _, _ in
      guard try VaultWitness.all(commit.writer).contains(where: { $0.name == name }) else {
        throw Self.noWitness(name)
      }
      try commit.remove(Schema.witness, key: [.blob(Array(name.utf8))])
      self.append(.auditWitness, details, to: commit)
      return ((), [])
    }
  }

  private func append(_ action: Action, _ details: JSONValue, to commit: Commit) {
    var draft = EntryDraft(.change, action.rawValue)
    draft.details = details
    draft.ticket = ticket
    commit.append(draft)
  }

  private static func noWitness(_ name: String) -> VaultError {
    VaultError(.notFound, "there is no witness of that name", hint: "crmvault audit witness list shows them")
  }

  /// What showing a head to one witness came to.
  public struct WitnessResult: Sendable {
    /// The witness.
    public let witness: VaultWitness
    /// The size of the head that was shown.
    public let size: UInt64
    /// When it was cosigned, in POSIX seconds; or why it was not.
    public let outcome: Result<UInt64, VaultError>
  }

  /// Shows the log's head to the vault's witnesses and keeps their cosignatures.
  ///
  /// No entry tells of it: it would make a head that no witness has seen.
  ///
  /// - Parameter only: the names of those to ask; nil for all.
  /// - Throws: `.notFound` for a name that is none, `.configuration` where there is no witness.
  public func pushHead(through transport: any WitnessTransport, only: [String]? = nil) throws
    -> [WitnessResult]
  {
    try requireLogReader("push")
    return try showHead(through: transport, only: only)
  }

  /// As ``pushHead(through:only:)``, for a session that waits for cosignatures itself.
  func showHead(
    through transport: any WitnessTransport, only: [String]? = nil, enough: Int = .max
  ) throws -> [WitnessResult] {
    let all = try readPublic { reader, _ in try VaultWitness.all(reader) }
    for name in only ?? [] where !all.contains(where: { $0.name == name }) { throw Self.noWitness(name) }
    let asked = all.filter { only?.contains($0.name) ?? true }
    guard !asked.isEmpty else {
      throw VaultError(
        .configuration, "the vault has no witness",
        hint: "an auditor can add one: crmvault audit witness add NAME")
    }
    var results: [WitnessResult] = []
    var cosigned = 0
    for witness in asked where cosigned < enough {
      let result = try show(to: witness, transport)
      if case .success = result.outcome { cosigned += 1 }
      results.append(result)
    }
    return results
  }

  private func show(to witness: VaultWitness, _ transport: any WitnessTransport) throws -> WitnessResult {
    var size: UInt64 = 0
    do {
      // Somebody else may have added entries, and shown them, since the head was read.
      for _ in 0..<3 {
        let (head, believed) = try readPublic { reader, opened in
          (opened.log.head, try CosignedRow.lastSize(by: witness.key, reader))
        }
        size = head.size
        let talk = WitnessTalk(
          witness: witness, transport: transport, log: StoredLog(store: environment.store, head: head))
        switch try talk.submit(from: believed) {
        case .cosigned(let lines, let time):
          try keep(lines, under: head)
          return WitnessResult(witness: witness, size: size, outcome: .success(time))
        case .ahead(let remembered):
          let now = try readPublic { _, opened in opened.log.head.size }
          guard now >= remembered else {
            throw VaultError(
              .integrity,
              "the witness \(witness.name) has seen a log of \(remembered) entries, and this one has \(now)",
              hint: "the vault was rolled back: keep this copy as evidence and tell the privacy officer")
          }
        }
      }
      throw VaultError(
        .busy, "the log grows faster than the witness \(witness.name) answers", hint: "try again")
    } catch let error as VaultError {
      return WitnessResult(witness: witness, size: size, outcome: .failure(error))
    } catch let error as LogError {
      return WitnessResult(
        witness: witness, size: size, outcome: .failure(VaultError(.integrity, error.reason)))
    }
  }

  /// Keeps a witness's lines under the checkpoint that they are of, with those that are there.
  private func keep(_ lines: [NoteSignature], under head: LogHead) throws {
    try environment.store.write { writer in
      let known = try CosignedRow.find(head.size, writer)
      var note = try known?.note ?? SignedNote(parsing: head.note)
      guard note.text == (try SignedNote(parsing: head.note)).text else {
        throw VaultError(.integrity, "the cosigned checkpoint of size \(head.size) is of another log")
      }
      do throws(LogError) { try note.merge(lines) } catch { throw VaultError(.full, error.reason) }
      let row = CosignedRow.row(head.size, note)
      if known == nil {
        try writer.insert(Schema.cosignature, row)
      } else {
        try writer.update(Schema.cosignature, row)
      }
    }
  }

  /// The newest checkpoint that has cosignatures, or nil.
  public func cosignedCheckpoint() throws -> SignedNote? {
    try readPublic { reader, _ in
      var note: SignedNote?
      try reader.scan(Schema.cosignature, prefix: [], range: nil, descending: true) { row in
        note = try CosignedRow(row).note
        return false
      }
      return note
    }
  }

  /// Refuses, with its entry, who is not among those who read the log.
  private func requireLogReader(_ command: String) throws {
    guard try !readPublic({ _, opened in mayReadLog(opened) }) else { return }
    var request = AccessRequest(.auditWitness)
    request.details = ["command": .string(command)]
    try decide(request) { _ in }
  }
}
