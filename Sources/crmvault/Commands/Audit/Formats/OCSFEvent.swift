import AuditLog
import Sodium
import Vault

/// An entry as an event of class 6005, Datastore Activity, of the Open Cybersecurity Schema Framework
/// (github.com/ocsf/ocsf-schema, version 1.6.0), a JSON object on a line.
///
/// What the schema has no place for is in `unmapped`: the purpose and its legal basis, the customer or the set, the
/// data classes and fields, the ticket. `raw_data_hash` is the leaf's hash in the log's tree and
/// `metadata.sequence` its index, by which the event is found again in the log.
struct OCSFEvent {
  private static let category = 6
  private static let eventClass = 6005

  private let entry: LogEntry
  private let source: EventSource

  /// The event of an entry.
  init(_ entry: LogEntry, _ source: EventSource) {
    self.entry = entry
    self.source = source
  }

  /// Writes the event, and ends its line.
  func write(to json: inout JSONWriter) throws(CommandFailure) {
    let (activity, activityName) = activity
    let severity = EventSeverity(entry)
    try json.object { (json) throws(CommandFailure) in
      try json.field("activity_id", activity)
      try json.field("activity_name", activityName)
      try json.field("category_uid", Self.category)
      try json.field("category_name", "Application Activity")
      try json.field("class_uid", Self.eventClass)
      try json.field("class_name", "Datastore Activity")
      try json.field("type_uid", Self.eventClass * 100 + activity)
      try json.field("type_name", "Datastore Activity: \(activityName)")
      try json.field("time", entry.envelope.time.nanoseconds / 1_000_000)
      try json.field("severity_id", severity.rawValue)
      try json.field("severity", severity.name)
      try status(&json)
      try json.field("message", entry.what.action)
      try metadata(&json)
      try actor(&json)
      try json.object("src_endpoint") { (json) throws(CommandFailure) in
        try json.field("hostname", entry.who.origin)
      }
      try json.object("database") { (json) throws(CommandFailure) in
        try json.field("name", source.vault)
        try json.field("uid", source.vaultID)
        try json.field("type_id", 99)
        try json.field("type", "crmvault")
      }
      try json.object("raw_data_hash") { (json) throws(CommandFailure) in
        try json.field("algorithm_id", 3)
        try json.field("algorithm", "SHA-256")
        try json.field("value", MerkleTree.leafHash(entry.envelopeBytes).description)
      }
      if let count = entry.what.set?.count ?? entry.what.count, count > 0 { try json.field("count", count) }
      try unmapped(&json)
    }
    try json.endLine()
  }

  /// Ids and captions of the class; what is none of them is 99, Other, under its own name.
  private var activity: (Int, String) {
    switch entry.what.action {
    case "customer.show", "customer.history", "customer.find", "score.show", "score.explain", "audit.read":
      (1, "Read")
    case "customer.search", "score.run": (4, "Query")
    case "customer.update", "customer.rate", "customer.merge", "customer.split": (2, "Update")
    case "customer.add", "import", "subject.enrol", "vault.init": (6, "Create")
    case "customer.list": (8, "List")
    case "vault.verify-deep": (10, "Decrypt")
    case let action where action.hasPrefix("subject.erase"): (7, "Delete")
    case let action: (99, action)
    }
  }

  private func status(_ json: inout JSONWriter) throws(CommandFailure) {
    let isSuccess = entry.what.outcome == .allowed
    try json.field("status_id", isSuccess ? 1 : 2)
    try json.field("status", isSuccess ? "Success" : "Failure")
    switch entry.what.outcome {
    case .allowed: break
    case .denied: try json.field("status_detail", "denied")
    case .error(let code): try json.field("status_detail", code)
    }
  }

  private func metadata(_ json: inout JSONWriter) throws(CommandFailure) {
    try json.object("metadata") { (json) throws(CommandFailure) in
      try json.field("version", EventSource.ocsfVersion)
      try json.object("product") { (json) throws(CommandFailure) in
        try json.field("name", "crmvault")
        try json.field("vendor_name", "crmvault")
        try json.field("version", source.version)
      }
      try json.field("sequence", entry.envelope.seq)
      try json.field("uid", "\(source.vaultID)/\(entry.envelope.seq)")
      try json.field("original_time", entry.envelope.time.description)
      try json.field("log_name", "audit")
    }
  }

  private func actor(_ json: inout JSONWriter) throws(CommandFailure) {
    try json.object("actor") { (json) throws(CommandFailure) in
      try json.object("user") { (json) throws(CommandFailure) in
        try json.field("name", entry.who.actor)
        try json.field("uid", entry.who.key)
        try json.field("type_id", 1)
        try json.field("type", "User")
      }
      try json.object("session") { (json) throws(CommandFailure) in
        try json.field("uid", entry.who.session)
      }
    }
  }

  private func unmapped(_ json: inout JSONWriter) throws(CommandFailure) {
    let (what, who) = (entry.what, entry.who)
    try json.object("unmapped") { (json) throws(CommandFailure) in
      try json.field("action", what.action)
      try json.field("kind", entry.envelope.kind.rawValue)
      try json.field("purpose", what.purpose)
      try json.field("legal_basis", what.legalBasis)
      try json.field("role", who.role)
      try json.field("subject", what.subject)
      if let set = what.set {
        try json.object("set") { (json) throws(CommandFailure) in
          try json.field("universe", set.universe)
          try json.field("count", set.count)
          try json.field("root", Base64.encode(set.root.bytes))
        }
      }
      try json.field("classes", what.object.classes)
      try json.field("fields", what.object.fields)
      try json.field("phase", what.phase?.rawValue)
      try json.field("ref", what.ref)
      try json.field("ticket", who.ticket)
    }
  }
}
