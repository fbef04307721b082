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
    var status = statfs()
    guard unsafe statfs(path, &status) == 0 else {
      return DoctorCheck(name, .skip, "\(path): \(CommandFailure.describe(errno: errno))")
    }
    return FileSystemKind.check(name, UInt32(truncatingIfNeeded: status.f_type))
  }
}

/// Kinds of file systems that a vault should know of, by the magic numbers of statfs(2).
enum FileSystemKind {
  private static let network: [UInt32: String] = [
    0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB", 0x517B: "SMB", 0x5346_414F: "AFS",
    0x00C3_6400: "Ceph",
    0x0102_1997: "9p", 0x7375_7245: "Coda", 0x0BD0_0BD0: "Lustre", 0x4750_4653: "GPFS",
  ]
  private static let copying: [UInt32: String] = [
    0x9123_683E: "btrfs", 0x2FC1_2FC1: "ZFS", 0xCA45_1A4E: "bcachefs", 0xF2F5_2010: "F2FS", 0x3434: "NILFS",
  ]
  private static let passing: [UInt32: String] = [0x0102_1994: "tmpfs", 0x8584_58F6: "ramfs"]

  /// What a kind means.
  static func check(_ name: String, _ magic: UInt32) -> DoctorCheck {
    if let kind = network[magic] {
      return DoctorCheck(
        name, .fail, "is on a network file system (\(kind)), whose locks and syncs cannot be relied on",
        hint: "move it to a local disk")
    }
    if let kind = copying[magic] {
      return DoctorCheck(
        name, .warn, "is on a copy-on-write file system (\(kind)): what is overwritten or erased may survive",
        hint: "turn snapshots off for it, or use another file system")
    }
    if magic == 0x794C_7630 {
      return DoctorCheck(
        name, .warn, "is on an overlay: it goes away with the container", hint: "use a volume")
    }
    if magic == 0x6573_5546 {
      return DoctorCheck(name, .warn, "is on a FUSE file system, which may be a network's")
    }
    if let kind = passing[magic] {
      return DoctorCheck(name, .warn, "is in memory (\(kind)): it goes away with the machine's next start")
    }
    return DoctorCheck(name, .ok, "is on a local file system (type 0x\(String(magic, radix: 16)))")
  }
}
