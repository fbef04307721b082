public import Ingest

/// A table as it came, column by column: the different values, and for each row the number of its value.
///
/// Memory: 4 bytes a cell, and the different values of each column once.
public struct SourceTable: Sendable {
  /// One column.
  public struct Column: Sendable {
    /// The column's name.
    public let name: String
    /// Its different values, in the order in which they came.
    public let values: [String]
    /// Row by row the number of the value.
    public let codes: [UInt32]

    /// How many rows have each value.
    public var counts: [Int] {
      var counts = [Int](repeating: 0, count: values.count)
      for code in codes { counts[Int(code)] += 1 }
      return counts
    }
  }

  /// The columns that were kept, in the order of the file.
  public let columns: [Column]
  /// How many rows there are.
  public let rowCount: Int
  /// The names of columns that were not kept.
  public let leftOut: [String]

  /// A column by name.
  public func column(_ name: String) -> Column? { columns.first { $0.name == name } }

  /// Builds a table row by row.
  public struct Builder: ~Copyable {
    private let names: [String]
    private var numbers: [ValueNumbers]
    private var codes: [[UInt32]]
    private var rowCount = 0

    /// A table of these columns.
    public init(columns: [String]) {
      names = columns
      numbers = columns.map { _ in ValueNumbers() }
      codes = columns.map { _ in [] }
    }

    /// Adds a cell of the current row; one for each column.
    public mutating func cell(_ column: Int, _ bytes: Span<UInt8>) {
      codes[column].append(numbers[column].number(bytes))
    }

    /// Ends the row.
    public mutating func endRow() {
      rowCount += 1
      precondition(codes.allSatisfy { $0.count == rowCount }, "a row has a cell for each column")
    }

    /// The table of all rows so far.
    public func table(leftOut: [String] = []) -> SourceTable {
      SourceTable(
        columns: names.indices.map { Column(name: names[$0], values: numbers[$0].strings, codes: codes[$0]) },
        rowCount: rowCount, leftOut: leftOut)
    }
  }

  /// Reads a file, and keeps the columns that a profile names; of the others nothing is kept.
  ///
  /// - Parameters:
  ///   - wanted: the names to keep; nil for all.
  ///   - file: for messages.
  public static func read(
    _ reader: inout TableReader, columns wanted: [String]?, file: String
  ) throws -> SourceTable {
    let present = reader.columns
    if let foreign = wanted?.first(where: { !present.contains($0) }) {
      throw ReleaseError(
        .unknownColumn, file: file, field: foreign, reason: "the file has no such column",
        hint: "it has \(present.joined(separator: ", "))")
    }
    let kept = present.indices.filter { wanted?.contains(present[$0]) ?? true }
    var builder = Builder(columns: kept.map { present[$0] })
    while try reader.next() {
      for (place, column) in kept.enumerated() { reader.withCell(column) { builder.cell(place, $0) } }
      builder.endRow()
    }
    return builder.table(leftOut: present.indices.filter { !kept.contains($0) }.map { present[$0] })
  }
}

/// Gives the different texts of a column numbers.
private struct ValueNumbers {
  private var starts: [Int] = [0]
  private var bytes: [UInt8] = []
  private var hashes: [UInt64] = []
  private var slots = [UInt32](repeating: 0, count: 256)

  mutating func number(_ text: Span<UInt8>) -> UInt32 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in text.indices { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
    hash ^= hash >> 31
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      let known = Int(slots[slot]) - 1
      if hashes[known] == hash, isSame(known, text) { return UInt32(known) }
      slot = (slot + 1) & (slots.count - 1)
    }
    for index in text.indices { bytes.append(text[index]) }
    starts.append(bytes.count)
    hashes.append(hash)
    slots[slot] = UInt32(hashes.count)
    if hashes.count * 2 > slots.count { grow() }
    return UInt32(hashes.count - 1)
  }

  var strings: [String] {
    hashes.indices.map { String(decoding: bytes[starts[$0]..<starts[$0 + 1]], as: UTF8.self) }
  }

  private func isSame(_ known: Int, _ text: Span<UInt8>) -> Bool {
    let start = starts[known]
    guard starts[known + 1] - start == text.count else { return false }
    for index in text.indices where bytes[start + index] != text[index] { return false }
    return true
  }

  private mutating func grow() {
    slots = [UInt32](repeating: 0, count: slots.count * 2)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = UInt32(number + 1)
    }
  }
}
