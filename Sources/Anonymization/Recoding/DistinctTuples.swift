/// The different tuples of quasi-identifiers in a table, each with its rows.
struct DistinctTuples {
  let groups: [ColumnGroup]
  /// For each group, tuple by tuple, the code of the combination.
  let codes: [[UInt32]]
  /// The rows, tuple after tuple.
  let rows: [UInt32]
  /// Where the rows of each tuple begin; one more than there are tuples.
  let offsets: [Int]
  /// For each group, by what its numbers are multiplied in a key.
  let strides: [UInt64]
  /// Whether different tuples have different keys. If not, equal keys are compared value by value.
  let keysAreExact: Bool

  var count: Int { offsets.count - 1 }

  init(_ table: Microdata) {
    let groups = ColumnGroup.pack(table)
    var strides: [UInt64] = []
    var product: UInt64 = 1
    var isExact = true
    for group in groups {
      strides.append(product)
      let (next, overflow) = product.multipliedReportingOverflow(by: UInt64(group.combinations))
      if overflow { isExact = false }
      // An odd multiplier spreads what no longer fits.
      product = overflow ? 0x9E37_79B9_7F4A_7C15 &* (product | 1) : next
    }
    let rowCodes = groups.map { $0.codes(of: table) }
    let grouping = Self.group(rowCodes, rows: table.rowCount, strides, isExact)
    var offsets = [Int](repeating: 0, count: grouping.firstRows.count + 1)
    for tuple in grouping.tupleOfRow { offsets[Int(tuple) + 1] += 1 }
    for tuple in 0..<grouping.firstRows.count { offsets[tuple + 1] += offsets[tuple] }
    var next = offsets
    var rows = [UInt32](repeating: 0, count: table.rowCount)
    for (row, tuple) in grouping.tupleOfRow.enumerated() {
      rows[next[Int(tuple)]] = UInt32(row)
      next[Int(tuple)] += 1
    }
    self.groups = groups
    codes = rowCodes.map { codes in grouping.firstRows.map { codes[Int($0)] } }
    self.rows = rows
    self.offsets = offsets
    self.strides = strides
    keysAreExact = isExact
  }

  /// How many rows a tuple has.
  func weight(_ tuple: Int) -> Int { offsets[tuple + 1] - offsets[tuple] }

  private static func group(
    _ codes: [[UInt32]], rows: Int, _ strides: [UInt64], _ isExact: Bool
  ) -> (tupleOfRow: [UInt32], firstRows: [UInt32]) {
    var slots = KeySlots(capacity: rows)
    var tupleOfRow = [UInt32](repeating: 0, count: rows)
    var firstRows: [UInt32] = []
    for row in 0..<rows {
      var key: UInt64 = 0
      for (group, stride) in strides.enumerated() { key &+= UInt64(codes[group][row]) &* stride }
      let found = slots.find(key) { candidate in
        isExact || codes.allSatisfy { $0[row] == $0[Int(firstRows[candidate])] }
      }
      if found == firstRows.count { firstRows.append(UInt32(row)) }
      tupleOfRow[row] = UInt32(found)
    }
    return (tupleOfRow, firstRows)
  }
}

/// Numbers keys in the order in which they come: a hash table with open addressing.
struct KeySlots: ~Copyable {
  /// How many keys it was made for.
  let capacity: Int
  private var mask: Int
  private var shift: UInt64
  private let numbers: WorkArray<UInt32>
  private let keys: WorkArray<UInt64>
  private(set) var count = 0

  /// Room for so many keys.
  init(capacity: Int) {
    let bits = Self.bits(for: capacity)
    self.capacity = capacity
    mask = (1 << bits) - 1
    shift = UInt64(64 - bits)
    numbers = WorkArray(repeating: 0, count: 1 << bits)
    keys = WorkArray(repeating: 0, count: 1 << bits)
  }

  private static func bits(for count: Int) -> Int {
    var bits = 4
    while 1 << bits < count * 2 { bits += 1 }
    return bits
  }

  /// The number of a key; a new key gets the next one.
  ///
  /// - Parameter isSame: whether what has this number, and the same key, is the same thing.
  @inline(__always)
  mutating func find(_ key: UInt64, isSame: (Int) -> Bool) -> Int {
    var slot = Int(KeySlots.spread(key) >> shift)
    while numbers[slot] != 0 {
      let number = Int(numbers[slot]) - 1
      if keys[slot] == key, isSame(number) { return number }
      slot = (slot + 1) & mask
    }
    count += 1
    numbers[slot] = UInt32(count)
    keys[slot] = key
    return count - 1
  }

  /// Makes it empty, for a number of keys that its capacity holds: fewer keys clear less.
  mutating func removeAll(for expected: Int) {
    precondition(expected <= capacity)
    let bits = Self.bits(for: expected)
    mask = (1 << bits) - 1
    shift = UInt64(64 - bits)
    numbers.fill(0, first: 1 << bits)
    count = 0
  }

  /// Mixes a key so that its upper bits depend on all of it.
  @inline(__always)
  static func spread(_ key: UInt64) -> UInt64 {
    let mixed = (key ^ (key >> 32)) &* 0x9E37_79B9_7F4A_7C15
    return (mixed ^ (mixed >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }
}
