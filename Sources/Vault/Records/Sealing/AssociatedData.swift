import Sodium

/// What sealed bytes are bound to (FORMATS section 5), written into memory of the caller without allocation.
///
/// Both forms begin with format u8 ‖ algorithm u8 ‖ vault id (16) ‖ class u8 and end with version u64 ‖
/// epoch u32 ‖ schema u16, all big-endian.
enum AssociatedData {
  /// Bytes of a record's: between the ends stand ordinal u64 ‖ chunk u32.
  static let recordByteCount = 45
  /// Bytes of a block's: between the ends stand kind u8 ‖ object id (16) ‖ first ordinal u64.
  static let blockByteCount = 58

  /// Writes a record's 45 bytes to `out`.
  @inline(__always)
  static func write(
    _ address: RecordAddress, vault: VaultID, epoch: UInt32, to out: UnsafeMutableRawPointer
  ) {
    unsafe writeStart(vault: vault, dataClass: address.dataClass, to: out)
    unsafe out.storeBytes(of: address.ordinal.bigEndian, toByteOffset: 19, as: UInt64.self)
    unsafe out.storeBytes(of: address.chunk.bigEndian, toByteOffset: 27, as: UInt32.self)
    unsafe writeEnd(version: address.version, epoch: epoch, schema: address.schema, to: out + 31)
  }

  /// Writes a block's 58 bytes to `out`.
  static func write(_ address: BlockAddress, vault: VaultID, epoch: UInt32, to out: UnsafeMutableRawPointer) {
    unsafe writeStart(vault: vault, dataClass: address.dataClass, to: out)
    unsafe out.storeBytes(of: address.kind.rawValue, toByteOffset: 19, as: UInt8.self)
    unsafe out.storeBytes(of: address.object.high.bigEndian, toByteOffset: 20, as: UInt64.self)
    unsafe out.storeBytes(of: address.object.low.bigEndian, toByteOffset: 28, as: UInt64.self)
    unsafe out.storeBytes(of: address.firstOrdinal.bigEndian, toByteOffset: 36, as: UInt64.self)
    unsafe writeEnd(version: address.version, epoch: epoch, schema: address.schema, to: out + 44)
  }

  /// Lends the bytes of a record's associated data, on the stack.
  static func withBytes<R: ~Copyable, E: Error>(
    of address: RecordAddress, vault: VaultID, epoch: UInt32, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withStack(recordByteCount) { (out) throws(E) -> R in
      unsafe write(address, vault: vault, epoch: epoch, to: out)
      return try body(
        unsafe Span(_unsafeStart: out.assumingMemoryBound(to: UInt8.self), count: recordByteCount))
    }
  }

  /// Lends the bytes of a block's associated data, on the stack.
  static func withBytes<R: ~Copyable, E: Error>(
    of address: BlockAddress, vault: VaultID, epoch: UInt32, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withStack(blockByteCount) { (out) throws(E) -> R in
      unsafe write(address, vault: vault, epoch: epoch, to: out)
      return try body(
        unsafe Span(_unsafeStart: out.assumingMemoryBound(to: UInt8.self), count: blockByteCount))
    }
  }

  @inline(__always)
  private static func writeStart(vault: VaultID, dataClass: DataClass, to out: UnsafeMutableRawPointer) {
    unsafe out.storeBytes(of: CommittedSeal.format, as: UInt8.self)
    unsafe out.storeBytes(of: CommittedSeal.algorithm, toByteOffset: 1, as: UInt8.self)
    unsafe vault.bytes.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      unsafe (out + 2).copyMemory(from: base, byteCount: 16)
    }
    unsafe out.storeBytes(of: dataClass.rawValue, toByteOffset: 18, as: UInt8.self)
  }

  @inline(__always)
  private static func writeEnd(
    version: UInt64, epoch: UInt32, schema: UInt16, to out: UnsafeMutableRawPointer
  ) {
    unsafe out.storeBytes(of: version.bigEndian, as: UInt64.self)
    unsafe out.storeBytes(of: epoch.bigEndian, toByteOffset: 8, as: UInt32.self)
    unsafe out.storeBytes(of: schema.bigEndian, toByteOffset: 12, as: UInt16.self)
  }

  @inline(__always)
  private static func withStack<R: ~Copyable, E: Error>(
    _ count: Int, _ body: (UnsafeMutableRawPointer) throws(E) -> R
  ) throws(E) -> R {
    try unsafe withUnsafeTemporaryAllocation(byteCount: count, alignment: 8) { (buffer) throws(E) -> R in
      guard let base = buffer.baseAddress else { preconditionFailure("the stack has an address") }
      return try unsafe body(base)
    }
  }
}
