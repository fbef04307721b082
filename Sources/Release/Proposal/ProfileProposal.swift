/// A profile that a file suggests, with the reason for each column. No value of the file is in it.
public struct ProfileProposal: Sendable {
  /// What is proposed for a column.
  public struct Column: Sendable {
    /// The column's name.
    public let name: String
    /// The role, as a profile writes it.
    public let role: String
    /// Why.
    public let reason: String
    /// The rest of the rules, as a profile writes it.
    let rules: String
  }

  /// The columns, in the order of the file.
  public let columns: [Column]
  private let rowCount: Int

  /// Looks at the columns of a table.
  public init(_ table: SourceTable) {
    rowCount = table.rowCount
    columns = table.columns.map { ColumnTraits($0, rows: table.rowCount).proposal }
  }

  /// The profile.
  public var yaml: String {
    var text = """
      # A proposal from \(rowCount) rows. Check each role: what could somebody know of a person in here, and what must
      # nobody learn? A column that is taken out does not leave.
      columns:

      """
    for column in columns {
      text += "  # \(column.reason)\n"
      text += "  \(Self.key(column.name)): {role: \(column.role)\(column.rules)}\n"
    }
    if !columns.contains(where: { $0.role.contains("sensitive") }) {
      text +=
        "# No column looks sensitive. If one is, give it the role: then l guards it, as k guards identities.\n"
    }
    return text + "privacy: {k: 5, l: 3, suppress: 0.02}\nrecoding: local\n"
  }

  private static func key(_ name: String) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
    let startsWithLetter = name.utf8.first.map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
    let reserved: Set = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"]
    if isPlain, startsWithLetter == true, !reserved.contains(name.lowercased()) { return name }
    var quoted = "\""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\" + String(scalar)
      case _ where scalar.value < 0x20: quoted += " "
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

/// What the values of a column look like.
private struct ColumnTraits {
  private let name: String
  private let words: String
  private let distinct: Int
  private let rows: Int
  private let numbers: [Double]
  private let isNumeric: Bool
  private let isWhole: Bool
  private let areDates: Bool
  private let areCodes: Bool

  init(_ column: SourceTable.Column, rows: Int) {
    name = column.name
    words = column.name.lowercased()
    distinct = column.values.count
    self.rows = rows
    numbers = column.values.compactMap(Double.init)
    isNumeric = !column.values.isEmpty && numbers.count == column.values.count
    isWhole = isNumeric && numbers.allSatisfy { $0 == $0.rounded() }
    areDates = !column.values.isEmpty && column.values.allSatisfy(Self.isDate)
    let lengths = Set(column.values.map(\.utf8.count))
    // Digits of one length, with zeros in front or many of them: a code and no number.
    areCodes =
      isWhole && lengths.count == 1 && (lengths.first ?? 0) >= 4 && (lengths.first ?? 0) <= 10
      && (column.values.contains { $0.hasPrefix("0") } || !Self.areYears(numbers))
  }

  private func named(_ parts: String...) -> Bool { parts.contains { words.contains($0) } }
  private var uniqueShare: Double { rows == 0 ? 0 : Double(distinct) / Double(rows) }

  var proposal: ProfileProposal.Column {
    func make(_ role: String, _ rules: String, _ reason: String) -> ProfileProposal.Column {
      ProfileProposal.Column(
        name: name, role: role, reason: "\(distinct) different values: \(reason)", rules: rules)
    }
    if named("account", "customer_id", "person", "patient") {
      return make(
        "person", "", "its name says whose row it is; people are counted by it, and it does not leave")
    }
    if named("name", "mail", "phone", "mobile", "ssn", "passport", "national_id", "address", "iban", "card")
      || words == "id" || words.hasSuffix("_id")
    {
      return make("identifier", "", "its name says that it tells who somebody is; it does not leave")
    }
    if named("score", "clv", "loyalty", "tenure", "segment", "satisfaction"), isNumeric, distinct > 20 {
      return make(
        "[quasi, sensitive]", ", bands: {quantiles: 5}",
        "a score this fine tells one person from all others; in bands it still says something of a person")
    }
    if named(
      "salary", "income", "wage", "diagnos", "illness", "disease", "religion", "ethnic", "health", "balance",
      "debt", "category", "spend", "amount")
    {
      return isNumeric && distinct > 20
        ? make(
          "sensitive", ", bands: {quantiles: 10}, distance: ordered", "its name says what nobody should learn"
        )
        : make("sensitive", "", "its name says what nobody should learn")
    }
    if uniqueShare > 0.9, rows > 20, !areDates {
      return make(
        "identifier", "", "nearly every row has its own value, which tells who it is; it does not leave")
    }
    if areDates { return dates(make) }
    if areCodes || named("postcode", "zip", "postal") {
      return make(
        "quasi", ", hierarchy: {mask: right}",
        "codes of one length, known of many people; masked from the right")
    }
    if isNumeric, distinct > 10 { return intervals(make) }
    if distinct > 50 {
      return make(
        "quasi", "", "many categories: give it a hierarchy file, or it is published whole or not at all")
    }
    return make("quasi", "", "few categories, which others may know of a person")
  }

  private func dates(_ make: (String, String, String) -> ProfileProposal.Column) -> ProfileProposal.Column {
    make(
      "quasi", ", hierarchy: {dates: [month, quarter, year]}",
      "dates, which others may know; merged to longer periods")
  }

  private func intervals(_ make: (String, String, String) -> ProfileProposal.Column) -> ProfileProposal.Column
  {
    let spread = (numbers.max() ?? 0) - (numbers.min() ?? 0)
    // A first interval near a twentieth of the spread, of 1, 2 or 5 times a power of ten; then doubled thrice.
    var base = 1.0
    while base * 10 <= spread / 20 { base *= 10 }
    while base > spread / 20, !isWhole, base > 1e-6 { base /= 10 }
    let step = [5.0, 2.0, 1.0].first { base * $0 <= max(spread / 15, isWhole ? 2 : 0) } ?? 1
    let first = max(base * step, isWhole ? 2 : 0)
    let widths = [1.0, 2, 4, 8].map { width in
      let value = first * width
      return value == value.rounded() ? String(Int(value)) : "\(value)"
    }
    return make(
      "quasi", ", hierarchy: {intervals: [\(widths.joined(separator: ", "))]}",
      "numbers, which others may know at least roughly; merged to intervals")
  }

  private static func areYears(_ numbers: [Double]) -> Bool {
    numbers.allSatisfy { $0 >= 1850 && $0 <= 2150 }
  }

  private static func isDate(_ text: String) -> Bool {
    let parts = text.prefix { $0 != "T" && $0 != " " }.split(separator: "-", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts[0].utf8.count == 4 else { return false }
    return parts.allSatisfy { part in
      part.utf8.count >= 2 && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
  }
}
