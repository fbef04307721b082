/// Where a text of the current row lies in the reader's buffer. It is not the text: a row lends that.
///
/// Valid only for the ``ImportRow`` that it came from.
public struct ImportText: Sendable {
  let offset: UInt32
  let length: UInt32

  init(offset: Int, count: Int) {
    self.offset = UInt32(truncatingIfNeeded: offset)
    self.length = UInt32(truncatingIfNeeded: count)
  }

  /// Length in bytes; never zero, an empty text is absent.
  public var count: Int { Int(length) }

  var start: Int { Int(offset) }
  var end: Int { Int(offset) + Int(length) }
}
