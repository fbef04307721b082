/// A customer's record of `consent`: everything said, in the order in which it was recorded.
public struct ConsentRecord: Sendable, Undisclosed {
  /// What holds for a purpose now.
  public struct Standing: Hashable, Sendable, Undisclosed {
    /// Whether there is a consent.
    public var isGranted: Bool
    /// Whether there is an objection.
    public var isObjected: Bool
    /// The statement that was the last to change it.
    public var last: ConsentChange

    /// `objected` while an objection stands, else what was said last.
    public var state: ConsentState { isObjected ? .objected : last.state }
  }

  /// The most statements that are kept; there is no silent dropping.
  public static let changeLimit = 1024

  /// All statements, in the order in which they were recorded.
  public private(set) var changes: [ConsentChange] = []

  /// A record of a customer who has said nothing.
  public init() {}

  /// Records a statement, and says whether it was new: the same statement (all but who recorded it) counts once.
  ///
  /// - Throws: `.full` beyond ``changeLimit``.
  public mutating func record(_ change: ConsentChange) throws(RecordError) -> Bool {
    guard !changes.contains(where: { $0.says(sameAs: change) }) else { return false }
    guard changes.count < ConsentRecord.changeLimit else {
      throw RecordError(.full, "a customer's consents take at most \(ConsentRecord.changeLimit) statements")
    }
    changes.append(change)
    return true
  }

  /// Keeps these of the statements, in their order.
  mutating func replaceAll(with kept: [ConsentChange]) { changes = kept }

  /// The purposes that anything was said about, sorted.
  public var purposes: [String] { Set(changes.map(\.purpose)).sorted() }

  /// What holds for a purpose, or nil where nothing was said.
  ///
  /// Statements count in the order of their times, and at one time in the order of recording, so that an import
  /// of old files does not undo what came later. A consent ends an objection; taking a consent back leaves an
  /// objection standing.
  public func standing(for purpose: String) -> Standing? {
    let ordered = changes.enumerated().filter { $0.element.purpose == purpose }
      .sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    var standing: Standing?
    for (_, change) in ordered {
      let wasObjected = standing?.isObjected ?? false
      standing = Standing(
        isGranted: change.state == .granted,
        isObjected: change.state == .objected || (change.state == .withdrawn && wasObjected),
        last: change)
    }
    return standing
  }
}

extension ConsentChange {
  fileprivate func says(sameAs other: ConsentChange) -> Bool {
    purpose == other.purpose && state == other.state && time == other.time && source == other.source
      && textVersion == other.textVersion && legalBasis == other.legalBasis
  }
}
