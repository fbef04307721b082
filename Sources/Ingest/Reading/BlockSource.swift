internal import Glibc

/// Reads a file descriptor in blocks into the reader's buffer, and shows each block to a hook.
struct BlockSource {
  let descriptor: CInt
  let name: String
  let onBlock: ((Span<UInt8>) -> Void)?
  private(set) var bytesRead: Int64 = 0
  private(set) var isAtEnd = false
  /// Size of a regular file when reading began; nil for a pipe.
  let size: Int64?

  init(descriptor: CInt, name: String, onBlock: ((Span<UInt8>) -> Void)?) {
    self.descriptor = descriptor
    self.name = name
    self.onBlock = onBlock
    size = Self.size(of: descriptor)
  }

  private static func size(of descriptor: CInt) -> Int64? {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    return Int64(status.st_size)
  }

  /// Reads until a block is full or the file ends; returns how many bytes were added at `offset`.
  mutating func fill(_ buffer: borrowing RowBuffer, at offset: Int) throws(IngestError) -> Int {
    precondition(offset + RowBuffer.blockSize <= buffer.capacity)
    var filled = 0
    while filled < RowBuffer.blockSize, !isAtEnd {
      let count = unsafe read(descriptor, buffer.base + offset + filled, RowBuffer.blockSize - filled)
      if count < 0 {
        if errno == EINTR { continue }
        throw IngestError(
          .inputOutput, file: name, reason: "cannot read the file (errno \(errno))",
          hint: "check that it is a readable file")
      }
      if count == 0 { isAtEnd = true }
      filled += count
    }
    bytesRead += Int64(filled)
    if filled > 0, let onBlock {
      buffer.withBytes(ImportText(offset: offset, count: filled)) { onBlock($0) }
    }
    return filled
  }
}
