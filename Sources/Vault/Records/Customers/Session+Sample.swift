internal import AuditLog
internal import Sodium

/// Adding made-up customers by the steps that an import takes. Only for `VaultTesting`'s sample vaults.
extension Session {
  /// Adds customers with behavior and nothing else, in one transaction with its entry; returns their pseudonyms.
  ///
  /// - Parameters:
  ///   - count: how many; at most some thousands, as a transaction must be short.
  ///   - events: the events of each, with the product of a transaction; none makes a customer without a record.
  package func addSampleCustomers(_ count: Int, events: (Int) -> [(event: BehaviorEvent, product: String?)])
    throws -> [Pseudonym]
  {
    let request = AccessRequest(
      .importFile, classes: [.identity, .profile, .behavior, .consent], enrols: true)
    let verdict: Verdict<[Pseudonym]> = try change(request) { commit, context, draft in
      let first = try self.nextOrdinal(commit.writer)
      let ordinals = Array(first..<first + UInt64(count))
      var added = try SubjectSet(universe: first + UInt64(count))
      try added.insert(first..<first + UInt64(count))
      let receipt = AccessReceipt(
        mintedFor: context.entry, classes: context.classes, subjects: .many(added), maySearch: false,
        mayEnrol: true)
      let keys = try environment.warden.enrol(ordinals, classes: [.behavior], for: receipt)
      let work = try context.work(environment.warden)
      let rule = environment.warden.pseudonyms()
      let pseudonyms = ordinals.map { rule.pseudonym(of: $0) }
      let members = zip(ordinals, pseudonyms).map { ordinal, pseudonym in
        EnrolBatch.Member(
          ordinal: ordinal, pseudonym: UInt128(pseudonym.high) << 64 | UInt128(pseudonym.low))
      }
      var enrolment = EntryDraft(.change, "subject.enrol")
      let batch = try EnrolBatch(members)
      enrolment.count = UInt64(count)
      enrolment.ref = context.entry
      enrolment.details = ["root": .string(Base64.encode(batch.root.bytes)), "first": .integer(Int64(first))]
      commit.append(enrolment, enrolment: batch)
      let feed = StatisticsFeed(days: try LocalDays(zone: context.settings.zone), currency: work.currency)
      let slots = SlotChanges(.statistics)
      for (index, ordinal) in ordinals.enumerated() {
        let entry = DirectoryEntry(
          ordinal: ordinal, pseudonym: pseudonyms[index], state: .live, mergedInto: nil)
        try commit.insert(Schema.directory, Directory.row(entry))
        let made = events(index)
        guard !made.isEmpty, let key = keys.key(of: .behavior, ordinal: ordinal) else { continue }
        let behavior = try BehaviorWork([], work, statistics: feed, for: receipt)
        for (place, item) in made.enumerated() {
          let digest = UInt64(place + 1)
          _ = try behavior.append(digest: digest) { (appender) throws(RecordError) in
            var event = item.event
            event.digest = digest
            guard let product = item.product, case .transaction(var payment) = event.detail else {
              return event
            }
            payment.product = try appender.intern(Array(product.utf8).span)
            event.detail = .transaction(payment)
            return event
          }
        }
        try behavior.write(ordinal: ordinal, key: key, work, commit)
        unsafe key.withUnsafePointer {
          unsafe behavior.putStatistics(into: slots, ordinal: ordinal, key: $0)
        }
      }
      try work.write(slots, commit)
      draft.count = UInt64(count)
      return .granted(pseudonyms)
    }
    switch verdict {
    case .granted(let pseudonyms): return pseudonyms
    case .refused(let error): throw error
    }
  }

  /// Writes entries as `customer show` does, so many a commit. Nothing is shown.
  package func addSampleEntries(_ count: Int, group: Int) throws {
    var left = count
    while left > 0 {
      let size = min(group, left)
      try commit(mayUseBallast: false) { commit, opened, _ in
        for _ in 0..<size {
          var draft = EntryDraft(.access, Action.customerShow.rawValue)
          draft.purpose = opened.policy.purposes["service"]
          draft.subjects = .one(
            Pseudonym(high: .random(in: 0...UInt64.max), low: .random(in: 0...UInt64.max)).description)
          draft.classes = [.identity, .profile, .consent]
          draft.fields = ["phone"]
          commit.append(draft)
        }
        return ((), .agent)
      }
      left -= size
    }
  }
}
