import Sodium

/// The texts of a chunk, on the chunk's own memory.
@safe
package struct BehaviorDictionary {
  private let ends: UnsafeRawBufferPointer
  private let texts: UnsafeRawBufferPointer

  /// How many texts there are.
  package let count: Int

  /// A dictionary whose ends were checked to be inside `texts` and never to go back; nil where they are not.
  init?(ends: UnsafeRawBufferPointer, texts: UnsafeRawBufferPointer) {
    unsafe self.ends = ends
    unsafe self.texts = texts
    count = ends.count / 2
    var previous = 0
    for index in 0..<count {
      let end = self.end(index)
      guard end > previous else { return nil }
      previous = end
    }
    guard previous == texts.count else { return nil }
  }

  /// The bytes of a text, without copying them; empty for an index that there is not.
  package subscript(_ index: BehaviorEvent.TextIndex) -> UnsafeRawBufferPointer {
    let index = Int(index)
    guard index < count else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    let start = index == 0 ? 0 : end(index - 1)
    return unsafe UnsafeRawBufferPointer(rebasing: texts[start..<end(index)])
  }

  /// A 64-bit hash of a text, the same in every chunk and process: to count distinct products across chunks.
  /// Compute it once for each text of a chunk, not for each event.
  package func hash(of index: BehaviorEvent.TextIndex) -> UInt64 {
    unsafe BehaviorDictionary.hash(self[index])
  }

  /// FNV-1a with the finalizer of MurmurHash3: no protection against texts that were made to collide.
  package static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in bytes.indices { hash = unsafe (hash ^ UInt64(bytes[index])) &* 0x100_0000_01B3 }
    hash = (hash ^ (hash >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ (hash >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ (hash >> 33)
  }

  @inline(__always)
  private func end(_ index: Int) -> Int {
    unsafe Int(UInt16(bigEndian: ends.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)))
  }
}
