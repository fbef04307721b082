/// The arithmetic of the release ledger: which customers nobody can tell apart who holds several releases.
///
/// In each release a customer is in one class, or in none. Whoever holds all releases knows of a person at most the
/// tuple of classes; those who share it are the person's candidates (Ganta, Kasiviswanathan, Smith, "Composition
/// Attacks and Auxiliary Information in Data Privacy", KDD 2008).
public struct ReleaseLedger: Sendable {
  /// The class of a customer who is not in a release.
  public static let absent = UInt32.max

  /// How many customers there are, present or not.
  public let customers: Int
  /// For each release, customer by customer, the class.
  public private(set) var releases: [[UInt32]]

  /// A ledger without a release.
  public init(customers: Int) {
    self.customers = customers
    releases = []
  }

  /// Adds a release: customer by customer the class, or ``absent``.
  public mutating func add(_ classes: [UInt32]) throws(AnonymizationError) {
    guard classes.count == customers else {
      throw AnonymizationError(.badTable, reason: "a release says of each customer in which class")
    }
    releases.append(classes)
  }

  /// The candidate sets of all releases together. Customers who are in none are in none of the sets.
  public func candidates() -> CandidateSets {
    CandidateSets(releases, customers: customers)
  }
}

/// Groups of customers who share the tuple of classes over some releases.
public struct CandidateSets: Sendable {
  /// The group of a customer who is in no release.
  public static let none = UInt32.max

  /// Customer by customer the group.
  public let groupOf: [UInt32]
  /// How many customers each group has.
  public let sizes: [Int]

  init(_ releases: [[UInt32]], customers: Int) {
    var groups = [UInt32](repeating: 0, count: customers)
    var isPresent = [Bool](repeating: false, count: customers)
    var count = 1
    for classes in releases {
      // The pair of the group so far and the class becomes the new group.
      var slots = KeySlots(capacity: customers)
      for customer in 0..<customers {
        let number = classes[customer]
        if number != ReleaseLedger.absent { isPresent[customer] = true }
        groups[customer] = UInt32(
          slots.find(UInt64(groups[customer]) << 32 | UInt64(number)) { _ in true })
      }
      count = slots.count
    }
    var sizes = [Int](repeating: 0, count: count)
    for customer in 0..<customers where isPresent[customer] { sizes[Int(groups[customer])] += 1 }
    for customer in 0..<customers where !isPresent[customer] { groups[customer] = Self.none }
    groupOf = groups
    self.sizes = sizes
  }

  /// The candidates of a customer, the customer included; nil for one who is in no release.
  public func candidates(of customer: Int) -> Int? {
    groupOf[customer] == Self.none ? nil : sizes[Int(groupOf[customer])]
  }

  /// What holding all releases leaves of k, and of the l of a sensitive column.
  public struct Standing: Sendable, Equatable {
    /// How many customers are in a release.
    public var customers: Int
    /// The fewest candidates of a customer.
    public var k: Int
    /// For each sensitive column the fewest different values among the candidates of a customer.
    public var l: [Int]
    /// The customers with fewer candidates than k or fewer values than l asks.
    public var failing: [Int]
    /// How many of them have fewer than k candidates.
    public var belowK: Int
    /// How many have no other candidate than themselves.
    public var alone: Int
  }

  /// Holds the sets against limits.
  ///
  /// - Parameters:
  ///   - k: the fewest candidates.
  ///   - l: for each sensitive column the fewest values.
  ///   - sensitive: for each column, customer by customer, the code of the value.
  public func standing(k: Int, l: [Int] = [], sensitive: [[UInt32]] = []) -> Standing {
    precondition(l.count == sensitive.count)
    var distinct: [[Int]] = []
    for column in sensitive {
      var counts = [Int](repeating: 0, count: sizes.count)
      var slots = KeySlots(capacity: groupOf.count)
      for (customer, group) in groupOf.enumerated() where group != Self.none {
        let before = slots.count
        _ = slots.find(UInt64(group) << 32 | UInt64(column[customer])) { _ in true }
        if slots.count > before { counts[Int(group)] += 1 }
      }
      distinct.append(counts)
    }
    var standing = Standing(
      customers: 0, k: .max, l: l.map { _ in .max }, failing: [], belowK: 0, alone: 0)
    for (customer, group) in groupOf.enumerated() where group != Self.none {
      let size = sizes[Int(group)]
      standing.customers += 1
      standing.k = min(standing.k, size)
      if size < k { standing.belowK += 1 }
      if size == 1 { standing.alone += 1 }
      var fails = size < k
      for column in l.indices {
        let values = distinct[column][Int(group)]
        standing.l[column] = min(standing.l[column], values)
        fails = fails || values < l[column]
      }
      if fails { standing.failing.append(customer) }
    }
    if standing.customers == 0 {
      standing.k = 0
      standing.l = l.map { _ in 0 }
    }
    return standing
  }
}
