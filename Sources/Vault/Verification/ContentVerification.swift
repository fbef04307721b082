internal import AuditLog
internal import Sodium

/// Checks what can be checked of the rows without a key: users and policies against the chain, the directory, and
/// that every row that names a customer names one who is there and has a live key.
struct ContentVerification {
  private let warden: any Warden
  private let governance: Governance
  private(set) var report: VerificationReport
  /// One bit an ordinal: in the directory and not erased.
  private var present: SubjectSet
  /// Every customer that the directory lists.
  private var listed: SubjectSet
  private var links: [UInt64: UInt64] = [:]
  /// The erasures whose rows are still to be taken away.
  private var underWay: Set<UInt64> = []

  init(_ governance: Governance, _ warden: any Warden, _ report: VerificationReport) throws {
    self.governance = governance
    self.warden = warden
    self.report = report
    present = try SubjectSet(universe: 0)
    listed = present
  }

  /// Checks everything that one transaction sees.
  mutating func run(_ reader: any StoreReader) throws {
    try people(reader)
    try erasures(reader)
    try ApprovalVerification(governance: governance).run(reader, &report)
    try directory(reader)
    try merges(reader)
    try enrolments(reader)
    try records(reader)
    try namedCustomers(reader)
  }

  // MARK: - People and policies

  private mutating func people(_ reader: any StoreReader) throws {
    do {
      let known = Set(try PeopleRows.all(reader, governance).map(\.keyID))
      for user in governance.users.keys where !known.contains(user) {
        report.report(nil, .people, "a user whom a statement enrolled is missing in the list of users")
      }
    } catch { try report.note(error, .people) }
    var inForce = false
    try reader.scan(Schema.policy, prefix: [], range: nil, descending: false) { row in
      guard case .blob(let hash) = row.values[0], case .text(let text) = row.values[1],
        BLAKE2b.digest256(Array(text.utf8)).bytes == hash
      else {
        report.report(nil, .people, "the text of a policy is not the one that was signed in")
        return true
      }
      if hash == governance.policy.bytes { inForce = true }
      return true
    }
    if !inForce { report.report(nil, .people, "the policy that is in force is missing") }
  }

  // MARK: - The directory

  private mutating func directory(_ reader: any StoreReader) throws {
    let universe = try Directory.universe(reader)
    report.customers = UInt64(try reader.count(Schema.directory))
    // Every customer has a key: an ordinal beyond the warden's highest is nobody's.
    let highest = try warden.highestOrdinal().map { $0 + 1 } ?? 0
    guard universe <= min(highest, SubjectSet.universeLimit) else {
      report.report(nil, .directory, "the directory names customers who never had a key")
      return
    }
    present = try SubjectSet(universe: universe)
    listed = present
    let rule = warden.pseudonyms()
    var next: UInt64 = 0
    do {
      try reader.scan(Schema.directory, prefix: [], range: nil, descending: false) { row in
        let entry = try Directory.entry(row)
        guard entry.ordinal >= next else {
          throw VaultError(.integrity, "the directory's ordinals are not in order")
        }
        next = entry.ordinal + 1
        try listed.insert(entry.ordinal)
        if entry.pseudonym != rule.pseudonym(of: entry.ordinal) {
          report.report(nil, .directory, "a customer has an id that is not the one of its ordinal")
        }
        if isStandingTrue(entry) { try present.insert(entry.ordinal) }
        if let target = entry.mergedInto { links[entry.ordinal] = target }
        return true
      }
    } catch { try report.note(error, .directory) }
    checkLinks()
  }

  /// Holds what the directory says of one customer against the statements of erasures; whether the customer is there.
  private mutating func isStandingTrue(_ entry: DirectoryEntry) -> Bool {
    let isErased = governance.subjects.isErased(entry.ordinal)
    if entry.state == .erased, !isErased {
      report.report(nil, .directory, "a customer is marked as erased without a privacy officer's statement")
    } else if entry.state != .erased, isErased, !isUnderWay(entry.ordinal, nil) {
      report.report(nil, .directory, "a customer whom a statement erases is still in the directory")
    }
    return entry.state != .erased
  }

