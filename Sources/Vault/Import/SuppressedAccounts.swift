internal import Sodium

/// Accounts of whom an import took nothing, since their customers were erased: kept as hashes under a random key.
public final class SuppressedAccounts {
  private let key = SharedKey<ImportHashPurpose>(.random())
  private var hashes: Set<UInt64> = []

  /// None.
  public init() {}

  /// Whether there is none.
  public var isEmpty: Bool { hashes.isEmpty }

  /// Whether an account, in the form under which it is compared, is one of them.
  public func contains(_ account: Span<UInt8>) -> Bool { hashes.contains(hash(account)) }

  func insert(_ account: Span<UInt8>) { hashes.insert(hash(account)) }

  private func hash(_ account: Span<UInt8>) -> UInt64 {
    unsafe account.withUnsafeBufferPointer { bytes in
      unsafe key.key.withUnsafePointer {
        unsafe SipHash.hash128(key: $0, bytes.baseAddress, count: bytes.count).0
      }
    }
  }
}
