internal import Sodium

/// How a ``RememberedHead`` lies in a page of 4,096 bytes, in the warden's file and in a machine's memory alike.
///
/// All integers big-endian: size u64 ‖ root (32) ‖ number of subtrees u16 ‖ 2 zero ‖
/// number of the log's name u32 (0 for the first) ‖ compact range (room for 64
/// hashes of 32, the rest zero). A size of 0 is no head.
enum HeadRecord {
  /// The bytes of the record.
  static let byteCount = 48 + 64 * 32

  /// The head at an offset, or nil when there is none.
  static func read(from page: borrowing WipedPage, at offset: Int) -> RememberedHead? {
    let size: UInt64 = page.integer(at: offset)
    let subtrees = Int(page.integer(at: offset + 40, as: UInt16.self))
    guard size > 0, subtrees <= 64, let root = Digest32(page.copy(offset + 8..<offset + 40)) else {
      return nil
    }
    let start = offset + 48
    let origin = max(1, page.integer(at: offset + 44, as: UInt32.self))
    return RememberedHead(
      origin: origin, size: size, root: root, compactRange: page.copy(start..<start + subtrees * 32))
  }

  /// Puts a head at an offset.
  static func write(_ head: RememberedHead, to page: inout WipedPage, at offset: Int) {
    page.wipe(offset..<offset + byteCount)
    page.put(head.size, at: offset)
    page.put(head.root.bytes, at: offset + 8)
    page.put(UInt16(head.compactRange.count / 32), at: offset + 40)
    page.put(head.origin > 1 ? head.origin : 0, at: offset + 44)
    page.put(head.compactRange, at: offset + 48)
  }
}