  /// Every merge ends at a customer who is there, and none runs in a circle.
  private mutating func checkLinks() {
    for (_, target) in links {
      var place = target
      var steps = 0
      while let next = links[place], steps <= CustomerDirectory.mergeLimit {
        place = next
        steps += 1
      }
      if steps > CustomerDirectory.mergeLimit || !present.contains(place) {
        report.report(nil, .directory, "a merge leads to no customer, or in a circle")
      }
    }
  }

  /// The merges beside the directory are those that it names, and each was made by who has the warden's file.
  private mutating func merges(_ reader: any StoreReader) throws {
    let rule = warden.pseudonyms()
    var count = 0
    do {
      try reader.scan(Schema.mergeLink, prefix: [], range: nil, descending: false) { row in
        let link = try MergeLink(row)
        try link.check(rule)
        count += 1
        if links[link.source] != link.target {
          report.report(nil, .directory, "there is a merge that the directory does not name")
        }
        return true
      }
    } catch { try report.note(error, .directory) }
    if count != links.count {
      report.report(nil, .directory, "the directory names a merge that was not made")
    }
  }

  // MARK: - Erasures

  /// Erasures that are under way, and the tags that they keep, are those of statements.
  private mutating func erasures(_ reader: any StoreReader) throws {
    let known = Dictionary(
      governance.subjects.erasures.map { ($0.seq, $0) }, uniquingKeysWith: { first, _ in first })
    try reader.scan(Schema.erasureRun, prefix: [], range: nil, descending: false) { row in
      if case .integer(let seq) = row.values[0], seq >= 0, known[UInt64(seq)] != nil {
        underWay.insert(UInt64(seq))
      } else {
        report.report(nil, .directory, "the store calls an erasure under way that nobody has stated")
      }
      return true
    }
    try reader.scan(Schema.suppression, prefix: [], range: nil, descending: false) { row in
      guard case .blob(let tag) = row.values[0], tag.count == 32, case .integer(let seq) = row.values[1],
        seq >= 0, known[UInt64(seq)]?.classes.contains(.identity) == true
      else {
        report.report(nil, .index, "a tag of an erased identifier is malformed, or of no erasure")
        return true
      }
      return true
    }
  }

  /// Whether rows of an erased class may still be there, since the erasure is under way.
  private func isUnderWay(_ ordinal: UInt64, _ dataClass: DataClass?) -> Bool {
    governance.subjects.erasures.contains { order in
      underWay.contains(order.seq) && order.ordinals.contains(ordinal)
        && (dataClass.map(order.classes.contains) ?? true)
    }
  }

  /// The batches of new customers follow each other and name exactly the customers of the directory. Between two
  /// batches there may be ordinals that nobody got: a killed writer leaves keys, and new ordinals are above them.
  private mutating func enrolments(_ reader: any StoreReader) throws {
    var next: Int64 = 0
    var enrolled: UInt64 = 0
    var isWhole = true
    try reader.scan(Schema.enrolment, prefix: [], range: nil, descending: false) { row in
      guard case .integer(let first) = row.values[1], case .integer(let count) = row.values[2], first >= next,
        count > 0, count <= Int64(SubjectSet.universeLimit)
      else {
        report.report(nil, .directory, "the batches of new customers do not follow each other")
        next = -1
        return false
      }
      next = first + count
      enrolled += UInt64(count)
      if next > Int64(listed.universe) || !(first..<next).allSatisfy({ listed.contains(UInt64($0)) }) {
        isWhole = false
        return false
      }
      return true
    }
    if next >= 0, !isWhole || enrolled != listed.count {
      report.report(nil, .directory, "the directory has other customers than those that were enrolled")
    }
  }

