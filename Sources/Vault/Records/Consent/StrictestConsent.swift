/// What becomes of consents when customers turn out to be one person: the strictest of what was said holds for all.
///
/// A purpose stays granted only where each has granted it, and an objection of one is an objection of all. What follows
/// is recorded as statements of each, so that it stays when the merge is taken back.
enum StrictestConsent {
  /// The source of the statements that a merge makes.
  static let source = "merge"

  /// The statements that each record needs, in the order of the records.
  ///
  /// - Parameters:
  ///   - records: what each has said; an empty record for who has said nothing.
  ///   - time: when they are merged.
  ///   - actor: who merges them.
  static func changes(_ records: [ConsentRecord], time: Int64, actor: UInt64) throws(RecordError)
    -> [[ConsentChange]]
  {
    var changes = [[ConsentChange]](repeating: [], count: records.count)
    for purpose in Set(records.flatMap(\.purposes)).sorted() {
      let standings = records.map { $0.standing(for: purpose) }
      let isGranted = standings.allSatisfy { $0?.isGranted ?? false }
      let isObjected = standings.contains { $0?.isObjected ?? false }
      for (index, standing) in standings.enumerated() {
        let state: ConsentState
        if isObjected, standing?.isObjected != true {
          state = .objected
        } else if !isGranted, standing?.isGranted == true {
          state = .withdrawn
        } else {
          continue
        }
        changes[index].append(
          try ConsentChange(
            purpose: purpose, state: state, time: max(time, standing?.last.time ?? time), source: source,
            actor: actor))
      }
    }
    return changes
  }
}
