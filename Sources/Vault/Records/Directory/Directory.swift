/// The directory's entry of one customer: in the clear, since it is random or meaningless.
public struct DirectoryEntry: Sendable, Hashable {
  /// What became of a customer.
  public enum State: Int64, Sendable {
    /// Has records.
    case live = 0
    /// Was merged into another customer: readers follow the link.
    case merged = 1
    /// Erased: a tombstone, backed by a privacy officer's statement.
    case erased = 2

    /// The state's name in commands.
    public var name: String {
      switch self {
      case .live: "live"
      case .merged: "merged"
      case .erased: "erased"
      }
    }
  }

  /// The dense number that records are stored under; never reused.
  public let ordinal: UInt64
  /// The only id outside the identity class.
  public let pseudonym: Pseudonym
  /// What became of the customer.
  public let state: State
  /// The ordinal of the customer that this one was merged into, or nil.
  public let mergedInto: UInt64?
}

/// Reads and writes the directory.
enum Directory {
  static func row(_ entry: DirectoryEntry) -> Row {
    Row([
      .integer(Int64(entry.ordinal)), .blob(entry.pseudonym.bytes), .integer(entry.state.rawValue),
      entry.mergedInto.map { .integer(Int64($0)) } ?? .null,
    ])
  }

  static func entry(_ row: Row) throws(VaultError) -> DirectoryEntry {
    guard row.values.count == 4, case .integer(let ordinal) = row.values[0], isOrdinal(ordinal),
      case .blob(let bytes) = row.values[1], let pseudonym = Pseudonym(bytes),
      case .integer(let code) = row.values[2], let state = DirectoryEntry.State(rawValue: code)
    else { throw VaultError(.integrity, "the directory has a malformed row") }
    var merged: UInt64?
    if case .integer(let target) = row.values[3], isOrdinal(target) { merged = UInt64(target) }
    guard (merged != nil) == (state == .merged) else {
      throw VaultError(.integrity, "the directory has a malformed row")
    }
    return DirectoryEntry(ordinal: UInt64(ordinal), pseudonym: pseudonym, state: state, mergedInto: merged)
  }

  /// Whether a number may be an ordinal: one that the warden's file has room for.
  private static func isOrdinal(_ number: Int64) -> Bool {
    number >= 0 && UInt64(number) < SlotLayout.ordinalLimit
  }

  /// The entry of an ordinal, or nil.
  static func entry(_ ordinal: UInt64, _ reader: any StoreReader) throws -> DirectoryEntry? {
    try reader.row(Schema.directory, key: [.integer(Int64(ordinal))]).map { try entry($0) }
  }

  /// The ordinal of a pseudonym, merges not followed, or nil.
  ///
  /// - Throws: `.integrity` where the directory gives the ordinal another pseudonym.
  static func ordinal(of pseudonym: Pseudonym, _ rule: PseudonymRule, _ reader: any StoreReader) throws
    -> UInt64?
  {
    guard let ordinal = rule.ordinal(of: pseudonym), ordinal < SlotLayout.ordinalLimit,
      let found = try entry(ordinal, reader)
    else { return nil }
    guard found.pseudonym == pseudonym else {
      throw VaultError(
        .integrity, "the directory gives a customer another customer's id",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
    return ordinal
  }

  /// One more than the highest ordinal: the universe of subject sets.
  static func universe(_ reader: any StoreReader) throws -> UInt64 {
    var universe: UInt64 = 0
    try reader.scan(Schema.directory, prefix: [], range: nil, descending: true) { row in
      universe = try entry(row).ordinal + 1
      return false
    }
    return universe
  }

  /// The index of the newest entry that added customers, or 0.
  static func newestEnrolment(_ reader: any StoreReader) throws -> UInt64 {
    var newest: UInt64 = 0
    try reader.scan(Schema.enrolment, prefix: [], range: nil, descending: true) { row in
      if case .integer(let seq)? = row.values.first, seq >= 0 { newest = UInt64(seq) }
      return false
    }
    return newest
  }
}
