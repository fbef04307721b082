public import Anonymization
internal import DisclosureRisk

/// A table and a profile put together: what the recoder takes, what is written, and how it is measured.
public struct ReleasePlan: Sendable {
  /// The profile.
  public let profile: ReleaseProfile
  /// What is recoded.
  public let microdata: Microdata
  /// The columns that leave, in the order of the file.
  public let published: [String]
  let sources: [Source]
  let measured: [ReleasedTable.Column]
  let persons: [UInt32]?
  let table: SourceTable

  /// Where a published column's cells come from.
  enum Source: Sendable {
    /// The quasi-identifier at this place.
    case quasi(Int)
    /// A column as it came; by value the text.
    case plain([UInt32], texts: [[UInt8]])
  }

  /// Puts a profile and a table together.
  ///
  /// - Throws: ``ReleaseError`` or ``AnonymizationError``: a column that is not there, a hierarchy that is no tree or
  ///   lacks values, limits that mean nothing.
  public init(_ profile: ReleaseProfile, _ table: SourceTable) throws {
    try profile.check(file: nil)
    var quasi: [Microdata.QuasiIdentifier] = []
    var sensitive: [Microdata.Sensitive] = []
    var sources: [Source] = []
    var measured: [ReleasedTable.Column] = []
    var published: [String] = []
    var persons: [UInt32]?
    for source in table.columns {
      guard let rule = profile.columns.first(where: { $0.name == source.name }) else { continue }
      if rule.roles == [.person] { persons = source.codes }
      guard rule.roles.isDisjoint(with: [.identifier, .person]) else { continue }
      published.append(source.name)
      let diversity = rule.diversity ?? profile.diversity
      if rule.roles.contains(.quasi) {
        let plan = try QuasiColumnPlan(rule, source)
        let isSensitive = rule.roles.contains(.sensitive)
        sources.append(.quasi(quasi.count))
        quasi.append(
          .init(
            name: source.name, hierarchy: plan.hierarchy, codes: plan.codes, weight: rule.weight,
            possibleValues: isSensitive ? diversity.map { Int($0.l.rounded(.up)) }.max() ?? 1 : 1))
        measured.append(.init(source.name, isQuasi: true, isSensitive: isSensitive, scale: plan.scale))
      } else {
        let plan = try PlainColumnPlan(rule, source)
        sources.append(.plain(plan.codes, texts: plan.texts))
        if rule.roles.contains(.sensitive) {
          sensitive.append(plan.sensitive(rule, profile, diversity))
        }
        measured.append(
          .init(source.name, isSensitive: rule.roles.contains(.sensitive), distance: plan.groundDistance))
      }
    }
    if let missing = profile.columns.first(where: { rule in table.column(rule.name) == nil }) {
      throw ReleaseError(.unknownColumn, field: missing.name, reason: "the table has no such column")
    }
    self.profile = profile
    self.table = table
    self.sources = sources
    self.measured = measured
    self.published = published
    self.persons = persons
    microdata = try Microdata(quasiIdentifiers: quasi, sensitive: sensitive, persons: persons)
  }

  /// The limits of the profile.
  public var limits: PrivacyLimits { PrivacyLimits(k: profile.k, suppression: profile.suppression) }

  /// The published rows in an order that says nothing of the table's.
  public func order(_ recoding: Recoding, using generator: inout some RandomNumberGenerator) -> [UInt32] {
    recoding.shuffledRows(using: &generator)
  }

  /// The persons of rows in their order, where rows are not people: the measuring needs them, the file does not say
  /// them.
  public func persons(_ order: [UInt32]) -> [UInt32]? {
    microdata.persons.map { persons in order.map { persons[Int($0)] } }
  }

