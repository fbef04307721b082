extension TrustPolicy {
  /// The largest policy that is read, in bytes.
  public static let byteLimit = 262_144

  /// Reads a policy file.
  ///
  /// - Throws: `malformed` with the number of the line, `outOfBounds` beyond ``byteLimit``.
  public init(parsing bytes: [UInt8]) throws(LogError) {
    guard bytes.count <= Self.byteLimit else {
      throw LogError(.outOfBounds, "a policy of more than \(Self.byteLimit) bytes")
    }
    guard bytes.isEmpty || bytes.last == Ascii.lineFeed else {
      throw LogError(.malformed, "a policy's last line does not end in a line feed")
    }
    var reader = PolicyReader()
    for line in bytes.split(separator: Ascii.lineFeed, omittingEmptySubsequences: false) {
      try reader.read(line)
    }
    self = try reader.finish()
  }
}

/// Reads a policy line by line.
private struct PolicyReader {
  private var policy = TrustPolicy()
  private var names: [[UInt8]: TrustPolicy.Quorum] = [:]
  /// Names that are members of a group already: each witness counts in one way only.
  private var members: Set<[UInt8]> = []
  private var hasQuorum = false
  private var number = 0

  mutating func read(_ line: ArraySlice<UInt8>) throws(LogError) {
    number += 1
    guard line.allSatisfy({ $0 == 0x09 || $0 >= 0x20 && $0 != 0x7F }) else {
      throw fault("has a control character")
    }
    let items = line.split { $0 == Ascii.space || $0 == 0x09 }.map { Array($0) }
    guard let first = items.first, first.first != UInt8(ascii: "#") else { return }
    switch String(decoding: first, as: UTF8.self) {
    case "log": try readLog(items)
    case "witness": try readWitness(items)
    case "group": try readGroup(items)
    case "quorum": try readQuorum(items)
    default: throw fault("begins with none of log, witness, group, quorum")
    }
  }

  func finish() throws(LogError) -> TrustPolicy {
    guard hasQuorum else { throw LogError(.malformed, "the policy has no quorum line") }
    return policy
  }

  private mutating func readLog(_ items: [[UInt8]]) throws(LogError) {
    guard (2...3).contains(items.count) else { throw fault("is not 'log VKEY [URL]'") }
    guard let key = try key(items[1], use: .log) else {
      throw fault("names a kind of log key that is not known")
    }
    guard !policy.logs.contains(where: { $0.key.key == key.key }) else {
      throw fault("names the key of a log a second time")
    }
    policy.logs.append(TrustPolicy.Log(key: key, url: items.dropFirst(2).first.map(Self.text)))
  }

  private mutating func readWitness(_ items: [[UInt8]]) throws(LogError) {
    guard (3...4).contains(items.count) else { throw fault("is not 'witness NAME VKEY [URL]'") }
    let key = try key(items[2], use: .cosignature)
    if let key, policy.witnesses.contains(where: { $0.key?.key == key.key }) {
      throw fault("names the key of a witness a second time")
    }
    try define(items[1], .witness(policy.witnesses.count))
    policy.witnesses.append(
      TrustPolicy.Witness(
        name: Self.text(items[1]), key: key, url: items.dropFirst(3).first.map(Self.text)))
  }

  private mutating func readGroup(_ items: [[UInt8]]) throws(LogError) {
    guard items.count >= 4 else { throw fault("is not 'group NAME all|any|K NAME…'") }
    var parts: [TrustPolicy.Quorum] = []
    for name in items[3...] {
      guard let part = names[name] else { throw fault("has a member that no line before it defines") }
      guard members.insert(name).inserted else { throw fault("has a member that counts elsewhere already") }
      parts.append(part)
    }
    let least: Int
    switch Self.text(items[2]) {
    case "all": least = parts.count
    case "any": least = 1
    default:
      guard let number = UInt64(canonicalDecimal: items[2]), (1...UInt64(parts.count)).contains(number) else {
        throw fault("asks for a number of members that cannot be")
      }
      least = Int(number)
    }
    try define(items[1], .group(least, parts))
  }

  private mutating func readQuorum(_ items: [[UInt8]]) throws(LogError) {
    guard items.count == 2 else { throw fault("is not 'quorum NAME'") }
    guard !hasQuorum else { throw fault("is a second quorum line") }
    hasQuorum = true
    if items[1] == Self.none { return }
    guard let quorum = names[items[1]] else { throw fault("names a quorum that no line before it defines") }
    policy.quorum = quorum
  }

  private mutating func define(_ name: [UInt8], _ quorum: TrustPolicy.Quorum) throws(LogError) {
    guard name != Self.none else { throw fault("defines the name 'none', which stands for no witness") }
    guard names.updateValue(quorum, forKey: name) == nil else { throw fault("defines a name a second time") }
  }

  /// The key of a vkey; nil for a well-formed one of a kind that is not known here.
  private func key(_ text: [UInt8], use: LogVerifierKey.Use) throws(LogError) -> LogVerifierKey? {
    guard let valid = String(validating: text, as: UTF8.self) else {
      throw fault("has a vkey that is no UTF-8")
    }
    do throws(LogError) {
      let key = try LogVerifierKey(valid)
      guard key.use == use else {
        throw LogError(.wrongKey, use == .log ? "it is a witness's key" : "it does not sign cosignatures")
      }
      return key
    } catch {
      let parts = valid.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
      if parts.count == 3, LogVerifierKey.isValid(name: String(parts[0])), parts[1].utf8.count == 8,
        parts[1].utf8.allSatisfy({ Ascii.isLowerHex($0) }),
        let blob = StrictBase64.decode(Array(parts[2].utf8).span), let kind = blob.first,
        LogVerifierKey.Use(rawValue: kind) == nil
      {
        return nil
      }
      throw fault("has a vkey that is none: \(error.reason)")
    }
  }

  private func fault(_ what: String) -> LogError { LogError(.malformed, "policy, line \(number) \(what)") }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  private static let none = Array("none".utf8)
}
