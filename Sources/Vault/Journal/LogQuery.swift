public import AuditLog

/// Which entries a reader of the log asks for; what is nil does not matter.
public struct LogQuery: Sendable {
  /// The name of the user who acted.
  public var actor: String?
  /// The action, or a noun before a dot: `customer` stands for all that customers' commands do.
  public var action: String?
  /// The customer whom the entry names.
  public var subject: Pseudonym?
  /// `allowed`, `denied` or `error`.
  public var outcome: String?
  /// The first time.
  public var since: LogTime?
  /// The last time.
  public var until: LogTime?

  /// Every entry.
  public init() {}

  /// Whether an entry is asked for.
  public func matches(_ entry: LogEntry) -> Bool {
    if let actor, entry.who.actor != actor { return false }
    if let action, entry.what.action != action, !entry.what.action.hasPrefix(action + ".") { return false }
    if let subject, !entry.what.namedCustomers.contains(subject.description) { return false }
    if let outcome, entry.what.outcomeName != outcome { return false }
    return matches(entry.envelope.time)
  }

  /// Whether a time is asked for: known before a part is opened.
  func matches(_ time: LogTime) -> Bool {
    if let since, time < since { return false }
    if let until, time > until { return false }
    return true
  }

  /// The query as the entry of the reading tells it.
  var details: JSONObject {
    var details = JSONObject()
    details["actor"] = actor.map(JSONValue.string)
    details["action"] = action.map(JSONValue.string)
    details["subject"] = subject.map { .string($0.description) }
    details["outcome"] = outcome.map(JSONValue.string)
    details["since"] = since.map { .string($0.description) }
    details["until"] = until.map { .string($0.description) }
    return details
  }
}

extension WhatPart {
  /// The outcome's name, without the code of an error.
  public var outcomeName: String {
    switch outcome {
    case .allowed: "allowed"
    case .denied: "denied"
    case .error: "error"
    }
  }
}
