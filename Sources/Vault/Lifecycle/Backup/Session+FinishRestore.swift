internal import AuditLog
internal import Sodium

extension Session {
  /// What a privacy officer carried out after a restore.
  public struct FinishedRestore: Sendable {
    /// Customers whose erasures were stated anew, since their keys are gone from the warden's file.
    public internal(set) var erased: [Pseudonym] = []
    /// Withdrawals and objections of the newer log that were recorded anew: customer and purpose.
    public internal(set) var withdrawn: [(customer: Pseudonym, purpose: String)] = []
    /// Customers who are restricted again.
    public internal(set) var restricted: [Pseudonym] = []
    /// What could not be done, in words.
    public internal(set) var leftovers: [String] = []
  }

  /// Brings a restored vault in agreement with what happened after its backup, as far as it can be known: erasures by the
  /// warden's file, whose keys are gone; withdrawals, objections and restrictions by the newer log, where it is at hand.
  ///
  /// Each is an act of the privacy officer's like any other, with its entries. It can be repeated.
  ///
  /// - Parameter newer: the store of the vault before the restore, or nil.
  /// - Throws: `.notFound` where the vault was never restored; `.integrity` where the newer log does not continue the backup.
  public func finishRestore(newer: (any Store)?, workers: Int) async throws -> FinishedRestore {
    let restoration = try readPublic { _, opened in opened.governance.restorations.last }
    guard let restoration else { throw VaultError(.notFound, "this vault was never restored from a backup") }
    var finished = FinishedRestore()
    if let newer {
      let log = try await LeftBehindLog(newer, behind: restoration, workers: workers)
      try takeOver(log, &finished)
    } else {
      finished.leftovers.append("without the newer log no withdrawal, objection or restriction is known")
    }
    try eraseAnew(&finished)
    return finished
  }

  // MARK: - Erasures

  /// States an erasure for everybody whose keys are gone without one.
  private func eraseAnew(_ finished: inout FinishedRestore) throws {
    for (ordinal, classes) in try goneWithoutStatement() {
      let id = environment.warden.pseudonyms().pseudonym(of: ordinal)
      do {
        let erasure = try eraseSubject(id, classes, purpose: nil, isDryRun: false)
        finished.erased.append(erasure.customer)
      } catch let error as VaultError where error.code == .legalHold || error.code == .notFound {
        finished.leftovers.append("\(id): \(error.reason)")
      }
    }
  }

  /// The customers of the directory with keys that are erased in the warden's file, and not by a statement.
  private func goneWithoutStatement() throws -> [(ordinal: UInt64, classes: Set<DataClass>)] {
    let (universe, subjects) = try readPublic { reader, opened in
      (try Directory.universe(reader), opened.governance.subjects)
    }
    var gone: [UInt64: Set<DataClass>] = [:]
    for dataClass in DataClass.allCases {
      for first in stride(from: 0, to: universe, by: CustomerKeys.capacity) {
        let ordinals = first..<min(first + UInt64(CustomerKeys.capacity), universe)
        let states = try environment.warden.slotStates(of: dataClass, in: ordinals)
        for (ordinal, state) in zip(ordinals, states)
        where state == .erased && !subjects.erasedClasses(of: ordinal).contains(dataClass) {
          gone[ordinal, default: []].insert(dataClass)
        }
      }
    }
    return gone.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: - What people said

  private func takeOver(_ log: LeftBehindLog, _ finished: inout FinishedRestore) throws {
    let auditor = try openLog("finish-restore", [:]).0.reading(log.governance)
    for said in try log.lastWords(auditor) {
      do {
        let statement = ConsentStatement(
          purpose: said.purpose, state: said.state, source: "restore",
          time: Int64(said.time.nanoseconds / 1_000_000_000))
        if try recordConsent(said.customer, statement).isNew {
          finished.withdrawn.append((said.customer, said.purpose))
        }
      } catch let error as VaultError where error.code == .notFound || error.code == .badInput {
        finished.leftovers.append("\(said.customer): \(said.state) for \(said.purpose): \(error.reason)")
      }
    }
    if try log.importedConsents(auditor) {
      finished.leftovers.append("consents came by import later: import the same files again")
    }
    let standing = try readPublic { _, opened in opened.governance.subjects.restricted }
    for ordinal in log.restricted.subtracting(standing).sorted() {
      let id = environment.warden.pseudonyms().pseudonym(of: ordinal)
      do { finished.restricted.append(try restrictSubject(id).customer) } catch let error as VaultError
        where error.code == .notFound || error.code == .exists
      {
        finished.leftovers.append("\(id): \(error.reason)")
      }
    }
  }
}

/// The log that a restore has left behind, in the vault of before.
struct LeftBehindLog {
  /// What a customer said last about a purpose, after the backup.
  struct Said {
    let customer: Pseudonym
    let purpose: String
    let state: ConsentState
    let time: LogTime
  }

  /// The customers whose processing was restricted in the end.
  var restricted: Set<UInt64> { governance.subjects.restricted }
  /// Who was in the vault in the end.
  let governance: Governance
  private let log: StoredLog
  private let start: UInt64

  /// Verifies it from its first entry, and that it goes through the end of the backup.
  init(_ store: any Store, behind restoration: Restoration, workers: Int) async throws {
    let (report, governance, _) = try await LogVerification.run(
      store, LogAnchor(), auditor: nil, workers: workers
    ) { _ in }
    let head = try store.read { try VerifiedLog($0, remembered: []).head }
    let log = StoredLog(store: store, head: head)
    guard report.isOK, let governance, governance.vaultID == restoration.request.vaultID,
      head.size >= restoration.size, try log.root(at: restoration.size) == restoration.root
    else {
      throw VaultError(
        .integrity, "the newer log is of another vault, or does not continue the backup",
        hint: "keep it as evidence and tell a custodian")
    }
    self.governance = governance
    self.log = log
    start = restoration.size
  }

  /// The last word of each customer on each purpose, where it was a withdrawal or an objection.
  func lastWords(_ auditor: LogAuditor) throws -> [Said] {
    var last: [String: Said] = [:]
    var order: [String] = []
    try visit(auditor) { entry in
      guard let action = Action(rawValue: entry.what.action), let state = Self.state(of: action),
        entry.envelope.kind == .change, entry.what.outcome == .allowed,
        let id = entry.what.subject, let customer = Pseudonym(id),
        let purpose = entry.what.details?["purpose"]?.string
      else { return }
      let key = "\(id) \(purpose)"
      if last[key] == nil { order.append(key) }
      last[key] = Said(customer: customer, purpose: purpose, state: state, time: entry.envelope.time)
    }
    return order.compactMap { last[$0] }.filter { $0.state != .granted }
  }

  /// Whether consents may have come by import.
  func importedConsents(_ auditor: LogAuditor) throws -> Bool {
    var isFound = false
    try visit(auditor) { entry in
      if entry.what.action == Action.importFile.rawValue, entry.envelope.kind == .change { isFound = true }
    }
    return isFound
  }

  private static func state(of action: Action) -> ConsentState? {
    switch action {
    case .consentGrant: ConsentState.granted
    case .consentWithdraw: ConsentState.withdrawn
    case .consentObject: ConsentState.objected
    default: nil
    }
  }

  private func visit(_ auditor: LogAuditor, _ body: (LogEntry) throws -> Void) throws {
    let opener = EntryOpener(auditor)
    try log.visitStretches { stretch, _ in
      for entry in try opener.entries(in: stretch) where entry.envelope.seq >= start { try body(entry) }
    }
  }
}
