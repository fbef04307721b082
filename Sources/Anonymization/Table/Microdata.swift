/// A table of rows about people, as codes: what is recoded.
///
/// Rows are people unless ``persons`` says whose each is: then people are counted, and not rows.
public struct Microdata: Sendable {
  /// A column by which a row could be linked to a person.
  public struct QuasiIdentifier: Sendable {
    /// The column's name.
    public let name: String
    /// What its values may become.
    public let hierarchy: Hierarchy
    /// Row by row the index of the value in ``Hierarchy/values``.
    public let codes: [UInt32]
    /// How much its loss counts in the choice between recodings, against 1 for others.
    public let weight: Double
    /// Where the column is sensitive as well: the fewest values that the published cells of people who agree in
    /// all other quasi-identifiers must leave possible.
    public let possibleValues: Int

    /// A quasi-identifier.
    public init(
      name: String, hierarchy: Hierarchy, codes: [UInt32], weight: Double = 1, possibleValues: Int = 1
    ) {
      self.name = name
      self.hierarchy = hierarchy
      self.codes = codes
      self.weight = weight
      self.possibleValues = possibleValues
    }
  }

  /// A column that nobody shall learn of a person.
  public struct Sensitive: Sendable {
    /// The column's name.
    public let name: String
    /// Row by row the code of the value.
    public let codes: [UInt32]
    /// How many codes there are.
    public let valueCount: Int
    /// The codes in order of their values, for the ordered distance.
    public let ranked: [UInt32]
    /// For each level of the column's tree the group of each code, for the hierarchical distance.
    public let tree: [[UInt32]]
    /// What every class must meet.
    public let diversity: [Diversity]
    /// How close every class must be to the whole.
    public let closeness: Closeness?

    /// A sensitive column.
    public init(
      name: String, codes: [UInt32], valueCount: Int, ranked: [UInt32]? = nil, tree: [[UInt32]] = [],
      diversity: [Diversity], closeness: Closeness? = nil
    ) {
      self.name = name
      self.codes = codes
      self.valueCount = valueCount
      self.ranked = ranked ?? Array(0..<UInt32(valueCount))
      self.tree = tree
      self.diversity = diversity
      self.closeness = closeness
    }
  }

  /// The quasi-identifiers.
  public let quasiIdentifiers: [QuasiIdentifier]
  /// The sensitive columns.
  public let sensitive: [Sensitive]
  /// Row by row the number of the person, dense from 0; nil where each row is a person.
  public let persons: [UInt32]?
  /// How many rows there are.
  public let rowCount: Int
  /// How many people there are.
  public let personCount: Int

  /// Puts columns together; they must be of one length.
  public init(
    quasiIdentifiers: [QuasiIdentifier], sensitive: [Sensitive], persons: [UInt32]? = nil
  ) throws(AnonymizationError) {
    guard let first = quasiIdentifiers.first else {
      throw AnonymizationError(
        .noQuasiIdentifier, reason: "no column is a quasi-identifier",
        hint: "give a column the role quasi: one by which somebody could recognize a person")
    }
    rowCount = first.codes.count
    for column in quasiIdentifiers {
      guard column.codes.count == rowCount, column.weight > 0, column.weight.isFinite else {
        throw AnonymizationError(
          .badTable, column: column.name, reason: "is not as long as the others, or its weight is not above 0"
        )
      }
      let values = UInt32(column.hierarchy.values.count)
      let lacking = column.codes.count { $0 >= values }
      guard lacking == 0 else {
        throw AnonymizationError(
          .missingValue, column: column.name, reason: "its hierarchy lacks the value of \(lacking) rows")
      }
    }
    for column in sensitive {
      guard column.codes.count == rowCount, column.codes.allSatisfy({ $0 < UInt32(column.valueCount) }) else {
        throw AnonymizationError(.badTable, column: column.name, reason: "is not as long as the others")
      }
      for diversity in column.diversity { try diversity.check(column: column.name) }
      try column.closeness?.check(column: column.name)
    }
    if let persons {
      guard persons.count == rowCount else {
        throw AnonymizationError(.badTable, reason: "the persons are not as many as the rows")
      }
      personCount = Set(persons).count
    } else {
      personCount = rowCount
    }
    // Where nobody has two rows, rows and people are the same, which is faster.
    self.persons = personCount == rowCount ? nil : persons
    self.quasiIdentifiers = quasiIdentifiers
    self.sensitive = sensitive
  }
}

/// What a recoding must meet, whatever the columns.
public struct PrivacyLimits: Sendable, Equatable {
  /// The fewest people of a class: k-anonymity (Samarati and Sweeney, 1998).
  public var k: Int
  /// The greatest share of rows that may be left out.
  public var suppression: Double

  /// The limits; k is 5 and the share 2 % unless said otherwise.
  public init(k: Int = 5, suppression: Double = 0.02) {
    self.k = k
    self.suppression = suppression
  }

  func check(_ table: Microdata) throws(AnonymizationError) {
    guard k >= 2 else {
      throw AnonymizationError(.badLimit, reason: "k is \(k): with k below 2 a class may be one person")
    }
    guard k <= table.personCount else {
      throw AnonymizationError(
        .cannotBeMet, reason: "k is \(k), and the table has \(table.personCount) people",
        hint: "the greatest k that it can meet is \(table.personCount)")
    }
    guard suppression >= 0, suppression < 1 else {
      throw AnonymizationError(.badLimit, reason: "the suppression limit is a share from 0 to below 1")
    }
  }
}
