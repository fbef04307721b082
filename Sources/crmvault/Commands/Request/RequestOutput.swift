import AuditLog
import Vault

/// What the commands about requests have in common.
enum RequestOutput {
  /// A note for the approver: one line, as it is shown in lists.
  static func checked(_ note: String?) throws(CommandFailure) -> String? {
    guard let note else { return nil }
    guard !note.isEmpty, note.utf8.count <= 500, !note.unicodeScalars.contains(where: VisibleText.isUnsafe)
    else { throw .usage("bad_note", "a note is one line of at most 500 bytes") }
    return note
  }

  /// Tells of a new request.
  static func created(_ number: Int64, _ options: GlobalOptions, on console: Console) throws {
    guard options.json else {
      return try console.output.write(
        "Request \(number) waits for an answer: crmvault request approve \(number)\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("request", number)
      try json.field("state", Session.RequestState.open.rawValue)
    }
    try json.finish()
  }

  /// Tells of an answer.
  static func answered(
    _ number: Int64, _ state: String, _ expires: String?, _ options: GlobalOptions, on console: Console
  ) throws {
    guard options.json else {
      let until = expires.map { ", once, until \($0)" } ?? ""
      return try console.output.write("Request \(number) is \(state)\(until).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("request", number)
      try json.field("state", state)
      try json.field("expires", expires)
    }
    try json.finish()
  }

  /// What a request asks for exactly, member by member, as text.
  static func content(of request: ApprovalRequest) -> [(key: String, value: String)] {
    request.content.members.map { member in
      let value =
        switch member.value {
        case .string(let text): text
        case .array(let values): values.map { $0.string ?? text(of: $0) }.joined(separator: ", ")
        default: text(of: member.value)
        }
      return (member.key, value)
    }
  }

  private static func text(of value: JSONValue) -> String {
    (try? CanonicalJSON.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

extension JSONWriter {
  /// Writes what is known of a request as members.
  mutating func members(of request: Session.RequestSummary) throws(CommandFailure) {
    try field("request", request.number)
    try field("state", request.state.rawValue)
    try field("action", request.request?.action.rawValue)
    try field("role", request.request?.role.name)
    try field("requester", request.requester)
    try field("asked", request.request.map { TimeText.utc($0.time) })
    try field("note", request.request?.note)
    try field("approver", request.approver)
    try field("answered", request.answer.map { TimeText.utc($0.time) })
    try field("expires", request.answer.map { TimeText.utc($0.expires) })
    try field("may_answer", request.mayAnswer)
  }
}
