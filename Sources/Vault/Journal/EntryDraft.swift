internal import AuditLog

/// An entry before it has a place in the log: what and who, without salts, hashes and index.
struct EntryDraft: Sendable {
  var kind: Envelope.Kind
  var action: String
  var purpose: Purpose?
  var subjects: WhatPart.Subjects?
  var classes: [DataClass] = []
  var fields: [String] = []
  var count: UInt64?
  var outcome: WhatPart.Outcome = .allowed
  var phase: WhatPart.Phase?
  var ref: UInt64?
  var details: JSONValue?
  var ticket: String?
  var statement: Statement?

  init(_ kind: Envelope.Kind, _ action: String) {
    self.kind = kind
    self.action = action
  }
}
