/// Counts the classes of one node among the tuples that are still there.
///
/// The keys of tuples are counted in a table without collision lists first, which can only count too many; what
/// may be in a class of k rows is then grouped exactly.
final class NodeSurvey {
  private static let blockSize = 2048
  private static let mostCachedEntries = 6 << 20

  private let table: Microdata
  private let tuples: DistinctTuples
  /// The tuples that are left, and their codes and weights in this order.
  private(set) var alive: [UInt32]
  private var codes: [WorkArrayBox<UInt32>]
  private var weights: WorkArrayBox<UInt32>
  private let keys: WorkArrayBox<UInt64>
  private let candidates: WorkArrayBox<UInt32>
  private let counts: WorkArrayBox<UInt32>
  private var slots: KeySlots
  private var cache: [[Int: WorkArrayBox<UInt64>]]
  private var cachedEntries = 0

  init(_ table: Microdata, _ tuples: DistinctTuples) {
    self.table = table
    self.tuples = tuples
    alive = Array(0..<UInt32(tuples.count))
    codes = tuples.codes.map { WorkArrayBox($0) }
    weights = WorkArrayBox((0..<tuples.count).map { UInt32(tuples.weight($0)) })
    keys = WorkArrayBox(repeating: 0, count: tuples.count)
    candidates = WorkArrayBox(repeating: 0, count: tuples.count)
    var bits = 10
    while 1 << bits < tuples.count, bits < 19 { bits += 1 }
    counts = WorkArrayBox(repeating: 0, count: 1 << bits)
    slots = KeySlots(capacity: 1024)
    cache = tuples.groups.map { _ in [:] }
  }

  /// The classes of a node that may be large enough.
  struct Classes {
    /// For each candidate its place among the living tuples.
    var places: [UInt32] = []
    /// For each candidate its class.
    var classOf: [UInt32] = []
    /// For each class how many rows it has.
    var weights: [Int] = []
  }

  /// Groups the tuples that may be in a class of at least `k` rows.
  ///
  /// - Returns: All classes with `k` rows, and perhaps smaller ones. Nil where fewer than `least` rows can be in
  ///   classes of `k`.
  func classes(of levels: [Int], k: Int, least: Int = 1) -> Classes? {
    let tables = tuples.groups.indices.map { numbers(of: $0, levels) }
    let (found, rows) = count(tables, k: k)
    guard found > 0, rows >= least else { return nil }
    return group(found, tables)
  }

  private func count(_ tables: [WorkArrayBox<UInt64>], k: Int) -> (candidates: Int, rows: Int) {
    let size = alive.count
    // No more counters than tuples ask for: they have to be cleared each time.
    var used = 1024
    while used < size * 2, used < counts.array.count { used *= 2 }
    let mask = UInt64(used - 1)
    counts.array.fill(0, first: used)
    for (group, numbers) in tables.enumerated() {
      let isFirst = group == 0
      Self.add(numbers, codes[group], keys, size, isFirst: isFirst)
    }
    for place in 0..<size {
      let slot = Int(truncatingIfNeeded: (KeySlots.spread(keys.array[place]) >> 20) & mask)
      counts.array[slot] = counts.array[slot] &+ weights.array[place]
    }
    var found = 0
    var rows = 0
    for place in 0..<size {
      let slot = Int(truncatingIfNeeded: (KeySlots.spread(keys.array[place]) >> 20) & mask)
      if counts.array[slot] >= UInt32(truncatingIfNeeded: k) {
        candidates.array[found] = UInt32(truncatingIfNeeded: place)
        found += 1
        rows += Int(weights.array[place])
      }
    }
    return (found, rows)
  }

  private static func add(
    _ numbers: WorkArrayBox<UInt64>, _ codes: WorkArrayBox<UInt32>, _ keys: WorkArrayBox<UInt64>, _ size: Int,
    isFirst: Bool
  ) {
    if isFirst {
      for place in 0..<size { keys.array[place] = numbers.array[Int(codes.array[place])] }
    } else {
      for place in 0..<size {
        keys.array[place] = keys.array[place] &+ numbers.array[Int(codes.array[place])]
      }
    }
  }

  private func group(_ found: Int, _ tables: [WorkArrayBox<UInt64>]) -> Classes {
    if slots.capacity < found { slots = KeySlots(capacity: found * 2) } else { slots.removeAll(for: found) }
    var classes = Classes()
    classes.places.reserveCapacity(found)
    classes.classOf.reserveCapacity(found)
    var representatives: [Int] = []
    for index in 0..<found {
      let place = Int(candidates.array[index])
      let number = slots.find(keys.array[place]) { candidate in
        tuples.keysAreExact || isSame(place, representatives[candidate], tables)
      }
      if number == classes.weights.count {
        classes.weights.append(0)
        representatives.append(place)
      }
      classes.weights[number] += Int(weights.array[place])
      classes.places.append(UInt32(truncatingIfNeeded: place))
      classes.classOf.append(UInt32(truncatingIfNeeded: number))
    }
    return classes
  }

  private func isSame(_ a: Int, _ b: Int, _ tables: [WorkArrayBox<UInt64>]) -> Bool {
    tables.indices.allSatisfy { group in
      tables[group].array[Int(codes[group].array[a])] == tables[group].array[Int(codes[group].array[b])]
    }
  }

  /// Takes away the tuples at these places.
  func remove(_ isGone: [Bool]) {
    var kept = 0
    for place in alive.indices where !isGone[place] {
      alive[kept] = alive[place]
      for group in codes { group.array[kept] = group.array[place] }
      weights.array[kept] = weights.array[place]
      kept += 1
    }
    alive.removeLast(alive.count - kept)
  }

  /// How many rows are left.
  var rowCount: Int { alive.reduce(0) { $0 + tuples.weight(Int($1)) } }

  private func numbers(of group: Int, _ levels: [Int]) -> WorkArrayBox<UInt64> {
    var combination = 0
    for column in tuples.groups[group].columns {
      combination = combination * table.quasiIdentifiers[column].hierarchy.levels.count + levels[column]
    }
    if let known = cache[group][combination] { return known }
    if cachedEntries > Self.mostCachedEntries {
      cache = tuples.groups.map { _ in [:] }
      cachedEntries = 0
    }
    let made = WorkArrayBox(
      tuples.groups[group].table(table.quasiIdentifiers, levels: levels, stride: tuples.strides[group]))
    cachedEntries += made.array.count
    cache[group][combination] = made
    return made
  }
}

/// A work array that several hold.
final class WorkArrayBox<Element: BitwiseCopyable> {
  let array: WorkArray<Element>

  init(_ elements: [Element]) { array = WorkArray(elements) }
  init(repeating element: Element, count: Int) { array = WorkArray(repeating: element, count: count) }
}
