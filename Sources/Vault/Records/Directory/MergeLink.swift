/// That one customer was merged into another: a row beside the directory's, with a tag that only who has the warden's
/// file can make. So storage alone cannot show one customer as another.
struct MergeLink: Hashable {
  let source: UInt64
  let target: UInt64
  /// The index of the entry that tells of it.
  let seq: UInt64
  private let tag: [UInt8]

  /// A new link.
  init(from source: UInt64, into target: UInt64, seq: UInt64, _ rule: PseudonymRule) {
    (self.source, self.target, self.seq) = (source, target, seq)
    tag = rule.mergeTag(from: source, into: target, seq: seq)
  }

  init(_ row: Row) throws(VaultError) {
    guard row.values.count == 4, case .integer(let target) = row.values[0],
      case .integer(let source) = row.values[1], case .integer(let seq) = row.values[2],
      case .blob(let tag) = row.values[3], target >= 0, source >= 0, seq >= 0
    else { throw VaultError(.integrity, "a merge is malformed") }
    (self.target, self.source, self.seq) = (UInt64(target), UInt64(source), UInt64(seq))
    self.tag = tag
  }

  var key: [Value] { [.integer(Int64(target)), .integer(Int64(source))] }

  var row: Row { Row(key + [.integer(Int64(seq)), .blob(tag)]) }

  /// Refuses a link that this vault's program did not make.
  func check(_ rule: PseudonymRule) throws(VaultError) {
    guard tag == rule.mergeTag(from: source, into: target, seq: seq) else {
      throw VaultError(
        .integrity, "the store says that a customer was merged, and it is not so",
        hint: "crmvault verify tells more; keep a copy as evidence")
    }
  }

  /// The link from one customer into another, or nil.
  static func find(from source: UInt64, into target: UInt64, _ reader: any StoreReader) throws -> MergeLink? {
    try reader.row(Schema.mergeLink, key: [.integer(Int64(target)), .integer(Int64(source))])
      .map { try MergeLink($0) }
  }

  /// The links into a customer, ascending; at most one more than there may be.
  static func into(_ target: UInt64, _ reader: any StoreReader) throws -> [MergeLink] {
    var links: [MergeLink] = []
    try reader.scan(
      Schema.mergeLink, prefix: [.integer(Int64(target))], range: nil, descending: false
    ) { row in
      links.append(try MergeLink(row))
      return links.count <= CustomerDirectory.mergeLimit
    }
    return links
  }
}

/// All merges of a vault, for a run over everybody.
struct MergeLinks: Sendable {
  /// Where each customer who was merged leads to at last.
  private(set) var roots: [UInt64: UInt64] = [:]

  init() {}

  /// Reads every merge, each held against its tag.
  init(_ reader: any StoreReader, _ rule: PseudonymRule) throws {
    var targets: [UInt64: UInt64] = [:]
    try reader.scan(Schema.mergeLink, prefix: [], range: nil, descending: false) { row in
      let link = try MergeLink(row)
      try link.check(rule)
      targets[link.source] = link.target
      return true
    }
    for source in targets.keys { roots[source] = try Self.end(of: source, targets) }
  }

  /// For each customer into whom others were merged, all of these, through several merges.
  static func sources(_ links: [(source: UInt64, target: UInt64)]) throws -> [UInt64: [UInt64]] {
    var targets: [UInt64: UInt64] = [:]
    for link in links { targets[link.source] = link.target }
    var sources: [UInt64: [UInt64]] = [:]
    for link in links { sources[try end(of: link.source, targets), default: []].append(link.source) }
    return sources.mapValues { $0.sorted() }
  }

  /// Holds merges that a scan of the directory met against their tags.
  ///
  /// - Throws: `.integrity` for one that nobody made, `.busy` for one that was taken back meanwhile.
  static func check(
    _ links: [(source: UInt64, target: UInt64)], _ reader: any StoreReader, _ rule: PseudonymRule
  ) throws {
    for (source, target) in links {
      if let link = try MergeLink.find(from: source, into: target, reader) {
        try link.check(rule)
        continue
      }
      guard try Directory.entry(source, reader)?.mergedInto != target else {
        throw VaultError(.integrity, "the directory calls a customer merged, and nothing shows that it was")
      }
      throw VaultError(.busy, "a merge was taken back meanwhile", hint: "try again")
    }
  }

  private static func end(of source: UInt64, _ targets: [UInt64: UInt64]) throws(VaultError) -> UInt64 {
    var (end, steps) = (source, 0)
    while let further = targets[end] {
      end = further
      steps += 1
      guard steps <= CustomerDirectory.mergeLimit else { throw CustomerDirectory.circle }
    }
    return end
  }
}
