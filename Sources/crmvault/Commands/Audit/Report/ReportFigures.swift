import Page
import Vault

/// The section of a report that counts: over time, by hour, and by who, what and why.
struct ReportFigures {
  private static let rowLimit = 20

  private let report: LogReport

  /// The figures of a report.
  init(_ report: LogReport) { self.report = report }

  /// The section.
  var html: String {
    let statistics = report.statistics
    return """
      <section id="activity"><h2><span class="no">4</span>Activity</h2>
      <h3>Over time</h3><figure>\(ReportCharts.activity(statistics.days))\
      <figcaption>Entries in \(HTMLText.escaped(report.settings.zone)); refused ones in red.</figcaption></figure>
      <h3>By hour of the week</h3><figure>\(ReportCharts.hours(statistics.hours, report.policy.review))\
      <figcaption>The stronger the colour, the more entries; working hours are framed.</figcaption></figure>
      <h3>By user</h3>\(table("User", statistics.actors, wide: true))
      <h3>By action</h3>\(table("Action", statistics.actions, wide: true))
      <div class="two"><div><h3>By purpose</h3>\(table("Purpose", statistics.purposes))</div>\
      <div><h3>By data class</h3>\(table("Data class", statistics.classes))</div>\
      <div><h3>By role</h3>\(table("Role", statistics.roles))</div>\
      <div><h3>By kind</h3>\(table("Kind", statistics.kinds))</div></div>
      </section>
      """
  }

  private func table(_ name: String, _ tallies: [String: LogStatistics.Tally], wide: Bool = false) -> String {
    guard !tallies.isEmpty else { return "<p class=\"soft\">None.</p>" }
    let sorted = tallies.sorted { ($1.value.entries, $0.key) < ($0.value.entries, $1.key) }
    var rows = sorted.prefix(Self.rowLimit).map { row(HTMLText.escaped($0.key), $0.value, wide) }
    let rest = sorted.dropFirst(Self.rowLimit)
    if !rest.isEmpty {
      var tally = LogStatistics.Tally()
      for other in rest { tally.add(other.value) }
      rows.append(row("\(HTMLText.number(rest.count)) others", tally, wide))
    }
    let heads = ["Entries", ""] + (wide ? ["One customer", "Sets", "Refused", "Failed"] : ["Refused"])
    return "<div class=\"wide\"><table><thead><tr><th scope=\"col\">\(name)</th>"
      + heads.map { $0.isEmpty ? "<th></th>" : "<th scope=\"col\" class=\"number\">\($0)</th>" }.joined()
      + "</tr></thead><tbody>\(rows.joined())</tbody></table></div>"
  }

  private func row(_ name: String, _ tally: LogStatistics.Tally, _ wide: Bool) -> String {
    func number(_ count: Int, _ isBad: Bool = false) -> String {
      "<td class=\"number\(isBad && count > 0 ? " refused" : "")\">\(HTMLText.number(count))</td>"
    }
    return "<tr><td>\(name)</td>\(number(tally.entries))"
      + "<td class=\"bar\">\(ReportCharts.share(tally.entries, of: report.statistics.all.entries))</td>"
      + (wide ? number(tally.looks) + number(tally.bulk) : "") + number(tally.denied, true)
      + (wide ? number(tally.failed, true) : "") + "</tr>"
  }
}
