/// How a file writes its dates, for mapping files: `yyyyMMdd`, `dd/MM/yyyy`, `yyyy-MM-dd HH:mm:ss`, ….
///
/// A closed list of tokens: `yyyy`, `MM`, `dd`, `HH`, `mm`, `ss` (fixed width), `M`, `d`, `H` (one or two
/// digits), and `-`, `/`, `.`, `:`, `,`, `T` and space as themselves. Two-digit years are not guessed.
public struct DatePattern: Sendable, Equatable, CustomStringConvertible {
  private enum Token: Equatable {
    case year
    case month(flexible: Bool)
    case day(flexible: Bool)
    case hour(flexible: Bool)
    case minute
    case second
    case literal(UInt8)
  }

  /// The pattern as it was written.
  public let description: String
  private let tokens: [Token]
  private let hasClock: Bool

  /// Reads a pattern; nil where a token is unknown, given twice, or year, month or day is missing.
  public init?(_ pattern: String) {
    var tokens: [Token] = []
    var rest = Substring(pattern)
    while let first = rest.first {
      let run = rest.prefix { $0 == first }
      rest = rest.dropFirst(run.count)
      switch String(run) {
      case "yyyy": tokens.append(.year)
      case "MM": tokens.append(.month(flexible: false))
      case "M": tokens.append(.month(flexible: true))
      case "dd": tokens.append(.day(flexible: false))
      case "d": tokens.append(.day(flexible: true))
      case "HH": tokens.append(.hour(flexible: false))
      case "H": tokens.append(.hour(flexible: true))
      case "mm": tokens.append(.minute)
      case "ss": tokens.append(.second)
      default:
        guard let byte = first.asciiValue, "-/.:, T".utf8.contains(byte) else { return nil }
        tokens.append(contentsOf: run.map { _ in .literal(byte) })
      }
    }
    func count(_ matches: (Token) -> Bool) -> Int { tokens.lazy.filter(matches).count }
    let years = count { $0 == .year }
    let months = count { $0 == .month(flexible: true) || $0 == .month(flexible: false) }
    let days = count { $0 == .day(flexible: true) || $0 == .day(flexible: false) }
    let hours = count { $0 == .hour(flexible: true) || $0 == .hour(flexible: false) }
    let minutes = count { $0 == .minute }
    let seconds = count { $0 == .second }
    guard years == 1, months == 1, days == 1, hours <= 1, minutes == hours, seconds <= minutes else {
      return nil
    }
    self.tokens = tokens
    hasClock = hours == 1
    description = pattern
  }

  /// Reads a date, or a local time, that is written in this way.
  public func parse(_ text: Span<UInt8>) throws(RejectionCode) -> ImportTime {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    var second = 0
    var index = 0
    for token in tokens {
      switch token {
      case .year: year = try Self.number(text, &index, width: 4)
      case .month(let flexible): month = try Self.number(text, &index, width: 2, flexible: flexible)
      case .day(let flexible): day = try Self.number(text, &index, width: 2, flexible: flexible)
      case .hour(let flexible): hour = try Self.number(text, &index, width: 2, flexible: flexible)
      case .minute: minute = try Self.number(text, &index, width: 2)
      case .second: second = try Self.number(text, &index, width: 2)
      case .literal(let byte):
        guard index < text.count, text[index] == byte else { throw .invalidTime }
        index += 1
      }
    }
    guard index == text.count else { throw .invalidTime }
    guard let days = CivilDate.days(year: year, month: month, day: day) else { throw .noSuchTime }
    let clock = try ImportTime.clock(hour: hour, minute: minute, second: second)
    return ImportTime(
      seconds: days * 86_400 + clock, precision: hasClock ? .localTime : .localDate)
  }

  private static func number(
    _ text: Span<UInt8>, _ index: inout Int, width: Int, flexible: Bool = false
  ) throws(RejectionCode) -> Int {
    var width = width
    if flexible, index + 1 >= text.count || !text[index + 1].isDigit { width = 1 }
    let value = try text.digits(index, width)
    index += width
    return value
  }
}
