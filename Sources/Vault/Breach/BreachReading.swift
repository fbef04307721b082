internal import AuditLog

/// Adds up what the accesses in question touched: bitmaps over ordinals, one a class and one a field.
///
/// An intent counts with its set unless its result says whom it touched; a look that the gate refused afterwards, by the
/// customer's own decision, does not count.
struct BreachReading {
  /// What one entry read: kept until it is known whether it stands.
  private struct Look {
    let seq: UInt64
    let ordinal: UInt64
    let kind: Int
  }

  /// Classes and fields, as many looks have the same.
  private struct Kind: Hashable {
    let classes: [String]
    let fields: [String]
  }

  private let universe: UInt64
  private let rule: PseudonymRule
  private var kinds: [Kind] = []
  private var places: [Kind: Int] = [:]
  private var looks: [Look] = []
  private var intents: [UInt64: LogEntry] = [:]
  private var refused: Set<UInt64> = []
  private(set) var classes: [DataClass: SubjectSet] = [:]
  private(set) var fields: [String: SubjectSet] = [:]
  private(set) var touched: SubjectSet
  private(set) var origins: [String: Int] = [:]
  private(set) var releases = ReleaseMentions()
  private(set) var first: LogTime?
  private(set) var last: LogTime?

  init(universe: UInt64, rule: PseudonymRule) throws(LogError) {
    self.universe = universe
    self.rule = rule
    touched = try SubjectSet(universe: universe)
  }

  /// Takes in an entry in question; `set` opens the set beside it.
  mutating func take(_ entry: LogEntry, _ set: (SetReference, UInt64) throws -> SubjectSet) throws {
    let what = entry.what
    origins[entry.who.origin, default: 0] += 1
    releases.take(entry)
    first = first ?? entry.envelope.time
    last = entry.envelope.time
    if what.outcome == .denied, what.phase == .result, let ref = what.ref { refused.insert(ref) }
    guard what.outcome == .allowed, !what.object.classes.isEmpty || !what.object.fields.isEmpty else {
      return
    }
    let kind = Kind(classes: what.object.classes, fields: what.object.fields)
    if what.subject != nil {
      for id in what.namedCustomers {
        guard let ordinal = Pseudonym(id).flatMap({ rule.ordinal(of: $0) }), ordinal < universe else {
          continue
        }
        looks.append(Look(seq: entry.envelope.seq, ordinal: ordinal, kind: place(of: kind)))
      }
    } else if let reference = what.set {
      if what.phase == .result, let ref = what.ref { intents[ref] = nil }
      if what.phase == .intent {
        intents[entry.envelope.seq] = entry
      } else {
        try add(reference, entry.envelope.seq, kind, set)
      }
    }
  }

  /// Adds what was put off: looks that stand, and intents without a result.
  mutating func finish(_ set: (SetReference, UInt64) throws -> SubjectSet) throws {
    for look in looks where !refused.contains(look.seq) {
      try touched.insert(look.ordinal)
      try forEach(kinds[look.kind]) { (own: inout SubjectSet) in
        try own.insert(look.ordinal)
      }
    }
    for (seq, entry) in intents {
      guard let reference = entry.what.set else { continue }
      try add(
        reference, seq, Kind(classes: entry.what.object.classes, fields: entry.what.object.fields), set)
    }
    looks = []
    intents = [:]
  }

  private mutating func add(
    _ reference: SetReference, _ seq: UInt64, _ kind: Kind,
    _ set: (SetReference, UInt64) throws -> SubjectSet
  ) throws {
    // Everybody is known without opening the set.
    let members =
      reference.count == reference.universe
      ? try SubjectSet.all(universe: min(reference.universe, universe)) : try set(reference, seq)
    touched.formUnion(members)
    try forEach(kind) { (own: inout SubjectSet) in own.formUnion(members) }
  }

  private mutating func forEach(
    _ kind: Kind, _ body: (inout SubjectSet) throws -> Void
  ) throws {
    for name in kind.classes {
      guard let dataClass = DataClass(name: name) else { continue }
      var own = try classes.removeValue(forKey: dataClass) ?? SubjectSet(universe: universe)
      try body(&own)
      classes[dataClass] = own
    }
    for name in kind.fields {
      var own = try fields.removeValue(forKey: name) ?? SubjectSet(universe: universe)
      try body(&own)
      fields[name] = own
    }
  }

  private mutating func place(of kind: Kind) -> Int {
    if let place = places[kind] { return place }
    kinds.append(kind)
    places[kind] = kinds.count - 1
    return kinds.count - 1
  }
}
