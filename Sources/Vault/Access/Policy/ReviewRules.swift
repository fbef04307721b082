/// What `audit flags` takes note of: the policy's `review` section, with defaults for what it leaves out. A number of 0
/// turns its rule off.
public struct ReviewRules: Sendable, Hashable {
  /// The days of a week in the order of their names in a policy; Monday is 0.
  public static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

  /// The minute of the local day at which working hours begin, and the one at which they end.
  public internal(set) var workingMinutes = 8 * 60..<19 * 60
  /// The working days, Monday is 0.
  public internal(set) var workingDays: Set<Int> = [0, 1, 2, 3, 4]
  /// How many refusals of one user on one day.
  public internal(set) var denials = 1
  /// By what factor a user's day must exceed the median of the user's own active days before.
  public internal(set) var volumeFactor = 3
  /// Up to how many customers a day are never too many.
  public internal(set) var volumeMinimum = 50
  /// How many active days make a baseline; before that, only the minimum counts.
  public internal(set) var volumeHistory = 5
  /// How many active days before are looked at.
  public internal(set) var volumeDays = 28
  /// Whether a user's first use of a purpose is told, unless it is the role's default one.
  public internal(set) var firstPurpose = true
  /// Whether a bulk read needs the reference of a case.
  public internal(set) var bulkTicket = true
  /// After how many minutes an intent without a result is told.
  public internal(set) var resultMinutes = 60
  /// By how many seconds the time of day may move against the clock that only moves forward.
  public internal(set) var clockSeconds = 60
  /// After how many days without an entry a user is dormant.
  public internal(set) var dormantDays = 90
  /// How many looks of one user at one customer,
  public internal(set) var looks = 5
  /// within how many days.
  public internal(set) var lookDays = 7
  /// How many fields revealed at once.
  public internal(set) var revealedFields = 4

  /// The defaults.
  public init() {}

  /// The rules in words, as a report names them.
  public var descriptions: [(name: String, text: String)] {
    func clock(_ minute: Int) -> String {
      "\(minute / 60 < 10 ? "0" : "")\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
    }
    let days = workingDays.sorted().map { Self.dayNames[$0] }.joined(separator: ", ")
    return [
      ("denied", denials == 0 ? "off" : "\(denials) or more refusals of one user on one day"),
      (
        "after-hours",
        workingMinutes.isEmpty
          ? "off"
          : "outside \(clock(workingMinutes.lowerBound)) to \(clock(workingMinutes.upperBound)), \(days)"
      ),
      (
        "volume",
        volumeFactor == 0
          ? "off"
          : "more than \(volumeMinimum) customers a day, and more than \(volumeFactor) times the median of the user's "
            + "last \(volumeDays) active days once there are \(volumeHistory)"
      ),
      (
        "first-purpose",
        firstPurpose ? "a user's first use of a purpose that is not the role's default" : "off"
      ),
      ("bulk-without-ticket", bulkTicket ? "a bulk read without the reference of a case" : "off"),
      ("no-result", resultMinutes == 0 ? "off" : "an intent without a result after \(resultMinutes) minutes"),
      ("result-exceeds-intent", "a result beyond its intent, without one, or a second one"),
      ("clock-jump", clockSeconds == 0 ? "off" : "a clock moved by more than \(clockSeconds) seconds"),
      ("dormant-user", dormantDays == 0 ? "off" : "no entry of a user for \(dormantDays) days"),
      ("dormant-return", dormantDays == 0 ? "off" : "a user who acts again after \(dormantDays) days"),
      (
        "repeated-looks",
        looks == 0 ? "off" : "\(looks) or more looks of one user at one customer within \(lookDays) days"
      ),
      ("many-reveals", revealedFields == 0 ? "off" : "\(revealedFields) or more fields revealed at once"),
      ("unapproved", "something sensitive, while nobody else was enrolled who could have approved it"),
      (
        "invalid-review",
        "a review of the reviewer's own entries, or without the reviewer's signature or right"
      ),
    ]
  }
}

extension ReviewRules {
  /// Reads the `review` section.
  init(_ section: YAMLMap?) throws(VaultError) {
    guard var section else { return }
    if var hours = try section.optionalMap("working_hours") {
      let from = try hours.minute("from") ?? workingMinutes.lowerBound
      let to = try hours.minute("to") ?? workingMinutes.upperBound
      guard from <= to else { throw hours.error("to", "is before from") }
      workingMinutes = from..<to
      if let days = try hours.optionalTexts("days") {
        workingDays = []
        for day in days {
          guard let index = Self.dayNames.firstIndex(of: day) else {
            throw hours.error("days", "is a list of \(Self.dayNames.joined(separator: ", "))")
          }
          workingDays.insert(index)
        }
      }
      try hours.finish()
    }
    if var volume = try section.optionalMap("volume") {
      try volume.read("factor", into: &volumeFactor)
      try volume.read("minimum", into: &volumeMinimum)
      try volume.read("history", into: &volumeHistory)
      try volume.read("days", into: &volumeDays)
      try volume.finish()
    }
    if var looks = try section.optionalMap("looks") {
      try looks.read("count", into: &self.looks)
      try looks.read("days", into: &lookDays)
      try looks.finish()
    }
    try section.read("denials", into: &denials)
    try section.read("result_minutes", into: &resultMinutes)
    try section.read("clock_seconds", into: &clockSeconds)
    try section.read("dormant_days", into: &dormantDays)
    try section.read("reveal_fields", into: &revealedFields)
    try section.read("first_purpose", into: &firstPurpose)
    try section.read("bulk_ticket", into: &bulkTicket)
    try section.finish()
  }
}

extension YAMLMap {
  /// A whole number of at most a million.
  fileprivate mutating func read(_ key: String, into number: inout Int) throws(VaultError) {
    guard let text = try optionalText(key) else { return }
    guard let value = Int(text), (0...1_000_000).contains(value), String(value) == text else {
      throw error(key, "is not a whole number from 0 to 1000000")
    }
    number = value
  }

  fileprivate mutating func read(_ key: String, into truth: inout Bool) throws(VaultError) {
    guard let text = try optionalText(key) else { return }
    guard let value = Bool(text) else { throw error(key, "is not true or false") }
    truth = value
  }

  /// A time of day, `HH:MM`, as minutes.
  fileprivate mutating func minute(_ key: String) throws(VaultError) -> Int? {
    guard let text = try optionalText(key) else { return nil }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), (0...59).contains(minute), (0...24 * 60).contains(hour * 60 + minute)
    else { throw error(key, "is not a time of day such as \"08:30\"") }
    return hour * 60 + minute
  }
}
