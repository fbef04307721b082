internal import AuditLog

/// Reads a log's entries in their order, from the first on, and notices what a reviewer should look at.
///
/// It is a function of the entries, the rules and the time of the last entry alone: everybody who reads the same log
/// under the same policy finds the same flags.
struct FlagDetector {
  /// What one user has done so far.
  private struct Actor {
    var name: String
    var last: LogTime?
    var lastSeq: UInt64 = 0
    var purposes: Set<String> = []
    var volume = DailyVolume()
  }

  private let rules: ReviewRules
  private let defaults: [String: String]
  private let days: LocalDays
  private(set) var groups: FlagGroups
  private var actors: [String: Actor] = [:]
  private var enrolled: [String: LogTime] = [:]
  /// Who was in the vault in which role, as far as the log was read.
  private var governance: Governance?
  private var intents: IntentWatch
  private var clocks = ClockWatch()
  private var looks = LookWatch()
  private var lastTime = LogTime(nanoseconds: 0)

  /// A detector for a vault.
  ///
  /// - Parameters:
  ///   - policy: rules, and the default purposes of roles.
  ///   - days: the vault's zone.
  ///   - exceeds: whether a result's set has somebody whom its intent's has not.
  init(
    _ policy: Policy, _ vault: VaultID, _ days: LocalDays,
    exceeds: @escaping (_ intent: LogEntry, _ result: LogEntry) throws -> Bool
  ) {
    rules = policy.review
    defaults = Dictionary(
      uniqueKeysWithValues: policy.roles.compactMap { role, rule in
        rule.defaultPurpose.map { (role.name, $0) }
      })
    self.days = days
    groups = FlagGroups(vault: vault)
    intents = IntentWatch(exceeds: exceeds)
  }

  /// Takes in the next entry.
  mutating func consume(_ entry: LogEntry) throws {
    let local = days.local(Int64(entry.envelope.time.nanoseconds / 1_000_000_000))
    let day = "\(entry.who.key)|\(local.day)"
    if let statement = entry.envelope.statement {
      try enrol(statement, entry.envelope.time, at: entry.envelope.seq)
    }
    var actor = actors[entry.who.key] ?? Actor(name: entry.who.actor)
    actor.name = entry.who.actor
    noticeReturn(entry, actor)
    noticeDay(entry, local, day)
    noticePurpose(entry, &actor)
    noticeVolume(entry, local.day, &actor)
    if let text = clocks.notice(entry, rules) {
      groups.add(.clockJump, "\(entry.envelope.seq)", entry, text)
    }
    if let text = try intents.notice(entry) {
      groups.add(.resultExceedsIntent, "\(entry.envelope.seq)", entry, text)
    }
    noticeLooks(entry)
    noticeUnapproved(entry)
    actor.last = entry.envelope.time
    actor.lastSeq = entry.envelope.seq
    actors[entry.who.key] = actor
    lastTime = entry.envelope.time
    if entry.what.action == Action.auditReview.rawValue, entry.what.outcome == .allowed { review(entry) }
  }

  /// Every flag, once the last entry was read.
  mutating func finish(_ governance: Governance, names: [KeyID: String]) -> [LogFlag] {
    for intent in intents.unanswered(before: lastTime, minutes: rules.resultMinutes) {
      groups.add(
        .noResult, "\(intent.envelope.seq)", intent,
        "\(intent.what.action) began and no result follows: assume that everything it could touch was seen")
    }
    noticeDormant(governance, names)
    return groups.flags()
  }

  // MARK: - One entry

  /// What is judged by the day and the hour.
  private mutating func noticeDay(_ entry: LogEntry, _ local: (day: Int32, minute: Int), _ day: String) {
    let action = entry.what.action
    if rules.denials > 0, entry.what.outcome == .denied {
      let count = groups.count(.denied, day) + 1
      groups.add(.denied, day, entry, raised: count >= rules.denials, "refused: \(action)")
    }
    // 1970-01-01 was a Thursday.
    let weekday = (Int(local.day) + 3) % 7
    let isWorking = rules.workingDays.contains(weekday) && rules.workingMinutes.contains(local.minute)
    if !rules.workingMinutes.isEmpty, !isWorking, entry.envelope.kind != .log {
      groups.add(.afterHours, day, entry, "outside working hours: \(action)")
    }
    if rules.bulkTicket, entry.what.phase == .intent, entry.what.set != nil, entry.who.ticket == nil {
      groups.add(.bulkWithoutTicket, day, entry, "a bulk read without the reference of a case: \(action)")
    }
    let fields = entry.what.object.fields
    // `all` stands for every field that the policy lets the role reveal.
    if rules.revealedFields > 0, entry.envelope.kind == .access, entry.what.outcome == .allowed,
      fields.count >= rules.revealedFields || fields.contains("all")
    {
      groups.add(.manyReveals, day, entry, "many fields revealed at once: \(action)")
    }
  }

