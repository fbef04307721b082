import Glibc

/// The folder with `NAME.pub` and `NAME.key` of users.
struct KeyringFolder: Sendable {
  /// Where it is.
  let path: String

  /// The path of a file in it.
  func path(_ file: String) -> String {
    path.hasSuffix("/") ? path + file : path + "/" + file
  }

  /// The users whose private key is here, sorted.
  func users() throws(CommandFailure) -> [String] {
    guard let folder = unsafe opendir(path) else {
      throw .system(errno, doing: "read the keyring folder \(path)")
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
        unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      guard name.hasSuffix(".key"), let user = try? Self.checked(name: String(name.dropLast(4))) else {
        continue
      }
      names.append(user)
    }
    return names.sorted()
  }

  /// The only user whose private key is here.
  func onlyUser() throws(CommandFailure) -> String {
    let users = try users()
    switch users.count {
    case 1: return users[0]
    case 0:
      throw CommandFailure(
        "no_user", "there is no NAME.key in the keyring folder \(path)",
        hints: ["make one with 'crmvault user new NAME'", "or name another folder with --keys"],
        exit: .missing)
    default:
      throw .usage(
        "user_needed", "there are several users in the keyring folder \(path)",
        hints: "choose with --as: \(users.joined(separator: ", "))")
    }
  }

  /// A user's name, which is part of file names: letters, digits, `.`, `_` and `-`, at most 64, the
  /// first a letter or digit.
  static func checked(name: String) throws(CommandFailure) -> String {
    let isPlain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isPlain, name.utf8.count <= 64, let first = name.first, first.isLetter || first.isNumber else {
      throw .usage(
        "user_name", "this is not a user's name",
        hints: "use letters, digits, '.', '_' and '-', a letter or digit first, at most 64")
    }
    return name
  }
}
