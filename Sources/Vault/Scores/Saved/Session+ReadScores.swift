internal import AuditLog
internal import Sodium

/// What two saved runs say of one customer, by one column.
public struct ScoreMovement: Sendable, Undisclosed {
  /// The customer.
  public let ordinal: UInt64
  /// The number in the earlier run, nil where it has none.
  public let before: Double?
  /// The number in the later run, nil where it has none.
  public let after: Double?
}

/// Two saved runs held against each other. Written down in the log before it exists.
public struct ScoreComparison: Sendable {
  /// The two runs.
  public let runs: (before: SavedRun, after: SavedRun)
  /// The column that is compared.
  public let column: String
  /// Everybody whom either has, in ascending order of ordinals.
  public let movements: [ScoreMovement]
  /// The index of the entry that announced the comparison.
  public let entry: UInt64
}

/// What one saved run says of one customer.
public struct SavedScores: Sendable, Undisclosed {
  /// The run.
  public let run: SavedRun
  /// The customer's numbers in the order of the run's columns; nil where the run does not have the customer.
  public let values: [Double?]?
}

extension Session {
  /// Holds two saved runs against each other: an intent in the log, then the reading, then what it touched.
  ///
  /// - Parameters:
  ///   - names: the earlier and the later run.
  ///   - column: what is compared, or nil for the models' result.
  ///   - purpose: the purpose that both were computed for, or nil for the role's default.
  /// - Throws: `.notFound` where there is no run of a name, `.notPermitted` for a run of another purpose, `.usage` for a
  ///   column that one of them lacks.
  public func compareSavedRuns(_ names: (String, String), column: String?, purpose: String?) throws
    -> ScoreComparison
  {
    var request = AccessRequest(.scoreRun, purpose: purpose, subject: .everybody, classes: [.score])
    request.details = ["runs": [.string(names.0), .string(names.1)]]
    return try access(request) { context in
      let catalogue = try ScoreCatalogue(context)
      return (catalogue, try catalogue.runs(context.reader))
    } release: { receipt, context, prepared in
      let (catalogue, runs) = prepared
      let before = try Self.run(names.0, among: runs, context)
      let after = try Self.run(names.1, among: runs, context)
      let column = column ?? after.mainColumn
      guard
        let places = before.place(of: column).flatMap({ first in after.place(of: column).map { (first, $0) } }
        )
      else {
        throw VaultError(
          .usage, "the two runs do not both have the column \(column)",
          hint: "one of: \(before.columns.filter(after.columns.contains).joined(separator: ", "))")
      }
      var reading = ScoreReading(context, catalogue, environment.warden)
      let first = try reading.numbers(of: before, places.0, environment.store, for: receipt)
      let second = try reading.numbers(of: after, places.1, environment.store, for: receipt)
      var touched = try SubjectSet(universe: context.universe)
      for (ordinal, _) in first { try touched.insert(ordinal) }
      for (ordinal, _) in second { try touched.insert(ordinal) }
      try recordResult(of: context, .scoreRun, touched: touched)
      return ScoreComparison(
        runs: (before, after), column: column, movements: Self.joined(first, second), entry: context.entry)
    }
  }

  /// Visits the movements of a comparison, each with its customer's pseudonym.
  public func visitMovements(
    _ comparison: ScoreComparison, _ body: (Pseudonym, ScoreMovement) throws -> Void
  ) throws {
    let movements = comparison.movements
    for start in stride(from: 0, to: movements.count, by: 4096) {
      let some = movements[start..<min(start + 4096, movements.count)]
      for (pseudonym, movement) in zip(try pseudonyms(of: some.map(\.ordinal)), some) {
        try body(pseudonym, movement)
      }
    }
  }

  /// What the saved runs of a purpose say of one customer, oldest first: one entry.
  ///
  /// - Parameter purpose: a purpose of the policy, or nil for the role's default.
  public func scoreTrend(of id: Pseudonym, purpose: String?) throws -> [SavedScores] {
    let request = AccessRequest(.scoreShow, purpose: purpose, subject: .customer(id), classes: [.score])
    return try access(request) { context in
      let catalogue = try ScoreCatalogue(context)
      return (catalogue, try catalogue.runs(context.reader).filter { $0.purpose == context.purpose?.name })
    } release: { receipt, context, prepared in
      let (catalogue, runs) = prepared
      guard let ordinal = context.customer?.ordinal else {
        throw VaultError(.notFound, "there is no such customer")
      }
      return try environment.store.read { reader in
        try runs.map { run in
          let blocks = SlottedBlocks(
            series: run.series, vault: context.vaultID, classKey: catalogue.seal.key)
          var content = WipedBytes(capacity: run.series.contentCount)
          guard try blocks.read(ordinal, reader, environment.warden, for: receipt, into: &content) else {
            return SavedScores(run: run, values: nil)
          }
          let values = content.withBytes { content in
            run.columns.indices.map { SavedScoresSlot.value($0, of: run.columns.count, in: content) }
          }
          return SavedScores(run: run, values: values)
        }
      }
    }
  }

  /// The run of a name, if it may be read for the purpose of the access.
  private static func run(_ name: String, among runs: [SavedRun], _ context: AccessContext) throws(VaultError)
    -> SavedRun
  {
    guard let run = runs.first(where: { $0.name == name }) else { throw noSuchRun }
    guard run.purpose == context.purpose?.name else {
      throw VaultError(
        .notPermitted, "the run \(name) was saved for the purpose \(run.purpose)",
        hint: "scores are used for the purpose that they were computed for: --purpose \(run.purpose)")
    }
    return run
  }

  /// Two ascending lists, side by side.
  private static func joined(_ first: [(UInt64, Double?)], _ second: [(UInt64, Double?)]) -> [ScoreMovement] {
    var joined: [ScoreMovement] = []
    var (left, right) = (0, 0)
    while left < first.count || right < second.count {
      let ordinals = (
        left < first.count ? first[left].0 : .max, right < second.count ? second[right].0 : .max
      )
      let ordinal = min(ordinals.0, ordinals.1)
      joined.append(
        ScoreMovement(
          ordinal: ordinal, before: ordinals.0 == ordinal ? first[left].1 : nil,
          after: ordinals.1 == ordinal ? second[right].1 : nil))
      if ordinals.0 == ordinal { left += 1 }
      if ordinals.1 == ordinal { right += 1 }
    }
    return joined
  }
}

/// Reads one column of saved runs, in short transactions.
struct ScoreReading: ~Copyable {
  private let context: Session.AccessContext
  private let catalogue: ScoreCatalogue
  private let warden: any Warden
  private var keys = CustomerKeys()

  init(_ context: Session.AccessContext, _ catalogue: ScoreCatalogue, _ warden: any Warden) {
    (self.context, self.catalogue, self.warden) = (context, catalogue, warden)
  }

  /// A column of everybody whom the receipt names, by ordinal.
  mutating func numbers(
    of run: SavedRun, _ column: Int, _ store: any Store, for receipt: borrowing AccessReceipt
  ) throws -> [(UInt64, Double?)] {
    let blocks = SlottedBlocks(series: run.series, vault: context.vaultID, classKey: catalogue.seal.key)
    var numbers: [(UInt64, Double?)] = []
    let step: UInt64 = 1 << 14
    for first in stride(from: 0, to: context.universe, by: Int(step)) {
      try store.read { reader in
        try blocks.visit(first..<min(first + step, context.universe), reader, warden, &keys, for: receipt) {
          ordinal, content in
          numbers.append((ordinal, SavedScoresSlot.value(column, of: run.columns.count, in: content)))
        }
      }
    }
    return numbers
  }
}
