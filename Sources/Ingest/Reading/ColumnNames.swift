/// The columns of a file by name, found again from the bytes of a JSON name.
struct ColumnNames {
  private(set) var names: [String]
  private var bytes: [[UInt8]]
  /// Which column stood at this place of the object before: most files keep their order.
  private var expected: [Int] = []

  init(_ names: [String]) {
    self.names = names
    bytes = names.map { Array($0.utf8) }
  }

  /// Adds a column that is not there.
  mutating func add(_ name: String) {
    names.append(name)
    bytes.append(Array(name.utf8))
  }

  /// The column of a name, found or added; nil where there are too many.
  mutating func index(
    _ buffer: borrowing RowBuffer, _ start: Int, _ end: Int, position: Int
  ) -> (index: Int, isNew: Bool)? {
    if position < expected.count, matches(expected[position], buffer, start, end) {
      return (expected[position], false)
    }
    var index = bytes.indices.first { matches($0, buffer, start, end) }
    let isNew = index == nil
    if isNew {
      guard bytes.count < FieldTable.mostColumns else { return nil }
      let name = (start..<end).map { buffer[$0] }
      bytes.append(name)
      names.append(String(decoding: name, as: UTF8.self))
      index = bytes.count - 1
    }
    guard let index else { return nil }
    if position == expected.count { expected.append(index) } else { expected[position] = index }
    return (index, isNew)
  }

  private func matches(_ index: Int, _ buffer: borrowing RowBuffer, _ start: Int, _ end: Int) -> Bool {
    let count = bytes[index].count
    guard count == end - start else { return false }
    for offset in 0..<count where bytes[index][offset] != buffer[start + offset] { return false }
    return true
  }
}