  private mutating func noticeReturn(_ entry: LogEntry, _ actor: Actor) {
    guard rules.dormantDays > 0,
      let last = actor.last ?? enrolled[entry.who.key],
      Self.days(from: last, to: entry.envelope.time) >= rules.dormantDays
    else { return }
    groups.add(
      .dormantReturn, "\(entry.who.key)|\(entry.envelope.seq)", entry,
      "acts again after \(Self.days(from: last, to: entry.envelope.time)) days without an entry")
  }

  private mutating func noticePurpose(_ entry: LogEntry, _ actor: inout Actor) {
    guard rules.firstPurpose, entry.envelope.kind != .log, let purpose = entry.what.purpose,
      actor.purposes.insert(purpose).inserted, defaults[entry.who.role] != purpose
    else { return }
    groups.add(
      .firstPurpose, "\(entry.who.key)|\(purpose)", entry, "the first time for the purpose \(purpose)")
  }

  private mutating func noticeVolume(_ entry: LogEntry, _ day: Int32, _ actor: inout Actor) {
    guard rules.volumeFactor > 0, entry.envelope.kind == .access || entry.envelope.kind == .change,
      entry.what.outcome == .allowed
    else { return }
    guard let found = actor.volume.add(entry, day: day, rules) else { return }
    groups.add(.volume, "\(entry.who.key)|\(day)|\(found.isBulk)", entry, found.text)
  }

  private mutating func noticeUnapproved(_ entry: LogEntry) {
    guard entry.what.details?["unapproved"] == .bool(true), entry.what.outcome == .allowed else { return }
    groups.add(
      .unapproved, "\(entry.envelope.seq)", entry,
      "done without a second person's approval, for nobody else was enrolled: \(entry.what.action)")
  }

  private mutating func noticeLooks(_ entry: LogEntry) {
    guard rules.looks > 0, let subject = entry.what.subject else { return }
    let group = "\(entry.who.key)|\(subject)"
    let text = "again and again at \(subject)"
    guard let looks = looks.notice(entry, rules, isKnown: groups.count(.repeatedLooks, group) > 0) else {
      return
    }
    for look in looks {
      groups.add(
        .repeatedLooks, group, seq: look.seq, time: look.time, actor: entry.who.actor, key: entry.who.key,
        text)
    }
  }

  // MARK: - People

  private mutating func enrol(_ json: JSONValue, _ time: LogTime, at seq: UInt64) throws {
    let statement = try Statement(json)
    switch statement.content {
    case .genesis(let genesis):
      governance = try Governance(genesis: statement)
      for user in genesis.users { enrolled[user.keyID.description] = time }
      return
    case .addUser(let member): enrolled[member.keyID.description] = time
    default: break
    }
    try governance?.apply(statement, at: seq)
  }

  private mutating func noticeDormant(_ governance: Governance, _ names: [KeyID: String]) {
    guard rules.dormantDays > 0 else { return }
    for id in governance.users.keys.sorted() where governance.maySign(id) {
      let key = id.description
      guard let last = actors[key]?.last ?? enrolled[key] else { continue }
      let silent = Self.days(from: last, to: lastTime)
      guard silent >= rules.dormantDays else { continue }
      groups.add(
        .dormantUser, key, seq: actors[key]?.lastSeq ?? 0, time: last, actor: names[id] ?? key, key: key,
        "no entry for \(rules.dormantDays) days or more, and still enrolled")
    }
  }

  private static func days(from first: LogTime, to last: LogTime) -> Int {
    last < first ? 0 : Int((last.nanoseconds - first.nanoseconds) / 86_400_000_000_000)
  }

  // MARK: - Reviews

  /// Closes what a review closes: for entries that the reviewer had seen, and that are not his own.
  ///
  /// A review counts by the reviewer's own signature and by the role that the chain gives him: what another program
  /// writes into *who* closes nothing.
  private mutating func review(_ entry: LogEntry) {
    guard let review = ReviewContent(entry.what.details), let governance, let id = KeyID(entry.who.key),
      let user = governance.activeUser(id),
      review.isSigned(by: user.member.signingKey, in: governance.vaultID),
      governance.roles(of: id).contains(where: { $0.keys.contains(.audit) })
    else {
      groups.add(
        .invalidReview, "\(entry.envelope.seq)", entry,
        "a review without the reviewer's signature or right: it closes nothing")
      return
    }
    for flag in review.closed {
      guard let subject = groups.subject(ofOpen: flag) else { continue }
      if subject.key == entry.who.key || subject.actor == entry.who.actor {
        groups.add(
          .invalidReview, "\(entry.envelope.seq)", entry, "closed a flag about the own entries: it stays open"
        )
        continue
      }
      groups.close(
        flag, below: min(review.size, entry.envelope.seq),
        LogFlag.Closing(
          entry: entry.envelope.seq, reviewer: entry.who.actor, time: entry.envelope.time, note: review.note))
    }
  }
}
