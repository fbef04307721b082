internal import Sodium

/// Two pages of 4,096 bytes that are written in turn, so that a torn write leaves the other one.
///
/// Each page: magic (16) ‖ version u16 ‖ 6 zero ‖ generation u64 ‖ content (4,032) ‖ BLAKE2b-256 of all that (32).
/// Generation n lies in page n mod 2; the valid page of the higher generation counts.
struct AlternatingPages: ~Copyable {
  /// The bytes of one page.
  static let pageByteCount = 4096
  /// Where a page's content starts.
  static let contentStart = 32
  /// Where a page's check starts.
  static let checkStart = pageByteCount - 32

  private let magic: [UInt8]
  private let version: UInt16
  private var pages: WipedPage

  /// Nothing written yet. The magic has 16 bytes.
  init(magic: StaticString, version: UInt16) {
    self.magic = unsafe Array(UnsafeBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount))
    self.version = version
    precondition(self.magic.count == 16, "a magic has 16 bytes")
    pages = WipedPage(count: 2 * Self.pageByteCount)
  }

  /// Reads both pages from the start of a file.
  mutating func read(from file: PositionedFile) throws(SystemFailure) {
    try file.read(into: &pages, 0..<pages.count, at: 0)
  }

  /// Whether nothing but zeros was read.
  var isBlank: Bool { pages.isZero(0..<pages.count) }

  /// How many pages have a good check; below 2, a write was torn or somebody changed bytes.
  var validCount: Int { (isValid(0) ? 1 : 0) + (isValid(1) ? 1 : 0) }

  /// A page with this magic and a good check, whose version this program does not know.
  var newerVersion: UInt16? {
    for index in 0...1 where hasMagicAndCheck(index) {
      let found: UInt16 = pages.integer(at: index * Self.pageByteCount + 16)
      if found > version { return found }
    }
    return nil
  }

  /// The content of the newest valid page, as a page of its own, or nil when neither is valid.
  func newest() -> WipedPage? {
    guard let index = newestIndex else { return nil }
    var content = WipedPage(count: Self.checkStart - Self.contentStart)
    let start = index * Self.pageByteCount
    content.put(start + Self.contentStart..<start + Self.checkStart, of: pages, at: 0)
    return content
  }

  /// Writes a content as the next generation over the older page. Not synced.
  mutating func write(_ content: borrowing WipedPage, to file: PositionedFile) throws(SystemFailure) {
    let generation = newestIndex.map { self.generation(of: $0) + 1 } ?? 0
    let index = Int(generation & 1)
    let start = index * Self.pageByteCount
    pages.wipe(start..<start + Self.pageByteCount)
    pages.put(magic, at: start)
    pages.put(version, at: start + 16)
    pages.put(generation, at: start + 24)
    pages.put(0..<content.count, of: content, at: start + Self.contentStart)
    pages.put(check(of: index).bytes, at: start + Self.checkStart)
    try file.write(pages, start..<start + Self.pageByteCount, at: UInt64(start))
  }

  private var newestIndex: Int? {
    switch (isValid(0), isValid(1)) {
    case (true, true): generation(of: 0) > generation(of: 1) ? 0 : 1
    case (true, false): 0
    case (false, true): 1
    case (false, false): nil
    }
  }

  private func generation(of index: Int) -> UInt64 { pages.integer(at: index * Self.pageByteCount + 24) }

  private func isValid(_ index: Int) -> Bool {
    let start = index * Self.pageByteCount
    let generation = generation(of: index)
    // The last generation has no successor: only a forger could have reached it.
    return hasMagicAndCheck(index) && pages.integer(at: start + 16) == version
      && pages.isZero(start + 18..<start + 24) && generation & 1 == UInt64(index) && generation < .max
  }

  private func hasMagicAndCheck(_ index: Int) -> Bool {
    let start = index * Self.pageByteCount
    return pages.copy(start..<start + 16) == magic
      && pages.copy(start + Self.checkStart..<start + Self.pageByteCount) == check(of: index).bytes
  }

  private func check(of index: Int) -> Digest32 {
    let start = index * Self.pageByteCount
    return pages.withSpan(start..<start + Self.checkStart) { BLAKE2b.digest256($0) }
  }
}
