internal import Glibc

/// Where a witness is: `http://HOST[:PORT][/PREFIX]` on this machine, `https://…` anywhere.
public struct WitnessAddress: Hashable, Sendable, CustomStringConvertible {
  /// Whether the talk is under TLS.
  public let isSecure: Bool
  /// The host: a name, or an address without brackets.
  public let host: String
  /// The port.
  public let port: Int
  /// The path before `/add-checkpoint`, without a slash at its end.
  public let prefix: String

  /// Reads a submission prefix.
  ///
  /// - Throws: `usage` for anything else, for a name and password in it, and for `http` to another machine.
  public init(_ text: String) throws(WitnessError) {
    let secure = text.hasPrefix("https://")
    guard secure || text.hasPrefix("http://"), text.utf8.count <= 1024,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
    else {
      throw WitnessError(
        .usage, "a witness's address is https://HOST[:PORT][/PATH], or http:// on this machine")
    }
    let rest = text.dropFirst(secure ? 8 : 7)
    let authority = rest.prefix { $0 != "/" }
    let path = rest.dropFirst(authority.count)
    guard !authority.contains("@"), !text.contains("?"), !text.contains("#") else {
      throw WitnessError(.usage, "a witness's address has no user, no query and no fragment")
    }
    (host, port) = try Self.hostAndPort(authority, standard: secure ? 443 : 80)
    guard secure || Self.isLoopback(host) else {
      throw WitnessError(.usage, "a witness on another machine is spoken to over https:// only")
    }
    isSecure = secure
    prefix = String(path.hasSuffix("/") ? path.dropLast() : path)
  }

  /// The address as text.
  public var description: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return "\(isSecure ? "https" : "http")://\(name):\(port)\(prefix)"
  }

  /// Whether a host is this machine.
  public static func isLoopback(_ host: String) -> Bool {
    var four = in_addr()
    if unsafe inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    return host == "localhost" || host == "::1"
  }

  /// Whether a host is an address and no name.
  static func isAddress(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return unsafe inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }

  /// Reads `HOST`, `HOST:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`.
  ///
  /// - Throws: `usage`.
  public static func hostAndPort(
    _ text: some StringProtocol, standard: Int
  ) throws(WitnessError) -> (host: String, port: Int) {
    let fault = WitnessError(.usage, "an address is HOST or HOST:PORT, with brackets around an IPv6 address")
    var host = Substring(text)
    var port = standard
    if let close = text.lastIndex(of: "]"), text.hasPrefix("[") {
      host = Substring(text[text.index(after: text.startIndex)..<close])
      let tail = text[text.index(after: close)...]
      guard tail.isEmpty || tail.first == ":" else { throw fault }
      if !tail.isEmpty { port = try number(tail.dropFirst(), fault) }
      guard isAddress(String(host)) else { throw fault }
    } else if let colon = text.lastIndex(of: ":") {
      host = Substring(text[..<colon])
      port = try number(text[text.index(after: colon)...], fault)
      guard !host.contains(":") else { throw fault }
    }
    guard !host.isEmpty, host.utf8.count <= 253 else { throw fault }
    return (String(host), port)
  }

  private static func number(
    _ text: some StringProtocol, _ fault: WitnessError
  ) throws(WitnessError) -> Int {
    guard let number = UInt16(text), text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { throw fault }
    return Int(number)
  }
}
