internal import Yams

/// A YAML mapping, read strictly: every key known, every error with its place.
struct YAMLMap {
  private(set) var members: [(String, Node)]
  let path: String
  /// What errors call the document.
  let document: String

  init(_ node: Node, path: String, document: String = "policy") throws(VaultError) {
    let place = path.isEmpty ? "the top" : path
    guard let mapping = node.mapping else {
      throw VaultError(.badInput, "\(document): \(place) is not a mapping")
    }
    var members: [(String, Node)] = []
    for (key, value) in mapping {
      guard let key = key.string, !members.contains(where: { $0.0 == key }) else {
        throw VaultError(.badInput, "\(document): \(place) has a key twice, or one that is no text")
      }
      members.append((key, value))
    }
    self.members = members
    self.path = path
    self.document = document
  }

  func error(_ key: String, _ what: String, hint: String? = nil) -> VaultError {
    VaultError(.badInput, "\(document): \(place(of: key)) \(what)", hint: hint)
  }

  private func place(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  mutating func take(_ key: String) -> Node? {
    guard let index = members.firstIndex(where: { $0.0 == key }) else { return nil }
    return members.remove(at: index).1
  }

  /// Whether a key is there and is a text.
  func isText(_ key: String) -> Bool { members.contains { $0.0 == key && $0.1.string != nil } }

  mutating func text(_ key: String) throws(VaultError) -> String {
    guard let text = try optionalText(key) else { throw error(key, "is missing") }
    return text
  }

  /// A text of one line, as it may be shown anywhere.
  mutating func line(_ key: String) throws(VaultError) -> String {
    let text = try text(key)
    let isLine =
      text.utf8.count <= 200 && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard isLine else { throw error(key, "is not one line of at most 200 bytes") }
    return text
  }

  mutating func optionalText(_ key: String) throws(VaultError) -> String? {
    guard let node = take(key) else { return nil }
    guard let text = node.string, !text.isEmpty else { throw error(key, "is not a text") }
    return text
  }

  mutating func map(_ key: String) throws(VaultError) -> YAMLMap {
    guard let map = try optionalMap(key) else { throw error(key, "is missing") }
    return map
  }

  mutating func optionalMap(_ key: String) throws(VaultError) -> YAMLMap? {
    guard let node = take(key) else { return nil }
    return try YAMLMap(node, path: place(of: key), document: document)
  }

  mutating func optionalTexts(_ key: String) throws(VaultError) -> [String]? {
    guard let node = take(key) else { return nil }
    return try Self.texts(node, path: place(of: key), document: document)
  }

  /// The mappings of a list; none where there is no such key.
  mutating func maps(_ key: String) throws(VaultError) -> [YAMLMap] {
    guard let node = take(key) else { return [] }
    guard let sequence = node.sequence else { throw error(key, "is not a list") }
    var maps: [YAMLMap] = []
    for (index, element) in sequence.enumerated() {
      maps.append(try YAMLMap(element, path: "\(place(of: key))[\(index + 1)]", document: document))
    }
    return maps
  }

  /// A finite number.
  mutating func optionalNumber(_ key: String) throws(VaultError) -> Double? {
    guard let text = try optionalText(key) else { return nil }
    guard let number = Double(text), number.isFinite else { throw error(key, "is not a number") }
    return number
  }

  /// Two finite numbers.
  mutating func optionalPair(_ key: String) throws(VaultError) -> (Double, Double)? {
    guard let texts = try optionalTexts(key) else { return nil }
    let numbers = texts.compactMap { Double($0) }.filter(\.isFinite)
    guard texts.count == 2, numbers.count == 2 else {
      throw error(key, "is not a pair of numbers such as [1, 5]")
    }
    return (numbers[0], numbers[1])
  }

  static func texts(_ node: Node, path: String, document: String = "policy") throws(VaultError) -> [String] {
    guard let sequence = node.sequence else {
      throw VaultError(.badInput, "\(document): \(path) is not a list")
    }
    var texts: [String] = []
    for element in sequence {
      guard let text = element.string else {
        throw VaultError(.badInput, "\(document): \(path) is not a list of texts")
      }
      texts.append(text)
    }
    return texts
  }

  func finish() throws(VaultError) {
    if let (key, _) = members.first { throw error(key, "is not known") }
  }
}
