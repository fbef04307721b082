internal import Anonymization
internal import DisclosureRisk

/// A quasi-identifier made ready: its hierarchy for the recoder, and what its cells mean for the measuring.
struct QuasiColumnPlan {
  let hierarchy: Hierarchy
  let codes: [UInt32]
  let scale: Scale

  init(_ rule: ReleaseProfile.Column, _ source: SourceTable.Column) throws {
    let name = rule.name
    if let bands = rule.bands {
      let banded = try bands.apply(to: source.values, counts: source.counts, column: name)
      hierarchy = banded.hierarchy
      codes = source.codes.map { banded.bandOfValue[Int($0)] }
      scale = .bands(hierarchy.values.map(SpreadsheetText.harmless))
      return
    }
    let harmless = source.values.map(SpreadsheetText.harmless)
    switch rule.hierarchy {
    case .flat:
      hierarchy = .flat(values: source.values)
      codes = source.codes
      scale = .tree(harmless.map { [$0] })
    case .intervals(let intervals):
      hierarchy = try intervals.hierarchy(over: source.values, column: name)
      codes = source.codes
      scale = try Self.need(.numbers(source.values), name)
    case .dates(let units):
      hierarchy = try Dates.hierarchy(over: source.values, units: units, column: name)
      codes = source.codes
      scale = try Self.need(.dates(source.values), name)
    case .mask(let step):
      hierarchy = try Codes.masked(source.values, step: step, column: name)
      codes = source.codes
      scale = .codes(harmless)
    case .prefix(let separator):
      let paths = PrefixPaths.of(source.values, separator: separator)
      hierarchy = try Hierarchy(paths: paths, column: name)
      codes = source.codes
      scale = .tree(paths.map { $0.map(SpreadsheetText.harmless) })
    case .paths(let paths):
      hierarchy = try Hierarchy(paths: paths, order: Self.order(of: paths), column: name)
      codes = try Self.codes(of: source, in: hierarchy.values)
      scale = .tree(paths.map { $0.map(SpreadsheetText.harmless) })
    }
  }

  /// Numbers in ascending order have an order, whoever wrote them into a file.
  private static func order(of paths: [[String]]) -> Hierarchy.Order {
    let numbers = paths.compactMap { path in path.first.flatMap(Double.init) }
    let isAscending = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
    return numbers.count == paths.count && isAscending ? .ordered : .nominal
  }

  private static func need(_ scale: Scale?, _ column: String) throws -> Scale {
    guard let scale else {
      throw ReleaseError(.missingValue, field: column, reason: "has values that its hierarchy does not know")
    }
    return scale
  }

  static func codes(of source: SourceTable.Column, in values: [String]) throws -> [UInt32] {
    let places = Dictionary(
      values.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
    let numbers = source.values.map { places[$0] }
    let lacking = numbers.indices.filter { numbers[$0] == nil }
    guard lacking.isEmpty else {
      let counts = source.counts
      throw ReleaseError(
        .missingValue, field: source.name,
        reason:
          "its hierarchy lacks \(lacking.count) of its values, in \(lacking.reduce(0) { $0 + counts[$1] }) rows",
        hint: "add them to the hierarchy, or clean the column")
    }
    return source.codes.map { numbers[Int($0)] ?? 0 }
  }
}

/// Categories whose names hold their path: `food/fruit/apple`.
enum PrefixPaths {
  static func of(_ values: [String], separator: String) -> [[String]] {
    let parts = values.map {
      $0.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    let depth = parts.map(\.count).max() ?? 1
    return zip(values, parts).map { value, parts in
      [value]
        + stride(from: depth - 1, to: 0, by: -1).map { kept in
          parts.count > kept ? parts[..<kept].joined(separator: separator) + separator + "*" : value
        }
    }
  }
}

/// What a spreadsheet would run as a formula gets an apostrophe, before it is published and before it is measured.
enum SpreadsheetText {
  static func harmless(_ text: String) -> String { isFormula(text) ? "'" + text : text }

  /// OWASP, "CSV Injection": a first character of `= + - @`, their fullwidth forms, tab or end of line; a negative
  /// number is none.
  static func isFormula(_ text: String) -> Bool {
    switch text.unicodeScalars.first {
    case "=", "+", "@", "\t", "\n", "\r", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    case "-": !isNegativeNumber(text)
    default: false
    }
  }

  private static func isNegativeNumber(_ text: String) -> Bool {
    let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let whole = parts.first, !whole.isEmpty else { return false }
    return parts.allSatisfy { $0.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
  }
}
