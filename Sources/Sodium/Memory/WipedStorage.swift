import CSodium
import Glibc

/// The memory under `WipedBytes`: plain below 1 MiB, pages of its own that stay out of core dumps above.
enum WipedStorage {
  /// From this many bytes on, memory comes straight from the system.
  static let largeByteCount = 1 << 20

  /// Memory of `capacity` bytes with undefined content. Stops the program where the system has none, as
  /// the standard library's collections do.
  static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    guard capacity >= largeByteCount else { return .allocate(capacity: capacity) }
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    let pages = unsafe mmap(nil, capacity, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let pages = unsafe pages, unsafe pages != MAP_FAILED else {
      fatalError("out of memory: \(capacity) bytes for a wiped buffer")
    }
    // Best effort: an old kernel refuses the advice, and the buffer still works.
    _ = unsafe madvise(pages, capacity, MADV_DONTDUMP)
    return unsafe pages.bindMemory(to: UInt8.self, capacity: capacity)
  }

  /// Zeroes all `capacity` bytes and gives them back.
  static func wipeAndFree(_ base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    unsafe sodium_memzero(base, capacity)
    if capacity >= largeByteCount {
      unsafe munmap(base, capacity)
    } else {
      unsafe base.deallocate()
    }
  }
}
