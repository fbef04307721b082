internal import Sodium

/// One customer's slot in a sealed block (FORMATS section 5): nonce (24, zeros where the slot is empty) ‖ (ordinal u64 ‖
/// content) XORed with the XChaCha20 keystream of that nonce under a subkey of the customer's key.
///
/// The block's seal authenticates the slots. A slot's own encipherment keeps it from whoever has the class key alone, and ends
/// with the customer's key. Forms on raw memory, without allocation: **only for code that holds a receipt** or
/// encrypts.
enum SlotCipher {
  /// Bytes of a slot before its enciphered part.
  static let nonceByteCount = 24
  /// Bytes of a slot beside its content.
  static let overhead = nonceByteCount + 8
  private static let context: StaticString = "crmslot1"

  /// Writes a slot of `overhead + count` bytes to `out`. The nonce has 24 bytes and serves once.
  static func encipher(
    _ content: UnsafePointer<UInt8>, count: Int, ordinal: UInt64, kind: BlockAddress.Kind,
    customerKey: UnsafePointer<UInt8>, nonce: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<UInt8>
  ) {
    unsafe out.update(from: nonce, count: nonceByteCount)
    let body = unsafe out + nonceByteCount
    unsafe UnsafeMutableRawPointer(body).storeBytes(of: ordinal.bigEndian, as: UInt64.self)
    unsafe (body + 8).update(from: content, count: count)
    unsafe XChaCha20.xor(
      body, count: 8 + count, into: body, nonce: nonce, subkey: UInt64(kind.rawValue),
      context: context.utf8Start, of: customerKey)
  }

  /// Writes ordinal and content, `8 + count` bytes, to `out`; false, with zeros in their place, where the slot is not
  /// this ordinal's under this key.
  @inline(__always)
  static func decipher(
    _ slot: UnsafePointer<UInt8>, count: Int, ordinal: UInt64, kind: BlockAddress.Kind,
    customerKey: UnsafePointer<UInt8>, into out: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    unsafe XChaCha20.xor(
      slot + nonceByteCount, count: 8 + count, into: out, nonce: slot, subkey: UInt64(kind.rawValue),
      context: context.utf8Start, of: customerKey)
    guard unsafe UnsafeRawPointer(out).loadUnaligned(as: UInt64.self) == ordinal.bigEndian else {
      unsafe out.update(repeating: 0, count: 8 + count)
      return false
    }
    return true
  }

  /// Whether a slot holds anything: its nonce is not all zeros.
  @inline(__always)
  static func isPresent(_ slot: UnsafePointer<UInt8>) -> Bool {
    let words = unsafe UnsafeRawPointer(slot)
    return unsafe words.loadUnaligned(as: UInt64.self)
      | words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      | words.loadUnaligned(fromByteOffset: 16, as: UInt64.self) != 0
  }
}