  // MARK: - Records and keys

  /// Every record's customer is there and has a live key; no key is erased.
  private mutating func records(_ reader: any StoreReader) throws {
    let codes = Set(DataClass.allCases.map { Int64($0.rawValue) })
    let classes = DataClass.allCases.sorted()
    for dataClass in classes {
      let page = UInt64(CustomerKeys.capacity)
      for first in stride(from: 0, to: present.universe, by: Int(page)) {
        try check(dataClass, first..<min(first + page, present.universe), reader)
      }
      try stray(reader, [.integer(Int64(dataClass.rawValue))], Int64.min..<0)
      try stray(reader, [.integer(Int64(dataClass.rawValue))], Int64(present.universe)..<Int64.max)
    }
    var next = Int64.min
    for code in codes.sorted() {
      try stray(reader, [], next..<code)
      next = code + 1
    }
    try stray(reader, [], next..<Int64.max)
  }

  private mutating func check(_ dataClass: DataClass, _ ordinals: Range<UInt64>, _ reader: any StoreReader)
    throws
  {
    var states: [SlotState] = []
    do { states = try warden.slotStates(of: dataClass, in: ordinals) } catch {
      try report.note(error, .warden)
      return
    }
    for (ordinal, state) in zip(ordinals, states) {
      let isErased = governance.subjects.erasedClasses(of: ordinal).contains(dataClass)
      if state == .erased, !isErased {
        report.report(
          nil, .warden, "a customer's \(dataClass.name) key is erased without a privacy officer's statement")
      } else if state != .erased, isErased {
        report.report(
          nil, .warden, "a customer's \(dataClass.name) key is there though a statement erases it")
      }
    }
    var last: Int64 = -1
    do {
      try unsafe reader.scanRecords(
        class: dataClass.rawValue, ordinals: Int64(ordinals.lowerBound)..<Int64(ordinals.upperBound)
      ) { ordinal, _, _, _ in
        guard ordinal != last else { return }
        last = ordinal
        let state = states[Int(UInt64(ordinal) - ordinals.lowerBound)]
        if state == .erased, isUnderWay(UInt64(ordinal), dataClass) { return }
        if state != .live {
          report.report(nil, .warden, "a \(dataClass.name) record's customer has no key")
        }
        if !present.contains(UInt64(ordinal)) {
          report.report(nil, .directory, "a \(dataClass.name) record names a customer who is not there")
        }
      }
    } catch { try report.note(error, .record) }
  }

  /// Rows where no record can be.
  private mutating func stray(_ reader: any StoreReader, _ prefix: [Value], _ range: Range<Int64>) throws {
    try reader.scan(Schema.record, prefix: prefix, range: range, descending: false) { _ in
      report.report(nil, .directory, "a record names a class or a customer that is not there")
      return false
    }
  }

  /// Index entries and permission blocks name customers who are there.
  private mutating func namedCustomers(_ reader: any StoreReader) throws {
    try reader.scan(Schema.blindIndex, prefix: [], range: nil, descending: false) { row in
      guard case .blob(let digest) = row.values[0], digest.count == 32,
        case .integer(let ordinal) = row.values[1],
        ordinal >= 0, present.contains(UInt64(ordinal)), row.values[2] == .integer(Int64(KeyChain.epoch))
      else {
        report.report(nil, .index, "an index entry is malformed or names a customer who is not there")
        return true
      }
      return true
    }
    let size = PermissionBlock.ordinalCount
    try reader.scan(Schema.permission, prefix: [], range: nil, descending: false) { row in
      guard case .integer(let first) = row.values[1], first >= 0, UInt64(first).isMultiple(of: size),
        UInt64(first) < max(present.universe, 1)
      else {
        report.report(
          nil, .permission, "a block of permission bits is malformed or of customers who are not there")
        return true
      }
      return true
    }
  }
}
