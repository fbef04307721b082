/// Whether a release may be given to somebody who holds earlier ones, and what could be done where it may not.
public struct CrossReleaseCheck: Sendable {
  /// What can be done about customers who would have too few candidates.
  public enum Remedy: Sendable, Equatable {
    /// Leave these customers out of the new release.
    case suppress(customers: [Int])
    /// Publish the new release in coarser classes: these, of the same customers.
    case coarsen(classes: [UInt32], count: Int)
    /// Publish the same customers in the classes of this earlier release.
    case reuse(release: Int)
  }

  private let ledger: ReleaseLedger
  private let proposed: [UInt32]
  private let k: Int
  private let l: [Int]
  private let sensitive: [[UInt32]]

  /// A check of a proposed release against those that the recipient may hold.
  public init(
    _ ledger: ReleaseLedger, proposed: [UInt32], k: Int, l: [Int] = [], sensitive: [[UInt32]] = []
  ) throws(AnonymizationError) {
    guard proposed.count == ledger.customers, l.count == sensitive.count,
      sensitive.allSatisfy({ $0.count == ledger.customers })
    else {
      throw AnonymizationError(.badTable, reason: "a release says of each customer in which class")
    }
    self.ledger = ledger
    self.proposed = proposed
    self.k = k
    self.l = l
    self.sensitive = sensitive
  }

  /// The standing after the release.
  public func standing() -> CandidateSets.Standing { standing(with: proposed) }

  private func standing(with classes: [UInt32]) -> CandidateSets.Standing {
    CandidateSets(ledger.releases + [classes], customers: ledger.customers)
      .standing(k: k, l: l, sensitive: sensitive)
  }

  /// What would make the release safe, least loss first; empty where it is safe already, or where nothing helps.
  ///
  /// - Parameter parents: for each class of the proposed release the coarser class that it may be merged into, level
  ///   by level.
  public func remedies(parents: [[UInt32]] = []) -> [Remedy] {
    let now = standing()
    guard !now.failing.isEmpty else { return [] }
    var remedies: [Remedy] = []
    for release in ledger.releases.indices.reversed() {
      let earlier = ledger.releases[release]
      // Who is new has no earlier class.
      guard
        proposed.indices.allSatisfy({
          proposed[$0] == ReleaseLedger.absent || earlier[$0] != ReleaseLedger.absent
        })
      else { continue }
      let reused = proposed.indices.map {
        proposed[$0] == ReleaseLedger.absent ? ReleaseLedger.absent : earlier[$0]
      }
      if standing(with: reused).failing.count <= standingBefore { remedies.append(.reuse(release: release)) }
    }
    if let customers = suppression(now) { remedies.append(.suppress(customers: customers)) }
    for level in parents {
      let coarser = proposed.map { $0 == ReleaseLedger.absent ? $0 : level[Int($0)] }
      if standing(with: coarser).failing.count <= standingBefore {
        remedies.append(
          .coarsen(classes: coarser, count: Set(coarser).subtracting([ReleaseLedger.absent]).count))
        break
      }
    }
    return remedies
  }

  /// How many failed before: what earlier releases broke no later one can mend.
  private var standingBefore: Int {
    ledger.releases.isEmpty
      ? 0 : ledger.candidates().standing(k: k, l: l, sensitive: sensitive).failing.count
  }

  /// The customers to leave out, round by round: those left out may leave others with too few candidates.
  private func suppression(_ first: CandidateSets.Standing) -> [Int]? {
    let allowed = standingBefore
    var classes = proposed
    var left: [Int] = []
    var now = first
    while now.failing.count > allowed {
      let leaving = now.failing.filter { classes[$0] != ReleaseLedger.absent }
      guard !leaving.isEmpty else { return nil }
      for customer in leaving { classes[customer] = ReleaseLedger.absent }
      left += leaving
      now = standing(with: classes)
    }
    return left.isEmpty ? nil : left.sorted()
  }
}
