public import AuditLog
public import Sodium

/// What the statement of a restore says: from which backup the log goes on, what is left behind, who asked and who agreed.
public struct Restoration: Sendable, Hashable {
  /// SHA-256 of the backup.
  public let backup: Digest32
  /// The number of the log's new name.
  public let origin: UInt32
  /// The size of the backup's log.
  public let size: UInt64
  /// The root of its tree.
  public let root: Digest32
  /// The latest head that was known; nil where none beyond the backup was.
  public let newer: LogRestoration.Head?
  /// Who asked for what.
  public let request: RestoreRequest
  /// The second person's agreement; nil where there never was a second person.
  public let approval: RestoreApproval?
}

extension Restoration {
  /// The members of the statement, but for those that every statement has.
  var members: JSONObject {
    var members = LogRestoration.Head(origin: origin, size: size, root: root).json
    members["backup"] = .string(Base64.encode(backup.bytes))
    members["newer"] = newer.map { .object($0.json) }
    members["request"] = request.json
    if let approval { members["approval"] = approval.json } else { members["unapproved"] = .bool(true) }
    return members
  }

  init(_ reader: inout MemberReader) throws(VaultError) {
    backup = try reader.digest("backup")
    origin = try reader.epoch("origin")
    guard origin > 1 else { throw MemberReader.malformed }
    size = try reader.index("size")
    root = try reader.digest("root")
    newer = try reader.optional("newer").map { json throws(VaultError) in
      guard let head = LogRestoration.Head(json), json.object?.members.count == 3 else {
        throw MemberReader.malformed
      }
      return head
    }
    request = try RestoreRequest(try reader.value("request"))
    approval = try reader.optional("approval").map { json throws(VaultError) in try RestoreApproval(json) }
    guard try reader.flag("unapproved") == (approval == nil) else { throw MemberReader.malformed }
  }
}

extension MemberReader {
  /// A member that may be missing.
  mutating func optional(_ name: String) throws(VaultError) -> JSONValue? {
    has(name) ? try value(name) : nil
  }
}

extension Governance {
  /// Holds a restore against the state of the backup: it was asked for by the custodian who carries it out, over this
  /// very backup and for this new name of the log, and a privacy officer who is somebody else has agreed in time.
  func check(_ restoration: Restoration, _ statement: Statement, at seq: UInt64) throws(VaultError) {
    let request = restoration.request
    guard restoration.size == seq, restoration.origin > origin.number else {
      throw refused("goes on from a backup where it cannot")
    }
    guard request.by == statement.by, let requester = activeUser(request.by),
      requester.member.signingKey == request.signing, request.vaultID == vaultID, request.isSigned
    else { throw refused("restores a backup for which its signer did not ask") }
    guard request.backup == restoration.backup, request.origin == restoration.origin,
      request.size == restoration.size, request.root == restoration.root
    else { throw refused("restores another backup than was asked for") }
    guard let approval = restoration.approval else {
      guard !hadSecondPerson else { throw refused("restores a backup without approval") }
      return
    }
    guard approval.by != request.by else { throw refused("restores a backup that its requester approved") }
    guard let approver = activeUser(approval.by), members[.privacyOfficer]?.contains(approval.by) == true,
      approval.isSigned(by: approver.member.signingKey, in: vaultID)
    else { throw refused("restores a backup that no privacy officer approved") }
    guard approval.request == request.hash else {
      throw refused("restores a backup with the approval of another request")
    }
    guard statement.time <= approval.expires,
      approval.expires.nanoseconds <= approval.time.nanoseconds &+ RestoreApproval.longestLifetime
    else { throw refused("restores a backup with an approval that has expired") }
  }

  private func refused(_ why: String) -> VaultError {
    VaultError(.integrity, "governance statement \(count) \(why)")
  }
}
