internal import AuditLog

/// Whom a retention run leaves alone: classes that are erased already or under a legal hold, and customers whose processing is restricted, since
/// their data is kept for them. Whoever was merged counts with the customer.
struct RetentionShield {
  private let subjects: SubjectStanding
  let links: MergeLinks
  private let sources: [UInt64: [UInt64]]
  private let time: LogTime
  private let isEmpty: Bool

  init(_ subjects: SubjectStanding, _ links: MergeLinks, at time: LogTime) {
    self.subjects = subjects
    self.links = links
    self.time = time
    var sources: [UInt64: [UInt64]] = [:]
    for (source, root) in links.roots { sources[root, default: []].append(source) }
    self.sources = sources
    isEmpty = subjects.restricted.isEmpty && subjects.holds.isEmpty
  }

  /// The customer that an ordinal stands for.
  func root(of ordinal: UInt64) -> UInt64 { links.roots[ordinal] ?? ordinal }

  /// Whether the customer of an ordinal stands for others too, or is one of those.
  func isMerged(_ ordinal: UInt64) -> Bool { links.roots[ordinal] != nil || sources[ordinal] != nil }

  /// The classes of a customer that stay whatever their age.
  func kept(of ordinal: UInt64) -> Set<DataClass> {
    let erased = subjects.erasedClasses(of: ordinal)
    guard !isEmpty else { return erased }
    let root = root(of: ordinal)
    let members = [root] + (sources[root] ?? [])
    if members.contains(where: subjects.restricted.contains) { return Set(DataClass.allCases) }
    return erased.union(subjects.holds(on: members, at: time).keys)
  }
}
