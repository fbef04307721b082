/// The members of a JSON object, always in the order of RFC 8785: by the UTF-16 code units of their keys.
public struct JSONObject: Hashable, Sendable {
  /// One member.
  public struct Member: Hashable, Sendable {
    /// The key.
    public let key: String
    /// The value.
    public let value: JSONValue

    /// Whether key and value are the same, byte for byte.
    public static func == (lhs: Self, rhs: Self) -> Bool {
      lhs.key.utf8.elementsEqual(rhs.key.utf8) && lhs.value == rhs.value
    }
  }

  /// The members, sorted.
  public private(set) var members: [Member]

  /// An object without members.
  public init() { members = [] }

  /// The value of a key: nil where there is none. Assigning nil removes the member.
  public subscript(key: String) -> JSONValue? {
    get {
      let (index, found) = position(of: key)
      return found ? members[index].value : nil
    }
    set {
      let (index, found) = position(of: key)
      switch (newValue, found) {
      case (let value?, true): members[index] = Member(key: key, value: value)
      case (let value?, false): members.insert(Member(key: key, value: value), at: index)
      case (nil, true): members.remove(at: index)
      case (nil, false): break
      }
    }
  }

  /// Adds a member whose key is new; false, and nothing added, where it is not.
  mutating func insert(_ value: JSONValue, for key: String) -> Bool {
    if let last = members.last, Self.precedes(last.key, key) {
      members.append(Member(key: key, value: value))
      return true
    }
    let (index, found) = position(of: key)
    if !found { members.insert(Member(key: key, value: value), at: index) }
    return !found
  }

  /// Where a key is, or belongs. Keys are compared by code units, so that two spellings of one character stay two.
  private func position(of key: String) -> (index: Int, found: Bool) {
    var low = 0
    var high = members.count
    while low < high {
      let middle = (low + high) / 2
      if Self.precedes(members[middle].key, key) { low = middle + 1 } else { high = middle }
    }
    return (low, low < members.count && members[low].key.utf8.elementsEqual(key.utf8))
  }

  private static func precedes(_ lhs: String, _ rhs: String) -> Bool {
    lhs.utf16.lexicographicallyPrecedes(rhs.utf16)
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// An object; of two members with one key the later counts.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init()
    for (key, value) in elements { self[key] = value }
  }
}
