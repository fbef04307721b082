import Foundation
import Scoring
import Testing

/// Files that lie beside the checkout and are no part of it: public data sets, and numbers computed elsewhere.
enum SharedData {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared").standardizedFileURL
  static let reason: Comment = "../shared with public data and reference numbers is not beside the checkout"

  static var isPresent: Bool {
    ["reference/cdnow_cbs_exact.csv", "reference/bakeoff.json", "data/cdnow/CDNOW_sample.txt"].allSatisfy {
      FileManager.default.isReadableFile(atPath: folder.appending(path: $0).path)
    }
  }

  static func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }

  /// The rows of a CSV file without line breaks in fields, the header left out, quotes removed.
  static func rows(_ path: String) throws -> [[String]] {
    try text(path).split(whereSeparator: \.isNewline).dropFirst().map { line in
      var fields = [""]
      var isQuoted = false
      for character in line {
        switch character {
        case "\"": isQuoted.toggle()
        case "," where !isQuoted: fields.append("")
        default: fields[fields.count - 1].append(character)
        }
      }
      return fields
    }
  }

  static func json(_ path: String) throws -> [String: Any] {
    let data = try Data(contentsOf: folder.appending(path: path))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }
}

/// A purchase of the CDNOW sample (Fader and Hardie).
struct CDNOWPurchase {
  let customer: Int
  let day: LocalDay
  let quantity: Int
  let cents: Int64

  /// The lines of the file: master id, id in the sample, date, number of CDs, dollars.
  static func all() throws -> [CDNOWPurchase] {
    try SharedData.text("data/cdnow/CDNOW_sample.txt").split(whereSeparator: \.isNewline).map { line in
      let fields = line.split(separator: " ")
      let date = Array(fields[2])
      let dollars = fields[4].split(separator: ".")
      return CDNOWPurchase(
        customer: try #require(Int(fields[1])),
        day: try #require(
          LocalDay(String(date[0..<4]) + "-" + String(date[4..<6]) + "-" + String(date[6..<8]))),
        quantity: try #require(Int(fields[3])),
        cents: try #require(Int64(dollars[0])) * 100 + (try #require(Int64(dollars[1]))))
    }
  }

  /// The customers' occasions up to a day, by customer, nil where there is none.
  static func occasions(through end: LocalDay, _ rule: OccasionRule) throws -> [(customer: Int, Occasions?)] {
    var ledger = PurchaseLedger(window: Window(through: end), rule: rule)
    let purchases = Dictionary(grouping: try all(), by: \.customer)
    return try purchases.keys.sorted().map { customer in
      ledger.reset()
      for purchase in purchases[customer] ?? [] { ledger.payment(on: purchase.day, minor: purchase.cents) }
      return (customer, try ledger.occasions())
    }
  }
}
