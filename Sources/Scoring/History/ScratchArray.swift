/// A growable buffer of plain values that is reused from customer to customer, and zeroed before its memory
/// goes back: what it holds was decrypted.
///
/// An `Array` would leave its content behind each time that it grows, and in the buffer that `sort` merges in.
@safe
struct ScratchArray<Element: BitwiseCopyable>: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutablePointer<Element>
  private var capacity: Int
  /// How many values it holds.
  private(set) var count = 0

  init(capacity: Int = 64) {
    self.capacity = max(1, capacity)
    unsafe base = .allocate(capacity: self.capacity)
  }

  deinit {
    unsafe zero(UnsafeMutableRawPointer(base), capacity * MemoryLayout<Element>.stride)
    unsafe base.deallocate()
  }

  subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count)
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < count)
      unsafe base[index] = newValue
    }
  }

  mutating func append(_ element: Element) {
    if count == capacity { grow() }
    unsafe (base + count).initialize(to: element)
    count += 1
  }

  /// Forgets the values and keeps the memory.
  mutating func removeAll() { count = 0 }

  private mutating func grow() {
    let larger: UnsafeMutablePointer<Element> = .allocate(capacity: capacity * 2)
    unsafe larger.initialize(from: base, count: count)
    unsafe zero(UnsafeMutableRawPointer(base), capacity * MemoryLayout<Element>.stride)
    unsafe base.deallocate()
    unsafe base = larger
    capacity *= 2
  }
}

extension ScratchArray {
  /// Sorts in place by a key, without another buffer: heapsort, skipped where the order is right already, as
  /// it is for a history that is fed by time.
  mutating func sort<Key: Comparable>(by key: (Element) -> Key) {
    guard !isSorted(by: key) else { return }
    for root in stride(from: count / 2 - 1, through: 0, by: -1) { siftDown(root, below: count, by: key) }
    for last in stride(from: count - 1, to: 0, by: -1) {
      swap(0, last)
      siftDown(0, below: last, by: key)
    }
  }

  private func isSorted<Key: Comparable>(by key: (Element) -> Key) -> Bool {
    guard count > 1 else { return true }
    for index in 1..<count where key(self[index]) < key(self[index - 1]) { return false }
    return true
  }

  private mutating func siftDown<Key: Comparable>(_ start: Int, below end: Int, by key: (Element) -> Key) {
    var root = start
    while 2 * root + 1 < end {
      var child = 2 * root + 1
      if child + 1 < end, key(self[child]) < key(self[child + 1]) { child += 1 }
      guard key(self[root]) < key(self[child]) else { return }
      swap(root, child)
      root = child
    }
  }

  private mutating func swap(_ left: Int, _ right: Int) {
    let held = self[left]
    self[left] = self[right]
    self[right] = held
  }
}

/// Writes zeros; not optimized, so that the compiler does not drop stores to memory that is freed next.
@_optimize(none)
private func zero(_ start: UnsafeMutableRawPointer, _ bytes: Int) {
  for offset in 0..<bytes { unsafe start.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
}
