internal import Glibc

/// A short byte buffer on the stack that is wiped when its scope ends.
@safe struct WipedScratch: ~Copyable {
  private let base: UnsafeMutablePointer<UInt8>
  private let capacity: Int
  private var start = 0
  private var end = 0

  private init(base: UnsafeMutablePointer<UInt8>, capacity: Int) {
    unsafe self.base = base
    self.capacity = capacity
  }

  var count: Int { end - start }

  subscript(index: Int) -> UInt8 {
    precondition(index >= 0 && index < count)
    return unsafe base[start + index]
  }

  /// False where the buffer is full.
  mutating func append(_ byte: UInt8) -> Bool {
    guard end < capacity else { return false }
    unsafe base[end] = byte
    end += 1
    return true
  }

  mutating func trimSpaces() {
    while count > 0, self[0] == 0x20 { start += 1 }
    while count > 0, self[count - 1] == 0x20 { end -= 1 }
  }

  borrowing func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
    let bytes = unsafe UnsafeBufferPointer(start: base + start, count: count)
    let span = unsafe bytes.span
    return body(span)
  }

  static func with<Result>(
    capacity: Int, _ body: (inout WipedScratch) throws(RejectionCode) -> Result
  ) throws(RejectionCode) -> Result {
    let outcome = unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: capacity) { memory in
      guard let base = memory.baseAddress else { preconditionFailure("no memory on the stack") }
      defer { unsafe explicit_bzero(base, capacity) }
      var scratch = unsafe WipedScratch(base: base, capacity: capacity)
      return Swift.Result<Result, RejectionCode> { () throws(RejectionCode) in try body(&scratch) }
    }
    return try outcome.get()
  }
}
