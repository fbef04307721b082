import Sodium

/// A record of `identity` or `profile`: values by field name, and the history of its changes.
///
/// Values are UTF-8 text in one buffer that is wiped when the record's scope ends; they are lent as spans and
/// never become a `String`.
public struct FieldRecord: ~Copyable, Sendable {
  /// The longest value in bytes.
  public static let valueLimit = 16_384
  /// The most fields.
  public static let fieldLimit = 256
  /// How many changes the history keeps: the newest.
  public static let historyLimit = 200

  private struct Entry: Sendable {
    let name: FieldName
    var range: Range<Int>
  }

  // Sorted by name. A value that was replaced stays in the arena until it is wiped as a whole.
  private var entries: [Entry] = []
  private var arena: WipedBytes

  /// The changes, oldest first.
  public private(set) var history: [FieldChange] = []

  /// A record without fields.
  public init() { arena = WipedBytes(capacity: 256) }

  /// The names of the fields that have a value, sorted.
  public var names: [FieldName] { entries.map(\.name) }

  /// Whether the field has a value.
  public func contains(_ name: FieldName) -> Bool { index(of: name) != nil }

  /// Lends a field's value to `body`; nil, without calling it, where there is none.
  public borrowing func withValue<R, E: Error>(
    of name: FieldName, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R? {
    guard let index = index(of: name) else { return nil }
    let range = entries[index].range
    return try arena.withBytes { (bytes) throws(E) -> R in try body(bytes.extracting(range)) }
  }

  /// Gives a field a value, and says whether that is another than before.
  ///
  /// - Throws: `.unusableValue` for an empty, too long or not UTF-8 value; `.full` for a field too many.
  @discardableResult
  public mutating func set(_ name: FieldName, to value: Span<UInt8>) throws(RecordError) -> Bool {
    guard !value.isEmpty, value.count <= FieldRecord.valueLimit else {
      throw RecordError(.unusableValue, "the field \(name) takes 1 to \(FieldRecord.valueLimit) bytes")
    }
    guard Text.isUTF8(value) else {
      throw RecordError(.unusableValue, "the value of the field \(name) is not UTF-8")
    }
    let index = index(of: name)
    if index != nil, withValue(of: name, { ConstantTime.equal($0, value) }) == true { return false }
    guard index != nil || entries.count < FieldRecord.fieldLimit else {
      throw RecordError(.full, "a record has at most \(FieldRecord.fieldLimit) fields")
    }
    let range = arena.count..<(arena.count + value.count)
    arena.append(value)
    if let index {
      entries[index].range = range
    } else {
      let place = entries.firstIndex { name < $0.name } ?? entries.count
      entries.insert(Entry(name: name, range: range), at: place)
    }
    return true
  }

  /// Takes a field's value away, and says whether there was one.
  @discardableResult
  public mutating func remove(_ name: FieldName) -> Bool {
    guard let index = index(of: name) else { return false }
    entries.remove(at: index)
    return true
  }

  /// Adds a change to the history, which drops its oldest beyond ``historyLimit``.
  public mutating func note(_ change: FieldChange) {
    if history.count >= FieldRecord.historyLimit {
      history.removeFirst(history.count - FieldRecord.historyLimit + 1)
    }
    history.append(change)
  }

  private func index(of name: FieldName) -> Int? { entries.firstIndex { $0.name == name } }
}
