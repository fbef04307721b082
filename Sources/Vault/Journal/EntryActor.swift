internal import AuditLog
internal import Sodium

/// Who acts in a session, as the `who` part of its entries tells.
struct EntryActor: Sendable {
  let name: String
  let key: KeyID
  let role: Role
  let session: Int64
  let origin: String
  private let keyText: String
  private let sessionText: String

  init(name: String, key: KeyID, role: Role, session: Int64, origin: String) {
    self.name = name
    self.key = key
    self.role = role
    self.session = session
    self.origin = origin
    keyText = key.description
    sessionText = Hexadecimal.text((0..<8).map { UInt8(truncatingIfNeeded: session >> (56 - 8 * Int64($0))) })
  }

  func who(ticket: String?, mono: UInt64, salt: Digest32) -> WhoPart {
    WhoPart(
      salt: salt, actor: name, key: keyText, role: role.name, session: sessionText, origin: origin,
      ticket: ticket, mono: mono)
  }
}

extension EntryDraft {
  func what(policy: Digest32, salt: Digest32) -> WhatPart {
    WhatPart(
      salt: salt, action: action, purpose: purpose?.name, legalBasis: purpose?.legalBasis,
      subjects: subjects, object: WhatPart.Object(classes: classes.sorted().map(\.name), fields: fields),
      count: count, outcome: outcome, phase: phase, ref: ref, policy: policy, details: details)
  }
}
