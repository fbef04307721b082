import AuditLog
import Page
import Vault

/// The rows of a report's table of entries, as data that lies in the page: each text once, and numbers that point to
/// it.
struct ReportTable {
  /// The most rows that a page carries; the figures count all entries.
  static let rowLimit = 250_000

  /// An entry: number, milliseconds since 1970, and where its texts are.
  private struct Row {
    let seq: UInt64
    let time: UInt64
    let texts: SIMD8<Int32>
  }

  private var names: [String] = []
  private var places: [String: Int32] = [:]
  private var rows: [Row] = []
  private var start = 0
  /// How many entries there were.
  private(set) var count = 0

  /// An empty table.
  init() {}

  /// Takes in an entry; the oldest one goes where there are too many.
  mutating func add(_ entry: LogEntry) {
    let (what, who) = (entry.what, entry.who)
    let texts = SIMD8<Int32>(
      place(of: who.actor), place(of: who.role),
      place(of: what.action + (what.phase.map { " (\($0.rawValue))" } ?? "")), place(of: Self.whom(what)),
      place(of: what.purpose ?? ""), place(of: what.object.classes.joined(separator: ", ")),
      place(of: Self.outcome(what)), place(of: who.ticket ?? ""))
    let row = Row(seq: entry.envelope.seq, time: entry.envelope.time.nanoseconds / 1_000_000, texts: texts)
    count += 1
    if rows.count < Self.rowLimit {
      rows.append(row)
    } else {
      rows[start] = row
      start = (start + 1) % Self.rowLimit
    }
  }

  /// The data, with a mark at each entry that is in a flag.
  func json(flagged: Set<UInt64>) -> String {
    var text = "{\"names\":[" + names.map(HTMLText.json).joined(separator: ",") + "],\"rows\":["
    var isFirst = true
    for row in rows[start...] + rows[..<start] {
      text += isFirst ? "[" : ",\n["
      text += "\(row.seq),\(row.time)"
      for index in 0..<8 { text += ",\(row.texts[index])" }
      text += flagged.contains(row.seq) ? ",1]" : ",0]"
      isFirst = false
    }
    return text + "]}"
  }

  /// The texts of an entry in the order of the columns from the time on; nil where the table has not kept it.
  func texts(of seq: UInt64) -> [String]? {
    var low = 0
    var high = rows.count
    while low < high {
      let middle = (low + high) / 2
      if rows[(start + middle) % rows.count].seq < seq { low = middle + 1 } else { high = middle }
    }
    guard low < rows.count else { return nil }
    let row = rows[(start + low) % rows.count]
    guard row.seq == seq else { return nil }
    return [TimeText.utc(Int64(row.time / 1000))] + (0..<8).map { names[Int(row.texts[$0])] }
  }

  /// Whom an entry is about: a pseudonym, or how many of how many.
  static func whom(_ what: WhatPart) -> String {
    if let subject = what.subject { return subject }
    guard let set = what.set else { return "" }
    if set.count == set.universe { return "all \(HTMLText.customers(set.count)) customers" }
    return "\(HTMLText.customers(set.count)) of \(HTMLText.customers(set.universe)) customers"
  }

  /// The outcome in words.
  static func outcome(_ what: WhatPart) -> String {
    if case .error(let code) = what.outcome { "error: \(code)" } else { what.outcomeName }
  }

  private mutating func place(of text: String) -> Int32 {
    if let place = places[text] { return place }
    names.append(text)
    places[text] = Int32(names.count - 1)
    return Int32(names.count - 1)
  }
}
