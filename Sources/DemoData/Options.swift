/// What the program was asked for.
struct Options {
  /// A kind of file that can be made.
  enum Part: String, CaseIterable {
    case customers, bills, ratings, referrals, consents, factors
  }

  /// How order ids follow one another; databases care.
  enum OrderIDs: String, CaseIterable {
    case ascending, scattered, none
  }

  var help = false
  var seed: UInt64 = 1
  var customers = 500
  var events: Int?
  var out = "."
  var parts = Set(Part.allCases)
  var timeOrdered = false
  var singleFile = false
  var orderIDs = OrderIDs.ascending
  var foreignShare = 0

  static let usage = """
    demo-data: makes the files of a mobile-payment platform that does not exist

    usage: demo-data [--out DIR] [--customers N] [--events N] [--seed N] [--only PART,…] [--time-ordered]
                     [--single-file] [--order-ids ascending|scattered|none] [--foreign-share PERCENT]

      --out DIR             the folder, made where it is missing (default: here)
      --customers N         1 to 99999999 (default: 500)
      --events N            bills of both channels together, at least one a customer (default: 12 a customer)
      --seed N              the same seed gives the same bytes (default: 1)
      --only PART,…         customers, bills, ratings, referrals, consents, factors (default: all)
      --time-ordered        bills by time; without it they are grouped by customer
      --single-file         bills.csv instead of bills-app.csv and bills-store.csv
      --order-ids KIND      ascending, scattered, or none at all (default: ascending)
      --foreign-share N     percent of bills in USD instead of CNY, 0 to 100 (default: 0)
    """

  /// Reads the arguments behind the program's name.
  init(_ arguments: [String]) throws(Failure) {
    var rest = arguments[...]
    while let option = rest.popFirst() {
      switch option {
      case "--help", "-h": help = true
      case "--time-ordered": timeOrdered = true
      case "--single-file": singleFile = true
      case "--out": out = try Self.value(of: option, &rest)
      case "--seed": seed = try Self.number(of: option, &rest, in: 0...UInt64.max)
      case "--customers": customers = try Self.number(of: option, &rest, in: 1...99_999_999)
      case "--events": events = try Self.number(of: option, &rest, in: 1...4_000_000_000)
      case "--foreign-share": foreignShare = try Self.number(of: option, &rest, in: 0...100)
      case "--order-ids": orderIDs = try Self.word(try Self.value(of: option, &rest), of: option)
      case "--only":
        parts = []
        for name in try Self.value(of: option, &rest).split(separator: ",") {
          parts.insert(try Self.word(String(name), of: option))
        }
      default: throw .usage("unknown option \(option); see --help")
      }
    }
    if let events, events < customers {
      throw .usage("--events must be at least --customers: each customer has one bill or more")
    }
  }

  /// How many bills there are.
  var eventCount: Int { events ?? customers * 12 }

  private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Failure) -> String {
    guard let value = rest.popFirst() else { throw .usage("\(option) needs a value; see --help") }
    return value
  }

  private static func number<Number: FixedWidthInteger>(
    of option: String, _ rest: inout ArraySlice<String>, in range: ClosedRange<Number>
  ) throws(Failure) -> Number {
    guard let number = Number(try value(of: option, &rest)), range.contains(number) else {
      throw .usage("\(option) needs a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private static func word<Word: RawRepresentable<String> & CaseIterable>(
    _ text: String, of option: String
  ) throws(Failure) -> Word {
    guard let word = Word(rawValue: text) else {
      throw .usage("\(option) takes \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return word
  }
}
