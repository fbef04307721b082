import AuditLog
import Sodium
import Vault

/// A subject report for programs: one JSON document.
final class SubjectReportJSON: SubjectReceiver {
  private var json: JSONWriter
  private var counts = SubjectReportCounts()
  private var currency = ""
  private var recipients = ReleaseMentions()

  /// A report that is written as it comes.
  init(to output: OutputChannel) { json = JSONWriter(to: output) }

  func begin(_ file: SubjectFile) throws {
    currency = file.settings.currency
    json.beginObject()
    try json.field("format", "crmvault/subject-report/1")
    try json.object("vault") { json in
      try json.field("id", file.vaultID.description)
      try json.field("name", file.settings.name)
    }
    try json.field("made", TimeText.utc(file.made))
    try json.field("purpose", file.purpose.name)
    try json.field("legal_basis", file.purpose.legalBasis)
    try json.field("policy", file.policy.hashText)
    try json.field("customer", file.members.first?.pseudonym.description)
    try json.field("merged", file.members.dropFirst().map(\.pseudonym.description))
    try json.array("records") { json in
      for member in file.members { try json.object { json in try Self.write(member, &json) } }
    }
    try json.field("restricted", file.isRestricted)
    try json.object("legal_holds") { json in
      for (dataClass, until) in file.holds.sorted(by: { $0.key < $1.key }) {
        try json.field(dataClass.name, until?.description)
      }
    }
    try json.object("sources") { json in
      try json.field("accounts", file.accountSources)
      try json.field("consents", file.consentSources)
    }
    try Self.write(file.purposes, &json)
    try Self.write(file.readers, &json)
    try json.object("retention") { json in
      try json.fields(file.policy.retention)
      try json.field("log_who_days", file.policy.log.whoDays)
      try json.field("log_entry_days", file.policy.log.entryDays)
    }
    json.key("events")
    json.beginArray()
  }

  func take(_ event: SubjectEvent) throws {
    counts.events += 1
    try json.object { json in try write(event, &json) }
  }

  func endEvents() throws {
    json.endArray()
    json.key("accesses")
    json.beginArray()
  }

  func take(_ access: LogEntry, _ involvement: Session.Involvement) throws {
    counts.accesses += 1
    recipients.take(access)
    try json.object { json in try json.access(access, via: involvement.rawValue) }
  }

  /// Ends the document.
  func finish() throws(CommandFailure) -> SubjectReportCounts {
    json.endArray()
    try json.releases("recipients", recipients.all)
    json.endObject()
    try json.finish()
    return counts
  }

  // MARK: - Parts

  private static func write(_ member: SubjectMember, _ json: inout JSONWriter) throws {
    try json.field("id", member.pseudonym.description)
    for dataClass in [DataClass.identity, .profile] {
      try json.object(dataClass.name) { json in try json.members(member.view, dataClass) }
    }
    try json.object("consent") { json in
      try json.object("standing") { json in try json.consents(member.view.consent) }
      try json.array("history") { json in
        for change in member.view.consent?.changes ?? [] {
          try json.object { json in
            try json.field("purpose", change.purpose)
            try json.field("state", change.state.name)
            try json.consentFields(change)
          }
        }
      }
    }
    try json.array("changes") { json in
      for change in member.changes {
        try json.object { json in
          try json.field("time", TimeText.utc(change.time))
          try json.field("class", change.dataClass.name)
          try json.field("fields", change.fields)
        }
      }
    }
    try json.field("erased", member.erasedClasses.map(\.name))
  }

  private static func write(_ purposes: [SubjectFile.PurposeStanding], _ json: inout JSONWriter) throws {
    try json.array("purposes") { json in
      for standing in purposes {
        try json.object { json in
          try json.field("purpose", standing.purpose.name)
          try json.field("legal_basis", standing.purpose.legalBasis)
          try json.field("rule", standing.purpose.rule.rawValue)
          try json.field("allowed", standing.isAllowed)
        }
      }
    }
  }

  private static func write(_ readers: [SubjectFile.Reader], _ json: inout JSONWriter) throws {
    try json.array("readers") { json in
      for reader in readers {
        try json.object { json in
          try json.field("role", reader.role.name)
          try json.field("classes", reader.classes.map(\.name))
          try json.field("purposes", reader.purposes)
        }
      }
    }
  }

  private func write(_ event: SubjectEvent, _ json: inout JSONWriter) throws {
    var text = WipedBytes()
    try json.field("kind", EventText.kind(event.event))
    json.key("time")
    if EventText.append(timeOf: event.event, to: &text) { try json.value(text) } else { try json.null() }
    func field(_ key: String, _ index: BehaviorEvent.TextIndex?, _ json: inout JSONWriter) throws {
      guard let index else { return }
      text.removeAll()
      event.append(index, to: &text)
      try json.field(key, text)
    }
    switch event.event.detail {
    case .transaction(let payment):
      let code = payment.currency.description
      try json.field("amount", money: payment.amountMinor, decimals: CustomerWriter.decimals(of: code))
      try json.field("currency", code)
      try field("product", payment.product, &json)
      try field("category", payment.category, &json)
      try field("channel", payment.channel, &json)
    case .rating(let rating):
      for part in EventText.parts(rating) { try json.field(part.name, Double(part.thousandths) / 1000) }
    case .referral(let referral):
      try json.field("value", money: referral.valueMinor, decimals: CustomerWriter.decimals(of: currency))
      try json.field("currency", currency)
    case .interaction(let interaction):
      try field("interaction", interaction.kind, &json)
      try field("channel", interaction.channel, &json)
    case .factors(let factors):
      for part in EventText.parts(factors) { try json.field(part.name, part.value) }
    }
  }
}
