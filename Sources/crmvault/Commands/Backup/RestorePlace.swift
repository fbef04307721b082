import CProcess
import Glibc

/// Where a vault is restored to.
struct RestorePlace {
  /// The vault's folder, without a slash at its end.
  let vault: String

  /// A place.
  init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    vault = path
  }

  /// Whether there is something already.
  var isTaken: Bool { TextFile.exists(vault) }
}

/// A vault that is being restored beside its place; it gets there in one step, or goes away.
final class RestoreDraft {
  /// The folder for the time being.
  let folder: String
  private let place: RestorePlace
  private var isPublished = false

  /// Begins beside a place.
  init(_ place: RestorePlace) throws(CommandFailure) {
    self.place = place
    folder = "\(place.vault).restoring-\(getpid())"
    guard !TextFile.exists(folder) else { throw .system(EEXIST, doing: "make \(folder)") }
  }

  deinit { if !isPublished { TextFile.removeNewVault(folder: folder, warden: nil) } }

  /// Puts what lies at the place aside, and the restored vault there, durably.
  ///
  /// - Returns: where the old one is now; nil where there was none.
  func publish() throws(CommandFailure) -> String? {
    let aside = place.isTaken ? freeName() : nil
    if let aside {
      // In one step: at no moment is there no vault at the place.
      guard unsafe crmvault_exchange(folder, place.vault) == 0 else {
        throw .system(errno, doing: "exchange \(place.vault) and \(folder)")
      }
      isPublished = true
      try Self.move(folder, to: aside)
    } else {
      try Self.move(folder, to: place.vault)
      isPublished = true
    }
    let slash = place.vault.lastIndex(of: "/")
    let parent = slash.map { $0 == place.vault.startIndex ? "/" : String(place.vault[..<$0]) } ?? "."
    let opened = try Descriptor.open(parent, O_RDONLY | O_DIRECTORY, doing: "sync \(parent)")
    guard fsync(opened.number) == 0 else { throw .system(errno, doing: "sync \(parent)") }
    return aside
  }

  private func freeName() -> String {
    var number = 1
    while TextFile.exists("\(place.vault).before-restore-\(number)") { number += 1 }
    return "\(place.vault).before-restore-\(number)"
  }

  private static func move(_ path: String, to name: String) throws(CommandFailure) {
    guard unsafe rename(path, name) == 0 else { throw .system(errno, doing: "move \(path) to \(name)") }
  }
}
