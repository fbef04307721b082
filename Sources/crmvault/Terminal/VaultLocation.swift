/// Where a vault is, as `--vault` says it.
enum VaultLocation: Equatable, Sendable {
  /// A folder with a SQLite vault.
  case folder(String)
  /// A PostgreSQL database.
  case database(String)
  /// A server, over the network or a socket.
  case server(String)

  /// Reads a path or URL.
  ///
  /// A password in a URL is refused: every process of the machine can read arguments.
  init(_ text: String) throws(CommandFailure) {
    guard !text.isEmpty else {
      throw .usage("vault_empty", "the vault's place is empty", hints: "give --vault PATH")
    }
    guard let scheme = Self.scheme(of: text) else {
      self = .folder(text)
      return
    }
    switch scheme {
    case "postgres", "postgresql": self = .database(text)
    case "https", "unix": self = .server(text)
    case "http":
      throw .usage("vault_insecure", "a server is not spoken to in the clear", hints: "use https:// or unix:")
    default:
      throw .usage(
        "vault_scheme", "a vault is not reached by \(scheme)",
        hints: "use a folder, postgres://…, https://… or unix:…")
    }
    guard !Self.holdsPassword(text) else {
      throw .usage(
        "vault_password", "the vault's URL holds a password, which other processes can read",
        hints: "leave it out, and put it into ~/.pgpass (mode 0600)")
    }
  }

  /// The vault's short name, after which its files in the keyring folder are called: the last part
  /// of the path, without `.vault`.
  var name: String {
    let text =
      switch self {
      case .folder(let path): path
      case .database(let url), .server(let url): String(url.prefix { $0 != "?" && $0 != "#" })
      }
    let last = text.split(separator: "/").last { $0 != "." && $0 != ".." }
    let name = last.map { $0.hasSuffix(".vault") ? String($0.dropLast(6)) : String($0) } ?? ""
    return name.isEmpty ? "crm" : name
  }

  private static func scheme(of text: String) -> Substring? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon]
    guard let first = scheme.first, first.isLetter, scheme.allSatisfy({ $0.isLetter || $0 == "+" }) else {
      return nil
    }
    return scheme == "unix" || text[colon...].hasPrefix("://") ? scheme : nil
  }

  private static func holdsPassword(_ text: String) -> Bool {
    guard let start = text.firstRange(of: "://")?.upperBound else { return false }
    let authority = text[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    if let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") { return true }
    return text[start...].contains("password=")
  }
}
