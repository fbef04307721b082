internal import AuditLog
internal import Sodium

extension Session {
  /// What a file is validated by before anything is written. Needs no entry: it is public within the vault.
  public func importRules(source: String) throws -> ImportRules {
    try readPublic { _, opened in
      try ImportRules(source: source, settings: opened.governance.genesis.settings, policy: opened.policy)
    }
  }

  /// Whether this user may import for the purpose, decided without an entry: a file is not even read for somebody
  /// who may not.
  public func mayImport(purpose: String?) throws -> Bool {
    try readPublic { _, opened in
      let identity = environment.identity
      return try Decision(
        Self.importRequest(purpose), user: identity.keyID, name: identity.identity.name,
        requestedRole: requestedRole, governance: opened.governance, policy: opened.policy
      ).refusal == nil
    }
  }

  /// Writes the refusal's entry and throws it.
  public func refuseImport(purpose: String?) throws {
    try access(Self.importRequest(purpose)) { _ in
    } release: { _, _, _ in
    }
  }

  /// Imports a file that was validated: the rows are fed group by group, and applied in short transactions, each
  /// with its entries. After an interruption the same call finishes what is left.
  ///
  /// - Parameters:
  ///   - isDryRun: whether nothing but the entries of the access is written.
  ///   - feed: feeds one group; throws when the file is not what was validated. Nothing of the group is written then.
  ///   - progress: is told how many more customers are done, after each transaction; what it throws interrupts the
  ///     import there.
  ///   - suppressed: takes in every account of whom no row was taken, since the customer was erased.
  public func importRows(
    _ file: ImportFile, purpose: String?, isDryRun: Bool = false, feed: (ImportStaging) throws -> Void,
    progress: (Int) throws -> Void = { _ in }, suppressed: SuppressedAccounts = SuppressedAccounts()
  ) throws -> ImportCounts {
    let currency = try importRules(source: file.source).currency
    let key = SharedKey<ImportHashPurpose>(.random())
    var counts = ImportCounts()
    // A group that does not fit is split in two: g of n becomes g and g + n of 2n.
    var waiting = (0..<file.groups).reversed().map { (group: $0, groups: file.groups) }
    while let (group, groups) = waiting.popLast() {
      do {
        counts += try importPart(
          group, of: groups, isLast: waiting.isEmpty, file, key, currency, purpose, isDryRun, feed, progress,
          suppressed)
      } catch let error as VaultError where error.code == .importGroupFull {
        guard groups < Self.mostGroups else { throw VaultError(.badInput, error.reason, hint: error.hint) }
        waiting += [(group + groups, 2 * groups), (group, 2 * groups)]
      }
    }
    return counts
  }

  private static let mostGroups = 1 << 12

  private func importPart(
    _ group: Int, of groups: Int, isLast: Bool, _ file: ImportFile, _ key: SharedKey<ImportHashPurpose>,
    _ currency: CurrencyCode, _ purpose: String?, _ isDryRun: Bool, _ feed: (ImportStaging) throws -> Void,
    _ progress: (Int) throws -> Void, _ suppressed: SuppressedAccounts
  ) throws -> ImportCounts {
    let staging = try ImportStaging(
      key: key, group: group, of: groups, currency: currency, byteLimit: file.groupLimit)
    try feed(staging)
    var counts = ImportCounts()
    guard staging.count > 0 || isLast else { return counts }
    var places: [UInt32]?
    repeat {
      let (done, left) = try importGroup(
        staging, file, only: places, purpose: purpose, isDryRun: isDryRun, isLast: isLast, progress: progress,
        suppressed: suppressed)
      counts += done
      places = left
    } while places?.isEmpty == false
    return counts
  }

  static func importRequest(_ purpose: String?) -> AccessRequest {
    AccessRequest(
      .importFile, purpose: purpose, subject: .everybody,
      classes: [.identity, .profile, .behavior, .consent],
      searchesIndex: true, enrols: true)
  }

  /// Imports a group, or the customers at some places of it, under one intent.
  private func importGroup(
    _ staging: ImportStaging, _ file: ImportFile, only: [UInt32]?, purpose: String?, isDryRun: Bool,
    isLast: Bool,
    progress: (Int) throws -> Void, suppressed: SuppressedAccounts
  ) throws -> (ImportCounts, deferred: [UInt32]) {
    var request = Self.importRequest(purpose)
    request.fields = []
    return try access(request) {
      $0
    } release: { receipt, context, _ in
      let run = try environment.store.read { reader in
        try ImportRun(staging, file, context, reader, warden: environment.warden, for: receipt)
      }
      if let only { run.restrict(to: only) }
      var counts = ImportCounts()
      var pace = ImportPace()
      var done = 0
      repeat {
        let end = min(done + pace.customers, run.order.count)
        let places = done..<end
        let isFinal = isLast && end == run.order.count
        counts += try pace.measure(customers: places.count) {
          isDryRun
            ? try rehearse(places, run, context, for: receipt)
            : try importBatch(places, run, context, isFinal: isFinal, for: receipt)
        }
        try progress(places.count)
        done = end
      } while done < run.order.count
      var touched = try SubjectSet(universe: context.universe)
      for ordinal in run.touched { try touched.insert(ordinal) }
      try self.recordResult(of: context, .importFile, touched: touched)
      for customer in run.suppressed { staging.accounts.bytes(customer).withSpan { suppressed.insert($0) } }
      return (counts, run.deferred)
    }
  }

  /// One transaction: the rows with their entries.
  private func importBatch(
    _ places: Range<Int>, _ run: ImportRun, _ first: AccessContext, isFinal: Bool,
    for receipt: borrowing AccessReceipt
  ) throws -> ImportCounts {
    let (counts, deferred, touched, suppressed) = try commit(mayUseBallast: false) { commit, opened, _ in
      guard opened.governance.roles(of: environment.identity.keyID).contains(first.role) else {
        throw VaultError(.busy, "your role changed meanwhile", hint: "try again")
      }
      let context = AccessContext(
        reader: commit.writer, opened: opened, keys: first.keys, role: first.role, purpose: first.purpose,
        classes: first.classes, customer: nil, universe: first.universe, entry: first.entry)
      let batch = try ImportBatch(
        run, context, commit.writer, commit: commit, time: environment.clock.seconds,
        actor: environment.identity.keyID.value)
      try batch.apply(places, firstOrdinal: try nextOrdinal(commit.writer), for: receipt)
      try batch.remember(isFinished: isFinal && batch.deferred.isEmpty && run.deferred.isEmpty, commit)
      try batch.append(commit, ticket: ticket)
      return ((batch.counts, batch.deferred, batch.touched, batch.suppressed), first.role)
    }
    run.putOff(deferred)
    run.note(suppressed: suppressed)
    run.note(touched: touched, universe: first.universe)
    return counts
  }

  /// The same without writing anything.
  private func rehearse(
    _ places: Range<Int>, _ run: ImportRun, _ first: AccessContext, for receipt: borrowing AccessReceipt
  ) throws -> ImportCounts {
    try environment.store.read { reader in
      let batch = try ImportBatch(
        run, first, reader, commit: nil, time: environment.clock.seconds,
        actor: environment.identity.keyID.value)
      try batch.apply(places, firstOrdinal: first.universe, for: receipt)
      run.putOff(batch.deferred)
      run.note(suppressed: batch.suppressed)
      run.note(touched: batch.touched, universe: first.universe)
      return batch.counts
    }
  }
}
