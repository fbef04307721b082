import AuditLog
import Vault

/// A breach report for programs.
struct BreachJSON {
  private let report: BreachReport

  /// The document of a report.
  init(_ report: BreachReport) { self.report = report }

  /// Writes it; the customers come last, one by one.
  func write(_ session: Session, to output: OutputChannel) throws {
    var json = JSONWriter(to: output)
    try json.object { json in
      try json.field("format", "crmvault/breach-report/1")
      try json.object("vault") { json in
        try json.field("id", report.vaultID.description)
        try json.field("name", report.settings.name)
      }
      try json.field("made", TimeText.utc(report.made))
      try json.field("log_size", report.size)
      try json.field("cause", report.cause.description)
      try json.field("since", report.since.description)
      try json.field("until", report.until?.description)
      try json.field("customers_of_the_vault", report.universe)
      try json.object("read") { json in try writeRead(&json) }
      try json.object("could_have_been_read") { json in try writeReach(&json) }
      try json.array("customers") { json in
        try session.visitCustomers(of: report) { pseudonym, classes in
          try json.object { json in
            try json.field("id", pseudonym.description)
            try json.field("classes", classes.map(\.name))
          }
        }
      }
    }
    try json.finish()
  }

  private func writeRead(_ json: inout JSONWriter) throws {
    let all = report.statistics.all
    try json.field("customers", report.customers)
    try json.field("entries", all.entries)
    try json.field("denied", all.denied)
    try json.field("bulk", all.bulk)
    try json.field("unknown_entries", report.unknown)
    try json.field("pruned_below", report.prunedBelow)
    try json.field("first", report.first?.description)
    try json.field("last", report.last?.description)
    try json.array("classes") { json in try Self.write(report.classes, &json) }
    try json.array("fields") { json in try Self.write(report.fields, &json) }
    for (key, tallies) in [
      ("actors", report.statistics.actors), ("actions", report.statistics.actions),
      ("purposes", report.statistics.purposes),
    ] {
      try json.object(key) { json in
        for (name, tally) in tallies.sorted(by: { $0.key < $1.key }) { try json.field(name, tally.entries) }
      }
    }
    try json.releases("releases", report.releases)
    try json.object("hosts") { json in
      for origin in report.origins { try json.field(origin.name, origin.entries) }
    }
  }

  private func writeReach(_ json: inout JSONWriter) throws {
    try json.array("classes") { json in
      for reach in report.reach {
        try json.object { json in
          try json.field("class", reach.dataClass.name)
          try json.field("customers", reach.customers)
          try json.field("erased", reach.erased)
        }
      }
    }
    try json.array("roles_held") { json in
      for holding in report.holdings {
        try json.object { json in
          try json.field("user", holding.user)
          try json.field("role", holding.role.name)
          try json.field("from", holding.from.description)
          try json.field("until", holding.until?.description)
        }
      }
    }
  }

  private static func write(_ readings: [BreachReport.Reading], _ json: inout JSONWriter) throws {
    for reading in readings {
      try json.object { json in
        try json.field("name", reading.name)
        try json.field("customers", reading.customers)
      }
    }
  }
}

extension JSONWriter {
  /// Writes a member that lists releases.
  mutating func releases(_ key: String, _ releases: [ReleaseMention]) throws(CommandFailure) {
    try array(key) { (json: inout JSONWriter) throws(CommandFailure) in
      for release in releases {
        try json.object { (json: inout JSONWriter) throws(CommandFailure) in
          try json.field("recipient", release.recipient)
          try json.field("release", release.release)
          try json.field("action", release.action)
          try json.field("t", release.time.description)
        }
      }
    }
  }
}
