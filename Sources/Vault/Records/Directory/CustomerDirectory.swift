internal import AuditLog

/// The directory as every reader of customers must read it.
///
/// It lies in the clear, so each row is held against what orders it before it is believed: a pseudonym against the
/// warden's rule, a merge against the tag that the warden's key made for it, an erasure against a privacy officer's
/// statement. Merges are followed here and nowhere else.
struct CustomerDirectory {
  /// The longest chain of merges, and the most customers that one stands for.
  static let mergeLimit = 64

  let reader: any StoreReader
  let rule: PseudonymRule
  let subjects: SubjectStanding

  /// The row of a pseudonym as it stands itself, or nil.
  func entry(of pseudonym: Pseudonym) throws -> DirectoryEntry? {
    try Directory.ordinal(of: pseudonym, rule, reader).flatMap { try entry(at: $0) }
  }

  /// The row of an ordinal as it stands itself, or nil.
  func entry(at ordinal: UInt64) throws -> DirectoryEntry? {
    try Directory.entry(ordinal, reader).map { try checked($0) }
  }

  /// The customer that a pseudonym stands for, merges followed, or nil.
  func customer(_ pseudonym: Pseudonym) throws -> DirectoryEntry? {
    try entry(of: pseudonym).flatMap { try root(of: $0) }
  }

  /// The customer that an ordinal stands for, merges followed, or nil.
  func customer(at ordinal: UInt64) throws -> DirectoryEntry? {
    try entry(at: ordinal).flatMap { try root(of: $0) }
  }

  /// The ordinals of a customer and of all who were merged into it: its own first, then theirs, ascending.
  func members(of ordinal: UInt64) throws -> [UInt64] {
    var members = [ordinal]
    var next = 0
    while next < members.count {
      let target = members[next]
      next += 1
      for link in try MergeLink.into(target, reader) {
        try link.check(rule)
        members.append(link.source)
        guard members.count <= Self.mergeLimit else { throw Self.circle }
      }
    }
    return [ordinal] + members.dropFirst().sorted()
  }

  /// A row that was read, held against what orders it. One that a statement erases counts as erased also while its
  /// rows are still to be taken away.
  ///
  /// - Throws: `.integrity`.
  func checked(_ entry: DirectoryEntry) throws -> DirectoryEntry {
    try rule.check(entry)
    if subjects.isErased(entry.ordinal) {
      return DirectoryEntry(
        ordinal: entry.ordinal, pseudonym: entry.pseudonym, state: .erased, mergedInto: nil)
    }
    switch entry.state {
    case .live: break
    case .erased: throw Self.unordered("erased, and no statement of a privacy officer orders it")
    case .merged:
      guard let target = entry.mergedInto,
        let link = try MergeLink.find(from: entry.ordinal, into: target, reader)
      else { throw Self.unordered("merged, and nothing shows that it was") }
      try link.check(rule)
    }
    return entry
  }

  private func root(of entry: DirectoryEntry) throws -> DirectoryEntry? {
    var found: DirectoryEntry? = entry
    var steps = 0
    while let current = found, let target = current.mergedInto {
      steps += 1
      guard steps <= Self.mergeLimit else { throw Self.circle }
      found = try self.entry(at: target)
    }
    return found
  }

  static var circle: VaultError {
    VaultError(.integrity, "the directory's merges run in a circle, or without an end")
  }

  private static func unordered(_ what: String) -> VaultError {
    VaultError(
      .integrity, "the directory calls a customer \(what)",
      hint: "crmvault verify tells more; keep a copy as evidence")
  }
}

extension Session.Opened {
  /// The directory in this state of the vault.
  func directory(_ reader: any StoreReader, _ warden: any Warden) -> CustomerDirectory {
    CustomerDirectory(reader: reader, rule: warden.pseudonyms(), subjects: governance.subjects)
  }
}
