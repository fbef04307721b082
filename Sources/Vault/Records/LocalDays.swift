internal import Foundation

/// The days of a zone: which local day an instant falls on.
public struct LocalDays: Sendable {
  private let starts: [Int64]
  private let offsets: [Int64]

  /// The zone's offsets from 1970 to 2100, by the system's zone database.
  ///
  /// - Throws: `.badInput` for a zone that the database does not know.
  public init(zone: String) throws(VaultError) {
    if zone == "UTC" {
      starts = []
      offsets = [0]
      return
    }
    guard let timeZone = TimeZone(identifier: zone) else {
      throw VaultError(
        .badInput, "the time zone \(zone) is not known", hint: "use an IANA name such as Asia/Shanghai")
    }
    var date = Date(timeIntervalSince1970: 0)
    let end = Date(timeIntervalSince1970: 4_102_444_800)
    var starts: [Int64] = []
    var offsets = [Int64(timeZone.secondsFromGMT(for: date))]
    while let next = timeZone.nextDaylightSavingTimeTransition(after: date), next < end, next > date {
      starts.append(Int64(next.timeIntervalSince1970))
      offsets.append(Int64(timeZone.secondsFromGMT(for: next.addingTimeInterval(1))))
      date = next
    }
    self.starts = starts
    self.offsets = offsets
  }

  /// The local day of an instant, as days since 1970-01-01.
  @inline(__always)
  public func day(ofSeconds seconds: Int64) -> Int32 {
    let local = seconds + (starts.isEmpty ? offsets[0] : offset(seconds))
    return Int32(truncatingIfNeeded: local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
  }

  /// The local day and minute of the day of an instant.
  public func local(_ seconds: Int64) -> (day: Int32, minute: Int) {
    let day = day(ofSeconds: seconds)
    let local = seconds + (starts.isEmpty ? offsets[0] : offset(seconds))
    return (day, Int((local - Int64(day) * 86_400) / 60))
  }

  /// The local day of an event: a date without a time is a local day already.
  @inline(__always)
  public func day(_ seconds: Int64, isDateOnly: Bool) -> Int32 {
    isDateOnly ? Int32(truncatingIfNeeded: seconds / 86_400) : day(ofSeconds: seconds)
  }

  /// The instant of a local date and time of day, counted as if the zone were UTC. A time that the clocks skip is
  /// taken with the offset before; of one that they pass twice, the first.
  public func instant(ofLocal seconds: Int64) -> Int64 {
    guard !starts.isEmpty else { return seconds - offsets[0] }
    let early = seconds - offset(seconds - 86_400)
    let late = seconds - offset(seconds + 86_400)
    if early + offset(early) == seconds { return early }
    return late + offset(late) == seconds ? late : early
  }

  private func offset(_ seconds: Int64) -> Int64 {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    return offsets[low]
  }
}
