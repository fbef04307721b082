internal import AuditLog

/// The flags as they gather: entries of one rule that belong together, until a review closes them.
struct FlagGroups {
  /// What belongs together: a user's day, a user and a customer, one entry.
  struct Key: Hashable {
    let rule: LogFlag.Rule
    let group: String
  }

  private struct Group {
    let actor: String
    let key: String
    var entries: [(seq: UInt64, time: LogTime)] = []
    /// The flag's id, once it is enough for a flag.
    var id: String?
    var text = ""
  }

  private let vault: VaultID
  private var open: [Key: Group] = [:]
  private var places: [String: Key] = [:]
  private(set) var closed: [LogFlag] = []

  init(vault: VaultID) { self.vault = vault }

  /// Adds an entry to what belongs together; returns how many entries that are.
  @discardableResult
  mutating func add(
    _ rule: LogFlag.Rule, _ group: String, _ entry: LogEntry, raised: Bool = true,
    _ text: @autoclosure () -> String
  ) -> Int {
    add(
      rule, group, seq: entry.envelope.seq, time: entry.envelope.time, actor: entry.who.actor,
      key: entry.who.key, raised: raised, text())
  }

  /// Adds an entry by its parts.
  @discardableResult
  mutating func add(
    _ rule: LogFlag.Rule, _ group: String, seq: UInt64, time: LogTime, actor: String, key: String,
    raised: Bool = true, _ text: @autoclosure () -> String
  ) -> Int {
    let place = Key(rule: rule, group: group)
    var found = open.removeValue(forKey: place) ?? Group(actor: actor, key: key)
    if found.entries.last?.seq != seq { found.entries.append((seq, time)) }
    if raised {
      found.text = text()
      raise(&found, place)
    }
    open[place] = found
    return found.entries.count
  }

  /// How many entries of a rule belong together so far.
  func count(_ rule: LogFlag.Rule, _ group: String) -> Int {
    open[Key(rule: rule, group: group)]?.entries.count ?? 0
  }

  private mutating func raise(_ group: inout Group, _ place: Key) {
    guard group.id == nil, let first = group.entries.first else { return }
    let id = LogFlag.id(vault, place.rule, place.group, first: first.seq)
    group.id = id
    places[id] = place
  }

  /// The user whom an open flag is about, or nil where no open flag has this id.
  func subject(ofOpen id: String) -> (actor: String, key: String)? {
    places[id].flatMap { place in open[place].map { ($0.actor, $0.key) } }
  }

  /// Closes a flag for its entries below a size; later ones begin a new one.
  mutating func close(_ id: String, below size: UInt64, _ closing: LogFlag.Closing) {
    guard let place = places.removeValue(forKey: id), var group = open.removeValue(forKey: place) else {
      return
    }
    let split = group.entries.firstIndex { $0.seq >= size } ?? group.entries.count
    let rest = Array(group.entries[split...])
    group.entries.removeSubrange(split...)
    if !group.entries.isEmpty {
      var flag = flag(place, group)
      flag?.closing = closing
      if let flag { closed.append(flag) }
    }
    guard !rest.isEmpty else { return }
    group.entries = rest
    group.id = nil
    raise(&group, place)
    open[place] = group
  }

  /// Every flag, the open ones first, each in the order of the log.
  func flags() -> [LogFlag] {
    let open = open.compactMap { flag($0.key, $0.value) }
    func order(_ flags: [LogFlag]) -> [LogFlag] {
      flags.sorted { ($0.entries.first ?? 0, $0.id) < ($1.entries.first ?? 0, $1.id) }
    }
    return order(open) + order(closed)
  }

  private func flag(_ key: Key, _ group: Group) -> LogFlag? {
    guard let id = group.id, let first = group.entries.first, let last = group.entries.last else {
      return nil
    }
    return LogFlag(
      id: id, rule: key.rule, actor: group.actor,
      key: group.key, first: first.time, last: last.time, entries: group.entries.map(\.seq), text: group.text,
      closing: nil)
  }
}
