import Foundation
import Scoring
import Testing

/// The CDNOW sample (Fader and Hardie) with reference numbers computed elsewhere; both lie beside the checkout
/// and are not part of it.
private enum CDNOW {
  static let shared = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared").standardizedFileURL
  static let log = shared.appending(path: "data/cdnow/CDNOW_sample.txt")
  static let reference = shared.appending(path: "reference/cdnow_raw_rfm_segments.json")
  static var isPresent: Bool {
    FileManager.default.isReadableFile(atPath: log.path)
      && FileManager.default.isReadableFile(atPath: reference.path)
  }

  /// A line: master id, id in the sample, date, number of CDs, dollars.
  struct Purchase {
    let customer: UInt64
    let day: LocalDay
    let quantity: Int
    let cents: Int64
  }

  static func purchases() throws -> [Purchase] {
    try String(contentsOf: log, encoding: .utf8).split(whereSeparator: \.isNewline).map { line in
      let fields = line.split(separator: " ")
      let date = Array(fields[2])
      let dollars = fields[4].split(separator: ".")
      return Purchase(
        customer: try #require(UInt64(fields[1])),
        day: try #require(
          LocalDay(String(date[0..<4]) + "-" + String(date[4..<6]) + "-" + String(date[6..<8]))),
        quantity: try #require(Int(fields[3])),
        cents: try #require(Int64(dollars[0])) * 100 + (try #require(Int64(dollars[1]))))
    }
  }
}

private struct Reference: Decodable {
  struct Literal: Decodable {
    let first20: [Double]
    let varShare: [String: Double]
  }
  let seedLiteralLoyalty: Literal
}

@Suite(.enabled(if: CDNOW.isPresent, "../shared with the CDNOW sample is not beside the checkout"))
struct CDNOWTests {
  @Test func `literal loyalty and its shares of variance are those of the reference`() throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let reference = try decoder.decode(Reference.self, from: Data(contentsOf: CDNOW.reference))
      .seedLiteralLoyalty
    let window = Window(through: try day("1997-09-30"))
    let purchases = Dictionary(grouping: try CDNOW.purchases(), by: \.customer)
    #expect(purchases.count == 2357)

    let model = try LiteralModel(scores: .loyalty)
    var scorer = try BlockScorer(block: 0, model: model, minorDigits: 2)
    var history = HistoryAccumulator(window: window)
    for customer in purchases.keys.sorted() {
      history.reset()
      // The reference counts days, also those of CDs that were free, and takes the CDs for the variety.
      var (days, quantity): (Set<LocalDay>, Int) = ([], 0)
      for purchase in purchases[customer] ?? [] {
        history.payment(on: purchase.day, amountMinor: purchase.cents)
        guard window.contains(purchase.day) else { continue }
        days.insert(purchase.day)
        quantity += purchase.quantity
      }
      var factors = try history.factors(minorDigits: 2)
      factors[.frequency] = Double(days.count)
      factors[.variety] = Double(quantity)
      try scorer.add(customer, factors)
    }
    let run = try ScoreRun(model: model, window: window, blocks: [scorer.finish()])

    #expect(run.scored == 2357)
    let first = run.rows.prefix(20).map { $0.scores.loyalty?.bitPattern }
    #expect(first == reference.first20.map(\.bitPattern))
    let shares = try #require(run.variance.shares(of: .loyalty))
    for (index, name) in ["F", "M", "V"].enumerated() {
      #expect(abs(shares[index] - (try #require(reference.varShare[name]))) < 1e-9)
    }
    #expect(run.warnings.map(\.factor) == [.amount])
    #expect(run.warnings.first?.description.contains("amount carries 93.5 %") == true)
  }
}
