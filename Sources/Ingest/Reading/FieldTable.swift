/// Where a field of the current record lies.
struct FieldSlice {
  var start: Int
  var end: Int
  /// Whether a doubled quote has to be made one.
  var isEscaped: Bool
  /// Whether the field is there at all; a JSON object may lack it.
  var isPresent: Bool
  /// What a JSON value was.
  var isBoolean = false
}

/// The fields of the current record, in the order of the columns.
@safe struct FieldTable: ~Copyable {
  static let mostColumns = 256

  private let base: UnsafeMutablePointer<FieldSlice>
  /// How many fields the record has; more than there is room for are counted and not kept.
  private(set) var count = 0
  /// Whether every byte of the record is printable ASCII and no quote has to be made single.
  var isPlain = true

  init() {
    unsafe base = .allocate(capacity: Self.mostColumns)
    let empty = FieldSlice(start: 0, end: 0, isEscaped: false, isPresent: false)
    unsafe base.initialize(repeating: empty, count: Self.mostColumns)
  }

  deinit {
    unsafe base.deinitialize(count: Self.mostColumns)
    unsafe base.deallocate()
  }

  subscript(index: Int) -> FieldSlice {
    get {
      precondition(index >= 0 && index < Self.mostColumns)
      return unsafe base[index]
    }
    set {
      precondition(index >= 0 && index < Self.mostColumns)
      unsafe base[index] = newValue
    }
  }

  mutating func reset(count: Int = 0) {
    self.count = count
    isPlain = true
    for index in 0..<count { self[index].isPresent = false }
  }

  mutating func append(_ start: Int, _ end: Int, isEscaped: Bool = false) {
    if count < Self.mostColumns {
      self[count] = FieldSlice(start: start, end: end, isEscaped: isEscaped, isPresent: end > start)
    }
    count += 1
  }

  /// Makes room for one more column, absent in this record.
  mutating func addColumn() {
    self[count] = FieldSlice(start: 0, end: 0, isEscaped: false, isPresent: false)
    count += 1
  }
}
