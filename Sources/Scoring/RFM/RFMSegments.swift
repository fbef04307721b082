/// Named segments of RFM scores: a table that a user can edit, whose first row that fits a customer names the segment.
public struct RFMSegments: Hashable, Sendable {
  /// One row: a name and the bins that it takes.
  public struct Row: Hashable, Sendable {
    /// The segment.
    public let name: String
    /// The bins of the recency.
    public let recency: ClosedRange<Int>
    /// The bins of the frequency.
    public let frequency: ClosedRange<Int>
    /// The bins of the monetary value.
    public let monetary: ClosedRange<Int>

    /// A row.
    public init(
      _ name: String, recency: ClosedRange<Int>, frequency: ClosedRange<Int>, monetary: ClosedRange<Int>
    ) {
      (self.name, self.recency, self.frequency, self.monetary) = (name, recency, frequency, monetary)
    }
  }

  /// The rows, of which the first that fits counts.
  public let rows: [Row]
  /// The segment of a customer whom no row fits.
  public let rest: String

  /// A table of rows.
  public init(_ rows: [Row], rest: String = "others") {
    self.rows = rows
    self.rest = rest
  }

  /// The segment of a score.
  public func segment(of score: RFMScore) -> String {
    rows.first {
      $0.recency.contains(score.recency) && $0.frequency.contains(score.frequency)
        && $0.monetary.contains(score.monetary)
    }?.name ?? rest
  }

  /// The names, each once, in the order of the rows, `rest` last.
  public var names: [String] {
    (rows.map(\.name) + [rest]).reduce(into: []) { names, name in
      if !names.contains(name) { names.append(name) }
    }
  }

  /// The usual ten, for five bins.
  public static let standard = RFMSegments([
    Row("champions", recency: 4...5, frequency: 4...5, monetary: 4...5),
    Row("cannot_lose", recency: 1...2, frequency: 4...5, monetary: 4...5),
    Row("loyal", recency: 3...5, frequency: 3...5, monetary: 3...5),
    Row("at_risk", recency: 1...2, frequency: 3...5, monetary: 2...5),
    Row("potential_loyalist", recency: 3...5, frequency: 2...3, monetary: 1...5),
    Row("new", recency: 5...5, frequency: 1...1, monetary: 1...5),
    Row("promising", recency: 3...4, frequency: 1...1, monetary: 1...5),
    Row("need_attention", recency: 3...5, frequency: 4...5, monetary: 1...2),
    Row("about_to_sleep", recency: 2...2, frequency: 1...5, monetary: 1...5),
    Row("hibernating", recency: 1...1, frequency: 1...5, monetary: 1...5),
  ])
}

extension RFMSegments {
  /// A table from text: lines of `name,recency,frequency,monetary` under that header, each range as `4-5` or `4`. A line
  /// `name,*,*,*` names the rest. Empty lines and lines that begin with `#` are passed over.
  ///
  /// - Throws: `invalidSegments` with line and field for a line that is not so, without them for no row.
  public init(parsing text: String) throws(ScoringError) {
    var rows: [Row] = []
    var rest = "others"
    var hasHeader = false
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      guard !line.isEmpty, !line.hasPrefix("#") else { continue }
      guard hasHeader else {
        guard line.filter({ $0 != " " && $0 != "\u{FEFF}" }) == "name,recency,frequency,monetary" else {
          throw ScoringError(.invalidSegments, line: index + 1, field: "header")
        }
        hasHeader = true
        continue
      }
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { field in
        String(field.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
      }
      guard fields.count == 4 else { throw ScoringError(.invalidSegments, line: index + 1) }
      if fields[1...] == ["*", "*", "*"], Self.isName(fields[0]) {
        rest = fields[0]
        continue
      }
      do throws(ScoringError) {
        rows.append(try Row(fields[0], recency: fields[1], frequency: fields[2], monetary: fields[3]))
      } catch {
        throw ScoringError(.invalidSegments, line: index + 1, field: error.place?.field)
      }
    }
    guard !rows.isEmpty else { throw ScoringError(.invalidSegments) }
    self.init(rows, rest: rest)
  }

  /// The table as text that `init(parsing:)` reads.
  public var text: String {
    let lines = rows.map { ([$0.name] + $0.bins).joined(separator: ",") }
    return (["name,recency,frequency,monetary"] + lines + ["\(rest),*,*,*"]).joined(separator: "\n") + "\n"
  }

  /// 1 to 64 letters, digits, spaces, underscores or hyphens, letters of any script.
  static func isName(_ text: String) -> Bool {
    (1...64).contains(text.count)
      && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == " " }
  }
}

extension RFMSegments.Row {
  /// A row whose bins are written as `4-5` or `4`.
  ///
  /// - Throws: `invalidSegments` with the field that is not so.
  public init(
    _ name: String, recency: String, frequency: String, monetary: String
  ) throws(ScoringError) {
    guard RFMSegments.isName(name) else { throw ScoringError(.invalidSegments, line: 0, field: "name") }
    func range(_ text: String, _ field: String) throws(ScoringError) -> ClosedRange<Int> {
      guard let range = Self.range(text) else { throw ScoringError(.invalidSegments, line: 0, field: field) }
      return range
    }
    self.init(
      name, recency: try range(recency, "recency"), frequency: try range(frequency, "frequency"),
      monetary: try range(monetary, "monetary"))
  }

  /// The bins of recency, frequency and monetary value as they are written.
  public var bins: [String] {
    [recency, frequency, monetary].map { range in
      range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
    }
  }

  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    switch ends.count {
    case 1: return ends[0].flatMap { (1...9).contains($0) ? $0...$0 : nil }
    case 2:
      guard let lower = ends[0], let upper = ends[1], (1...9).contains(lower), (lower...9).contains(upper)
      else {
        return nil
      }
      return lower...upper
    default: return nil
    }
  }
}
