import Sodium
import Testing

@Suite("Wiped bytes")
struct WipedBytesTests {
  private let nine: [UInt8] = [9]

  @Test("A buffer holds what was appended, in order, through every growth")
  func appends() {
    var bytes = WipedBytes(capacity: 16)
    for byte in counting(count: 100) { bytes.append(byte) }
    bytes.append(counting(from: 100, count: 50).span)
    bytes.append(copying: counting(from: 150, count: 50))
    #expect(bytes.copy() == counting(count: 200))
    #expect(bytes.count == 200)
  }

  @Test("A buffer of some megabytes works as a small one does")
  func growsLarge() {
    var bytes = WipedBytes()
    let block = counting(count: 4096)
    for _ in 0..<600 { bytes.append(block.span) }
    let tail = bytes.withBytes { span in span.extracting((span.count - 4096)...).copy() }
    #expect(bytes.count == 600 * 4096)
    #expect(tail == block)
  }

  @Test("What truncation drops is zero at once")
  func truncationWipes() {
    var bytes = WipedBytes(copying: counting(from: 1, count: 64).span)
    bytes.truncate(to: 10)
    #expect(bytes.copy() == counting(from: 1, count: 10))
    #expect(memory(of: bytes, in: 10..<64) == [UInt8](repeating: 0, count: 54))
    bytes.removeAll()
    #expect(bytes.copy().isEmpty)
    #expect(memory(of: bytes, in: 0..<64) == [UInt8](repeating: 0, count: 64))
  }

  @Test("A buffer's memory is zero when it is given back")
  func deinitWipes() throws {
    // The allocator hands the block that was freed last to the next request of its size, so what is left of
    // the buffer can be seen there. Without wiping this shows the content: the control says so first.
    let control = unsafe leftovers(of: 4096) { unsafe $0.update(repeating: 0xA5, count: 4096) }
    guard control.contains(0xA5) else {
      try Test.cancel("this allocator hides what was freed: nothing can be seen")
    }
    let afterDeinit = leftovers(count: 4096) {
      var bytes = WipedBytes(capacity: 4096)
      bytes.append([UInt8](repeating: 0xA5, count: 4096).span)
    }
    #expect(!afterDeinit.contains(0xA5))
  }

  @Test("A buffer that moves wipes the memory it leaves")
  func growthWipes() {
    let afterGrowth = leftovers(count: 4096) {
      var bytes = WipedBytes(capacity: 4096)
      bytes.append(copying: repeatElement(0xA5, count: 4096))
      bytes.append(0x5A)
    }
    #expect(!afterGrowth.contains(0xA5))
  }

  @Test("Filling in place adds exactly what was asked for")
  func fills() {
    var bytes = WipedBytes(copying: nine.span)
    bytes.append(count: 3) { span in span[1] = 7 }
    #expect(bytes.copy() == [9, 0, 7, 0])
    bytes.withMutableBytes { span in span[0] = 1 }
    #expect(bytes.copy() == [1, 0, 7, 0])
  }

  @Test("A fill that throws adds nothing and leaves nothing")
  func throwingFill() {
    var bytes = WipedBytes(copying: nine.span)
    let code = refusal { () throws(SodiumError) in
      try bytes.append(count: 8) { (span: inout MutableSpan<UInt8>) throws(SodiumError) in
        for index in span.indices { span[index] = 0xA5 }
        throw SodiumError(.malformed, "as the test wants it")
      }
    }
    #expect(code == .malformed)
    #expect(bytes.copy() == [9])
    #expect(memory(of: bytes, in: 1..<9) == [UInt8](repeating: 0, count: 8))
  }

  @Test("A raw fill keeps what it wrote and wipes the rest of its room")
  func rawFill() {
    var bytes = WipedBytes()
    unsafe bytes.appendUnsafe(upTo: 8) { out in
      unsafe out.update(repeating: 0xA5, count: 8)
      return 3
    }
    #expect(bytes.copy() == [0xA5, 0xA5, 0xA5])
    #expect(memory(of: bytes, in: 3..<8) == [0, 0, 0, 0, 0])
  }

  private func memory(of bytes: borrowing WipedBytes, in range: Range<Int>) -> [UInt8] {
    precondition(range.upperBound <= bytes.capacity)
    return unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return [] }
      return unsafe [UInt8](UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }
  }

  /// What lies in a fresh block of `count` bytes after `body` has freed one. The first 32 bytes are the
  /// allocator's own.
  private func leftovers(count: Int, after body: () -> Void) -> [UInt8] {
    body()
    let block = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
    defer { unsafe block.deallocate() }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: block + 32, count: count - 32))
  }

  private func leftovers(of count: Int, _ fill: (UnsafeMutablePointer<UInt8>) -> Void) -> [UInt8] {
    leftovers(count: count) {
      let block = UnsafeMutablePointer<UInt8>.allocate(capacity: count)
      unsafe fill(block)
      unsafe block.deallocate()
    }
  }
}
