internal import AuditLog
public import Sodium

/// A key of the log and from which size on it signs checkpoints.
public struct LogKeyPeriod: Sendable, Hashable {
  /// The key.
  public let key: VerifyingKey
  /// Its number, from 1.
  public let epoch: UInt32
  /// The first size whose checkpoint it signs. The entry that announces it is the last one under the key before.
  public let since: UInt64

  /// What a new key signs to show that somebody has its secret half: `crmvault/log-key/v1`, a zero byte, the vault id,
  /// the number as u32, the key, and the hash of the statement before the announcement.
  static func proofMessage(
    key: VerifyingKey, epoch: UInt32, previous: Digest32, vault: VaultID
  ) -> [UInt8] {
    var message = Array("crmvault/log-key/v1".utf8) + [0] + vault.bytes
    message.appendBigEndian(epoch)
    return message + key.bytes + previous.bytes
  }
}

extension Governance {
  /// The key that signs the next checkpoint.
  public var logKey: LogKeyPeriod { logKeys[logKeys.count - 1] }

  /// The key that signs a checkpoint of this size.
  public func logKey(atSize size: UInt64) -> LogKeyPeriod {
    logKeys.last { $0.since <= size } ?? logKeys[0]
  }

  /// The verifier key of a checkpoint of this size.
  func verifierKey(atSize size: UInt64) throws(LogError) -> LogVerifierKey {
    try LogVerifierKey(name: origin(atSize: size).text, key: logKey(atSize: size).key)
  }

  /// The log's keys under each of its names, each with the sizes for which it counts.
  func trustedLogKeys() throws(LogError) -> [TrustedLogKey] {
    let starts = Set(logKeys.map(\.since) + origins.map(\.since)).sorted()
    var keys: [TrustedLogKey] = []
    for (index, start) in starts.enumerated() {
      let last = index + 1 < starts.count ? starts[index + 1] - 1 : UInt64.max
      keys.append(TrustedLogKey(try verifierKey(atSize: start), sizes: start...last))
    }
    return keys
  }
}
