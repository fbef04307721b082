import Glibc

/// Modes, owners and file systems of the vault's files.
struct FileChecks {
  private let place: DoctorPlace

  /// Checks of the files of this place.
  init(_ place: DoctorPlace) { self.place = place }

  /// Every check.
  func all() -> [DoctorCheck] {
    var checks = [
      mode("vault_folder", place.vault, atMost: 0o700),
      mode("database_mode", "\(place.vault)/vault.sqlite", atMost: 0o600),
      mode("warden_mode", place.warden, atMost: 0o660), mode("keyring_mode", place.keyring, atMost: 0o755),
    ]
    checks += keyFiles()
    checks += [fileSystem("vault_file_system", place.vault), fileSystem("warden_file_system", place.warden)]
    return checks
  }

  /// A file's mode must not reach beyond `most`.
  func mode(_ name: String, _ path: String, atMost most: mode_t) -> DoctorCheck {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      return DoctorCheck(name, .fail, "\(path): \(CommandFailure.describe(errno: errno))")
    }
    let mode = status.st_mode & 0o7777
    let shown = String(mode, radix: 8)
    guard mode & ~most == 0 else {
      return DoctorCheck(
        name, .fail, "\(path) has mode \(shown)", hint: "run: chmod \(String(most & mode, radix: 8)) \(path)")
    }
    guard status.st_uid == geteuid() || mode & 0o070 != 0 else {
      return DoctorCheck(name, .warn, "\(path) belongs to another user")
    }
    return DoctorCheck(name, .ok, "\(path) has mode \(shown)")
  }

  private func keyFiles() -> [DoctorCheck] {
    guard let users = try? KeyringFolder(path: place.keyring).users() else {
      return [DoctorCheck("key_modes", .skip, "the keyring folder \(place.keyring) cannot be read")]
    }
    return users.map { mode("key_mode", "\(place.keyring)/\($0).key", atMost: 0o600) }
  }

  /// What kind of file system a path is on.
  func fileSystem(_ name: String, _ path: String) -> DoctorCheck {
    guard let resolved = unsafe realpath(path, nil) else {
      return DoctorCheck(name, .skip, "\(path): \(CommandFailure.describe(errno: errno))")
    }
    defer { unsafe free(resolved) }
    guard let mounts = try? TextFile.read("/proc/self/mountinfo", limit: 1 << 22),
      let kind = unsafe FileSystemKind.of(String(cString: resolved), in: mounts)
    else { return DoctorCheck(name, .skip, "/proc/self/mountinfo does not say what \(path) is on") }
    return FileSystemKind.check(name, kind)
  }
}

/// Kinds of file systems that a vault should know of.
enum FileSystemKind {
  private static let network: Set<String> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "coda", "lustre", "gpfs", "glusterfs",
    "ocfs2", "gfs2",
    "virtiofs",
  ]
  private static let copying: Set<String> = ["btrfs", "zfs", "bcachefs", "f2fs", "nilfs2"]

  /// The type of the file system that a path is on, from the text of `/proc/self/mountinfo` (proc(5)): the mount
  /// whose place is the longest beginning of the path, the last of several.
  static func of(_ path: String, in mounts: String) -> String? {
    var best: (length: Int, kind: String)?
    for line in mounts.split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count > 6, let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count else { continue }
      let place = unescaped(fields[4])
      guard path == place || path.hasPrefix(place.hasSuffix("/") ? place : place + "/") else { continue }
      if place.utf8.count >= best?.length ?? 0 { best = (place.utf8.count, String(fields[dash + 1])) }
    }
    return best?.kind
  }

  /// Spaces, tabs, line feeds and backslashes are written as a backslash and three octal digits.
  private static func unescaped(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3,
        let code = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
      {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// What a kind means for the vault.
  static func check(_ name: String, _ kind: String) -> DoctorCheck {
    if network.contains(kind) {
      return DoctorCheck(
        name, .fail, "is on a network file system (\(kind)), whose locks and syncs cannot be relied on",
        hint: "move it to a local disk")
    }
    if copying.contains(kind) {
      return DoctorCheck(
        name, .warn, "is on a copy-on-write file system (\(kind)): what is overwritten or erased may survive",
        hint: "turn snapshots off for it, or use another file system")
    }
    switch kind {
    case "overlay", "aufs":
      return DoctorCheck(
        name, .warn, "is on an \(kind): it goes away with the container", hint: "use a volume")
    case "tmpfs", "ramfs":
      return DoctorCheck(name, .warn, "is in memory (\(kind)): it goes away when the machine stops")
    case _ where kind.hasPrefix("fuse"):
      return DoctorCheck(name, .warn, "is on a FUSE file system (\(kind)), which may be a network's")
    default: return DoctorCheck(name, .ok, "is on a local file system (\(kind))")
    }
  }
}
