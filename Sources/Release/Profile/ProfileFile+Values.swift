internal import Anonymization
internal import Yams

/// The kinds of value that a profile has.
extension ProfileFile {
  func fault(_ key: String, _ reason: String) -> ReleaseError {
    ReleaseError(.badProfile, file: file, field: key, reason: reason)
  }

  /// The entries of a YAML mapping in their order.
  func pairs(_ node: Node, _ key: String) throws -> [(String, Node)] {
    guard let mapping = node.mapping else { throw fault(key, "must be a list of `key: value`") }
    var seen: Set<String> = []
    return try mapping.map { keyNode, value in
      guard let name = keyNode.scalar?.string else { throw fault(key, "has a key that is not a word") }
      guard seen.insert(name).inserted else { throw fault("\(key).\(name)", "is there twice") }
      return (name, value)
    }
  }

  /// The entries of a YAML mapping; a key that is not in `allowed` is an error.
  func entries(_ node: Node, _ key: String, allowed: [String]) throws -> [String: Node] {
    var entries: [String: Node] = [:]
    for (name, value) in try pairs(node, key) {
      guard allowed.contains(name) else {
        throw ReleaseError(
          .badProfile, file: file, field: name, reason: "is not a key that \(key) can have",
          hint: "it can have \(allowed.joined(separator: ", "))")
      }
      entries[name] = value
    }
    return entries
  }

  func text(_ node: Node, _ key: String) throws -> String {
    guard let text = node.scalar?.string, !text.isEmpty else { throw fault(key, "must be a word") }
    return text
  }

  func number(_ node: Node, _ key: String, _ range: ClosedRange<Int>) throws -> Int {
    guard let number = node.scalar.flatMap({ Int($0.string) }), range.contains(number) else {
      throw fault(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func decimal(_ node: Node, _ key: String) throws -> Double {
    guard let number = node.scalar.flatMap({ Double($0.string) }), number.isFinite else {
      throw fault(key, "must be a number")
    }
    return number
  }

  func exact(_ node: Node, _ key: String) throws -> ScaledDecimal {
    guard let number = node.scalar.flatMap({ ScaledDecimal($0.string) }) else {
      throw fault(key, "must be a decimal number of at most 18 digits")
    }
    return number
  }

  func decimals(_ node: Node, _ key: String) throws -> [ScaledDecimal] {
    guard let numbers = node.sequence, !numbers.isEmpty else { throw fault(key, "must be a list of numbers") }
    return try numbers.map { try exact($0, key) }
  }

  func choice<Value>(_ node: Node, _ key: String, _ values: [(String, Value)]) throws -> Value {
    guard let word = node.scalar?.string, let value = values.first(where: { $0.0 == word }) else {
      throw fault(key, "must be one of \(values.map(\.0).joined(separator: ", "))")
    }
    return value.1
  }
}
