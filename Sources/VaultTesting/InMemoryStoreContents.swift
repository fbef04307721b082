import Vault

/// All rows, as a value: a copy is a snapshot.
struct InMemoryContents: Sendable {
  /// Rows by table code, in the order of their encoded keys.
  var tables: [UInt8: OrderedRows<Row>] = [:]
}

/// A map in key order, in chunks, so that a copy shares all chunks but those that are changed.
struct OrderedRows<Element: Sendable>: Sendable {
  typealias Entry = (key: [UInt8], element: Element)

  private static var largestChunk: Int { 256 }
  private var chunks: [[Entry]] = []
  private(set) var count = 0

  /// A place between entries or on one.
  struct Position: Sendable, Equatable {
    fileprivate(set) var chunk: Int
    fileprivate(set) var entry: Int
  }

  /// The element of this key.
  subscript(key: [UInt8]) -> Element? {
    let position = position(of: key)
    guard let entry = self[position], entry.key == key else { return nil }
    return entry.element
  }

  /// The entry at a position; nil at the end.
  subscript(position: Position) -> Entry? {
    guard position.chunk < chunks.count, position.entry < chunks[position.chunk].count else { return nil }
    return chunks[position.chunk][position.entry]
  }

  /// The first entry whose key is not below `key`.
  func position(of key: [UInt8]) -> Position { position { !$0.lexicographicallyPrecedes(key) } }

  /// The first entry for which `isPast` is true; it must be true for all later ones as well.
  func position(where isPast: ([UInt8]) -> Bool) -> Position {
    let chunk = Self.firstIndex(0..<chunks.count) { chunks[$0].last.map { isPast($0.key) } ?? false }
    guard chunk < chunks.count else { return Position(chunk: chunk, entry: 0) }
    let entries = chunks[chunk]
    return Position(chunk: chunk, entry: Self.firstIndex(entries.indices) { isPast(entries[$0].key) })
  }

  /// The position after this one.
  func after(_ position: Position) -> Position {
    if position.entry + 1 < chunks[position.chunk].count {
      return Position(chunk: position.chunk, entry: position.entry + 1)
    }
    return Position(chunk: position.chunk + 1, entry: 0)
  }

  /// The position before this one; nil at the beginning.
  func before(_ position: Position) -> Position? {
    if position.entry > 0 { return Position(chunk: position.chunk, entry: position.entry - 1) }
    guard position.chunk > 0 else { return nil }
    return Position(chunk: position.chunk - 1, entry: chunks[position.chunk - 1].count - 1)
  }

  /// Puts an element in place, new or not.
  mutating func set(_ key: [UInt8], _ element: Element) {
    let position = position(of: key)
    if let entry = self[position], entry.key == key {
      chunks[position.chunk][position.entry].element = element
      return
    }
    count += 1
    guard position.chunk < chunks.count else {
      // Beyond the last key: append.
      if let last = chunks.indices.last, chunks[last].count < Self.largestChunk {
        chunks[last].append((key, element))
      } else {
        chunks.append([(key, element)])
      }
      return
    }
    chunks[position.chunk].insert((key, element), at: position.entry)
    split(position.chunk)
  }

  /// Removes the element of this key, which must be there.
  mutating func remove(_ key: [UInt8]) {
    let position = position(of: key)
    guard let entry = self[position], entry.key == key else { return }
    count -= 1
    chunks[position.chunk].remove(at: position.entry)
    if chunks[position.chunk].isEmpty { chunks.remove(at: position.chunk) }
  }

  private mutating func split(_ chunk: Int) {
    guard chunks[chunk].count > Self.largestChunk else { return }
    let half = chunks[chunk].count / 2
    chunks.insert(Array(chunks[chunk][half...]), at: chunk + 1)
    chunks[chunk].removeSubrange(half...)
  }

  private static func firstIndex(_ range: Range<Int>, where isPast: (Int) -> Bool) -> Int {
    var low = range.lowerBound
    var high = range.upperBound
    while low < high {
      let middle = (low + high) / 2
      if isPast(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
