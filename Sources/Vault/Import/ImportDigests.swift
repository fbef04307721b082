internal import Glibc
internal import Sodium

/// Computes the ``OrderDigest`` of one event after another in the same memory, which is wiped at the end.
@safe final class ImportDigests {
  private let key: SharedKey<OrderKeyPurpose>
  private let referralKey: SharedKey<FieldKeyPurpose>
  private let input: UnsafeMutablePointer<UInt8>
  private let prefixCount: Int
  private static let capacity = 2048

  init(_ context: Session.AccessContext, _ reader: any StoreReader, source: String) throws {
    let root = try context.keys.matchingRoot(reader)
    key = SharedKey(OrderDigest.key(root: root.key))
    referralKey = SharedKey(MatchingTag.fieldKey(of: .account(source: source), root: root.key))
    unsafe input = .allocate(capacity: Self.capacity)
    unsafe input.initialize(repeating: 0, count: Self.capacity)
    let name = Array(source.utf8)
    precondition(name.count <= 64, "the name of a source has at most 64 bytes")
    // form u8 ‖ ordinal u64 ‖ length u16 ‖ source
    unsafe input[9] = 0
    unsafe input[10] = UInt8(name.count)
    for (index, byte) in name.enumerated() { unsafe input[11 + index] = byte }
    prefixCount = 11 + name.count
  }

  deinit {
    unsafe explicit_bzero(input, Self.capacity)
    unsafe input.deallocate()
  }

  /// The digest of an order's number.
  func digest(_ ordinal: UInt64, orderID: ArenaBytes) -> UInt64 {
    hash(1, ordinal, orderID, from: prefixCount)
  }

  /// The digest of the n-th event of a content.
  func digest(_ ordinal: UInt64, content: ArenaBytes, occurrence: UInt32) -> UInt64 {
    unsafe UnsafeMutableRawPointer(input).storeBytes(
      of: occurrence.bigEndian, toByteOffset: prefixCount, as: UInt32.self)
    return hash(2, ordinal, content, from: prefixCount + 4)
  }

  /// The tag of a referred account.
  func referred(_ account: ArenaBytes) -> UInt64 {
    account.withSpan { MatchingTag.referred($0, key: referralKey.key) }
  }

  private func hash(_ form: UInt8, _ ordinal: UInt64, _ rest: ArenaBytes, from start: Int) -> UInt64 {
    precondition(start + rest.count <= Self.capacity, "an order's number has a limit")
    let memory = unsafe UnsafeMutableRawPointer(input)
    unsafe input[0] = form
    unsafe memory.storeBytes(of: ordinal.bigEndian, toByteOffset: 1, as: UInt64.self)
    if let base = unsafe rest.raw.baseAddress {
      unsafe (memory + start).copyMemory(from: base, byteCount: rest.count)
    }
    return unsafe key.key.withUnsafePointer { key in
      unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { out in
        guard let base = out.baseAddress else { return 0 }
        unsafe BLAKE2b.rawKeyed(key: key, input, count: start + rest.count, into: base, outCount: 8)
        return unsafe UInt64(bigEndian: UnsafeRawPointer(base).loadUnaligned(as: UInt64.self))
      }
    }
  }
}
