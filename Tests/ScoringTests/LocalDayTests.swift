import Scoring
import Testing

@Suite struct LocalDayTests {
  @Test(arguments: [
    ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11016), ("2000-03-01", 11017),
    ("1997-09-30", 10134), ("2026-07-22", 20656), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
  ])
  func `a date has the number of days that other calendars give it`(text: String, days: Int32) throws {
    let day = try day(text)
    #expect(day.daysSinceEpoch == days)
    #expect(day.description == text)
  }

  @Test(arguments: [
    "", "2024", "2024-1-01", "2024-01-1", "2024-13-01", "2024-00-10", "2024-01-00", "2023-02-29",
    "1900-02-29",
    "2024-04-31", "0000-01-01", "2024/01/01", "2024-01-01 ", " 2024-01-01", "2024-01-011", "+024-01-01",
    "2024-01-0１", "20240-01-1", "2024-01-01T00:00:00Z", "-024-01-01",
  ])
  func `what is not exactly a date that exists is refused`(text: String) {
    #expect(LocalDay(text) == nil)
  }

  @Test func `every day of four centuries follows the one before`() throws {
    var expected = try day("1999-12-31").daysSinceEpoch
    for year in 2000..<2400 {
      for month in 1...12 {
        for number in 1...31 {
          guard let day = LocalDay(year: year, month: month, day: number) else { continue }
          expected += 1
          #expect(day.daysSinceEpoch == expected)
          #expect(day.components == (year, month, number))
        }
      }
    }
    #expect(expected == (try day("2399-12-31").daysSinceEpoch))
  }

  @Test func `the ends of 32 bits have a date, and nothing beyond`() {
    let last = LocalDay(daysSinceEpoch: .max)
    #expect(last.description == "+5881580-07-11")
    #expect(LocalDay(daysSinceEpoch: .min).description == "-5877641-06-23")
    #expect(last.adding(days: 1) == nil)
    #expect(last.adding(days: .max) == nil)
    #expect(last.days(since: LocalDay(daysSinceEpoch: .min)) == 4_294_967_295)
  }

  @Test func `a window includes its first and its last day`() throws {
    let window = try Window(from: day("2024-01-10"), through: day("2024-01-20"))
    #expect(window.contains(try day("2024-01-10")))
    #expect(window.contains(try day("2024-01-20")))
    #expect(!window.contains(try day("2024-01-09")))
    #expect(!window.contains(try day("2024-01-21")))
    #expect(Window(through: window.through).contains(LocalDay(daysSinceEpoch: .min)))
    #expect(try Window(lastDays: 11, through: window.through) == window)
  }

  @Test func `a window without days is refused`() throws {
    let end = try day("2024-01-20")
    let tomorrow = try day("2024-01-21")
    #expect(throws: ScoringError(.invalidWindow)) { try Window(from: tomorrow, through: end) }
    #expect(throws: ScoringError(.invalidWindow)) { try Window(lastDays: 0, through: end) }
    #expect(throws: ScoringError(.invalidWindow)) { try Window(lastDays: .min, through: end) }
    #expect(throws: ScoringError(.invalidWindow)) { try Window(lastDays: .max, through: end) }
  }
}
