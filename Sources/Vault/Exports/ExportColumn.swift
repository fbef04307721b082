public import Scoring

/// A column that an export can have: a profile field, or what a customer's behavior comes to.
public struct ExportColumn: Sendable, Hashable {
  /// Where the cells come from.
  public enum Source: Sendable, Hashable {
    /// A field of the class `profile`.
    case field(FieldName)
    /// A factor, as `score` computes it.
    case factor(Factor)
    /// Days from the last payment to the as-of day.
    case recency
    /// Days from the first payment to the as-of day.
    case tenure
  }

  /// The column's name.
  public let name: String
  /// Where its cells come from.
  public let source: Source
  /// Whether a customer without the value is left out; else the cell is empty.
  public let isRequired: Bool

  /// The data class that is opened for it.
  public var dataClass: DataClass { if case .field = source { .profile } else { .behavior } }

  /// The names that behavior has, in the order in which they are listed.
  public static let behavior = ["recency", "tenure"] + Factor.allCases.map(\.rawValue)

  /// A column by its name.
  ///
  /// - Throws: `.badInput` for a name that is neither a field of the profile nor a figure of behavior; a field of
  ///   `identity` never leaves.
  init(_ name: String, isRequired: Bool, policy: Policy) throws(VaultError) {
    self.name = name
    self.isRequired = isRequired
    switch name {
    case "recency": source = .recency
    case "tenure": source = .tenure
    default:
      if let factor = Factor(rawValue: name) {
        source = .factor(factor)
        return
      }
      guard let field = FieldName(name), policy.isProfile(name) else {
        let isIdentity = FieldName(name).flatMap { try? $0.dataClass(policy) } == .identity
        throw VaultError(
          .badInput,
          isIdentity
            ? "column \(name): a field of identity never leaves" : "column \(name): there is no such column",
          hint:
            "fields: \(Self.fields(policy).joined(separator: ", ")); behavior: \(Self.behavior.joined(separator: ", "))"
        )
      }
      source = .field(field)
    }
  }

  private static func fields(_ policy: Policy) -> [String] {
    FieldName.profile.map(\.text) + (policy.customFields[.profile] ?? [])
  }
}

/// What an export reads: the columns, and the days that behavior counts.
public struct ExportPlan: Sendable {
  /// A column that is asked for, before the policy is known.
  public struct Wanted: Sendable, Hashable {
    /// The column's name.
    public let name: String
    /// Whether a customer without the value is left out.
    public let isRequired: Bool

    /// A column that is asked for.
    public init(_ name: String, isRequired: Bool) {
      self.name = name
      self.isRequired = isRequired
    }
  }

  /// The columns, in order.
  public var columns: [Wanted]
  /// The as-of day; nil for today in the vault's zone.
  public var asOf: LocalDay?
  /// The days that count, given the as-of day; nil where they begin before the calendar does.
  public var window: @Sendable (LocalDay) -> Window?
  /// The decimals of a currency, by its ISO 4217 code; nil for one that is not known.
  public var minorDigits: @Sendable (String) -> Int?

  /// A plan.
  public init(
    columns: [Wanted], asOf: LocalDay? = nil,
    window: @escaping @Sendable (LocalDay) -> Window? = { Window(through: $0) },
    minorDigits: @escaping @Sendable (String) -> Int?
  ) {
    self.columns = columns
    self.asOf = asOf
    self.window = window
    self.minorDigits = minorDigits
  }

  /// The data classes that are opened, before the policy is known: what is no name of behavior is a field.
  var classes: Set<DataClass> {
    Set(columns.map { ExportColumn.behavior.contains($0.name) ? .behavior : .profile })
  }
}
