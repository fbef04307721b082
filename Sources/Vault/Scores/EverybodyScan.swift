internal import AuditLog
internal import Scoring
internal import Sodium

/// Goes through everybody whom a receipt names, one after another, each with the behavior of those who were merged into it.
struct EverybodyScan {
  /// A read transaction covers so many ordinals, well under 100 ms.
  private static let ordinalsAtOnce: UInt64 = 256

  /// How many customers the purpose's rule leaves out.
  private(set) var withheld: UInt64 = 0
  /// Ordinals of which nothing was opened though the receipt names them: never given, or erased.
  private(set) var untouched: [UInt64] = []

  private let subjects: SubjectSet
  private let rule: PseudonymRule

  /// A scan of those whom the receipt names; `rule` tells a merge that was made from one that was made up.
  init(_ subjects: SubjectSet, _ rule: PseudonymRule) { (self.subjects, self.rule) = (subjects, rule) }

  /// Customers who were opened.
  var touched: SubjectSet {
    var touched = subjects
    for ordinal in untouched { touched.remove(ordinal) }
    return touched
  }

  /// Reads everybody below the universe; `body` runs outside of transactions, in ascending order of ordinals.
  mutating func run(
    _ store: any Store, _ body: (_ ordinal: UInt64, _ records: [[SealedRecord]]) throws -> Void
  ) throws {
    let sources = try ScoreScan.mergedCustomers(store, universe: subjects.universe, rule)
    for first in stride(from: 0, to: subjects.universe, by: Int(Self.ordinalsAtOnce)) {
      let ordinals = first..<min(first + Self.ordinalsAtOnce, subjects.universe)
      // Sealed records leave the transaction; they are opened behind it.
      var records: [(ordinal: UInt64, sealed: [[SealedRecord]])] = []
      try store.read { reader in
        let directory = try DirectoryRange(ordinals, isWhole: false, reader)
        for ordinal in ordinals {
          switch directory[ordinal] {
          case .live:
            let all = [ordinal] + (sources[ordinal] ?? [])
            // Half of a history would be a wrong one.
            guard all.allSatisfy(subjects.contains) else {
              withheld += 1
              continue
            }
            records.append((ordinal, try all.map { try SealedRecord.all(.behavior, $0, reader) }))
          case .merged: break
          case .erased, .unknown:
            guard try SealedRecord.all(.behavior, ordinal, reader).isEmpty else {
              throw VaultError(
                .integrity, "a record belongs to no customer of the directory, or to an erased one")
            }
            untouched.append(ordinal)
          }
        }
      }
      for (ordinal, sealed) in records { try body(ordinal, sealed) }
    }
  }
}
