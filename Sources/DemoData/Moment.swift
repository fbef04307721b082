/// A second in the platform's zone, UTC+8.
struct Moment {
  /// Seconds since 1970-01-01 00:00 in that zone.
  var seconds: Int

  /// The bills' first second, 2024-01-01.
  static let first = Moment(day: 19_723)
  /// The second after the bills' last one: 2025-07-01.
  static let end = Moment(day: 20_270)

  init(seconds: Int) { self.seconds = seconds }

  /// The first second of a day, counted from 1970-01-01.
  init(day: Int) { seconds = day * 86_400 }

  /// A moment of the bills' period.
  static func any(_ generator: inout SeededGenerator) -> Moment {
    Moment(seconds: first.seconds + generator.below(end.seconds - first.seconds))
  }

  /// Year, month and day (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`).
  var date: (year: Int, month: Int, day: Int) {
    let days = seconds / 86_400 + 719_468
    let era = days / 146_097
    let dayOfEra = days % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
  }
}

extension OutputFile {
  /// Appends a date as `YYYY-MM-DD`.
  func write(date moment: Moment) {
    let date = moment.date
    write(number: date.year, digits: 4)
    write("-")
    write(number: date.month, digits: 2)
    write("-")
    write(number: date.day, digits: 2)
  }

  /// Appends a time as RFC 3339 writes it.
  func write(time moment: Moment) {
    write(date: moment)
    let second = moment.seconds % 86_400
    write("T")
    write(number: second / 3600, digits: 2)
    write(":")
    write(number: second / 60 % 60, digits: 2)
    write(":")
    write(number: second % 60, digits: 2)
    write("+08:00")
  }

  /// Appends the account of the customer with this index.
  func write(account index: Int) {
    write("U")
    write(number: index + 1, digits: 8)
  }
}