  /// Hands out the published rows in an order, cell by cell in the order of ``published``.
  ///
  /// - Parameter emit: takes a cell, and whether it ends its row.
  public func write(
    _ recoding: Recoding, order: [UInt32], emit: (_ cell: Span<UInt8>, _ endsRow: Bool) throws -> Void
  ) rethrows {
    // All texts in one array: a cell is a range of it, and handing one out costs no reference count.
    var bytes: [UInt8] = []
    var starts: [Int] = []
    var bases: [Int] = []
    for source in sources {
      bases.append(starts.count)
      switch source {
      case .quasi(let place):
        for label in recoding.vocabularies[place].labels {
          starts.append(bytes.count)
          bytes += Array(SpreadsheetText.harmless(label).utf8)
        }
      case .plain(_, let texts):
        for text in texts {
          starts.append(bytes.count)
          bytes += text
        }
      }
    }
    starts.append(bytes.count)
    let text = bytes.span
    for row in order {
      let cells = recoding.cells[Int(recoding.classOfRow[Int(row)])]
      for column in sources.indices {
        let number = bases[column] + numberOfText(column, row: Int(row), cells)
        try emit(text.extracting(starts[number]..<starts[number + 1]), column == sources.count - 1)
      }
    }
  }

  /// Hands out the published rows in shuffled order; the persons of the rows in that order.
  public func write(
    _ recoding: Recoding, using generator: inout some RandomNumberGenerator,
    emit: (_ cell: Span<UInt8>, _ endsRow: Bool) throws -> Void
  ) throws -> [UInt32]? {
    let order = order(recoding, using: &generator)
    try write(recoding, order: order, emit: emit)
    return persons(order)
  }
}

extension ReleasePlan {
  /// Which of the texts of a published column a row has.
  @inline(__always)
  private func numberOfText(_ column: Int, row: Int, _ cells: [UInt32]) -> Int {
    switch sources[column] {
    case .quasi(let place): Int(cells[place])
    case .plain(let codes, _): Int(codes[row])
    }
  }
}

/// A column that leaves as it is, or in bands.
struct PlainColumnPlan {
  let codes: [UInt32]
  let texts: [[UInt8]]
  let groundDistance: GroundDistance
  private let ranked: [UInt32]
  private let tree: [[UInt32]]
  private let distance: Closeness.Distance
  private let valueCount: Int

  init(_ rule: ReleaseProfile.Column, _ source: SourceTable.Column) throws {
    var values = source.values
    var codes = source.codes
    if let bands = rule.bands {
      let banded = try bands.apply(to: values, counts: source.counts, column: rule.name)
      codes = codes.map { banded.bandOfValue[Int($0)] }
      values = banded.hierarchy.values
    }
    let harmless = values.map(SpreadsheetText.harmless)
    let numbers = values.compactMap(Double.init)
    let isNumeric = numbers.count == values.count
    var ranked = Array(0..<UInt32(values.count))
    if rule.bands == nil {
      ranked.sort { isNumeric ? numbers[Int($0)] < numbers[Int($1)] : values[Int($0)] < values[Int($1)] }
    }
    var tree: [[UInt32]] = []
    switch rule.distance {
    case .equal: (distance, groundDistance) = (.equal, .equal)
    case .automatic where !isNumeric && rule.bands == nil: (distance, groundDistance) = (.equal, .equal)
    case .automatic, .ordered:
      (distance, groundDistance) = (.ordered, .ordered(ranked.map { harmless[Int($0)] }))
    case .hierarchical:
      guard case .paths(let paths) = rule.hierarchy else {
        throw ReleaseError(
          .badProfile, field: "columns.\(rule.name).distance",
          reason: "hierarchical needs a hierarchy of the column")
      }
      let hierarchy = try Hierarchy(paths: paths, column: rule.name)
      codes = try QuasiColumnPlan.codes(of: source, in: hierarchy.values)
      values = hierarchy.values
      ranked = Array(0..<UInt32(values.count))
      tree = hierarchy.levels.map(\.groupOfValue)
      distance = .hierarchical
      groundDistance = .hierarchical(paths.map { $0.map(SpreadsheetText.harmless) })
    }
    self.codes = codes
    texts = values.map { Array(SpreadsheetText.harmless($0).utf8) }
    valueCount = values.count
    self.ranked = ranked
    self.tree = tree
  }

  func sensitive(
    _ rule: ReleaseProfile.Column, _ profile: ReleaseProfile, _ diversity: [Diversity]
  ) -> Microdata.Sensitive {
    Microdata.Sensitive(
      name: rule.name, codes: codes, valueCount: valueCount, ranked: ranked, tree: tree, diversity: diversity,
      closeness: (rule.t ?? profile.t).map { Closeness(limit: $0, distance: distance) })
  }
}
