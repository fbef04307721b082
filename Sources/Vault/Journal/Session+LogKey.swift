public import AuditLog
internal import Sodium

extension Session {
  /// What a new log key came to.
  public struct LogKeyRotation: Sendable {
    /// The new key, as verifiers and witnesses need it.
    public let verifierKey: LogVerifierKey
    /// Its number.
    public let epoch: UInt32
    /// The index of the entry that announces it: the last one under the key before.
    public let announced: UInt64
  }

  /// Makes a new log key. It is announced by an entry under the key before and a statement of the custodian's; what was
  /// sealed of that key is destroyed in the same transaction.
  ///
  /// The custodian seals the new key to every role's public key, as `init` did: every role signs checkpoints, the
  /// custodian's own among them, so that nobody learns a key that he would not have, and nothing has to wait.
  public func rotateLogKey() throws -> LogKeyRotation {
    try govern(.auditKeyRotate, details: [:]) { commit, opened, time in
      let governance = opened.governance
      let epoch = governance.logKey.epoch + 1
      let key = BoxedSigner(SigningKey.generate())
      let announced = commit.nextIndex
      let message = LogKeyPeriod.proofMessage(
        key: key.key.publicKey, epoch: epoch, previous: governance.head, vault: governance.vaultID)
      let statement = try commit.state(
        .rotateLogKey(key: key.key.publicKey, epoch: epoch, proof: key.key.sign(message)),
        by: self.environment.identity, at: time)
      for role in Role.allCases {
        guard let roleKey = governance.roleKey(role) else { continue }
        try commit.remove(Schema.grant, key: Self.logGrant(role, epoch - 1))
        let seed = key.key.seed()
        let row = try seed.withBytes {
          try KeyChain.row(
            $0, kind: .log, epoch: epoch, vault: governance.vaultID, to: roleKey, recipient: [role.rawValue])
        }
        try commit.insert(Schema.grant, row)
      }
      let rotation = LogKeyRotation(
        verifierKey: try LogVerifierKey(name: governance.origin.text, key: key.key.publicKey),
        epoch: epoch,
        announced: announced)
      return (rotation, [(statement, .auditKeyRotate, "")])
    }
  }

  /// The keys that the log has had, in order, each with the sizes whose checkpoints it signs.
  public func logKeys() throws -> [TrustedLogKey] {
    try readPublic { _, opened in try opened.governance.trustedLogKeys() }
  }

  private static func logGrant(_ role: Role, _ epoch: UInt32) -> [Value] {
    [
      .integer(Int64(KeyKind.log.code)), .integer(Int64(KeyKind.log.subject)), .integer(Int64(epoch)),
      .blob([role.rawValue]),
    ]
  }
}
