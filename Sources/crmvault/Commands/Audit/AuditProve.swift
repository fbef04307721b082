import ArgumentParser
import AuditLog
import Glibc
import Sodium
import Vault

/// `crmvault audit checkpoint`
struct AuditCheckpointCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "checkpoint", abstract: "Print the log's newest signed checkpoint.",
    discussion: """
      Keep it, and give it to 'audit verify --since' later: the log must then still continue it.

      Exit status: 0 done, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions

  func run(on console: Console) throws {
    let note = try options.openSession(on: console).checkpoint()
    guard options.json else { return try console.output.write(note.bytes.span) }
    let head = try Checkpoint(parsing: note.text)
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("origin", head.origin)
      try json.field("size", head.size)
      try json.field("root", Base64.encode(head.root.bytes))
      try json.field("checkpoint", note.bytes.span)
    }
    try json.finish()
  }
}

/// `crmvault audit prove`
struct AuditProveCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Prove that an entry is in the log.",
    discussion: """
      Writes a c2sp.org/tlog-proof to FILE and the entry's exact bytes to FILE.envelope.json; for who may read the \
      log also FILE.what.json and FILE.who.json, whose SHA-256 the envelope names. Anybody can check a proof without \
      a vault or a key: crmvault audit verify-proof FILE --vkey VAULT.vkey.

      Exit status: 0 done, 66 no such entry, 73 a file exists already, 76 integrity, 77 not permitted or wrong \
      passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The entry's number.") var seq: UInt64
  @Option(help: "Where the proof goes.", completion: .file()) var out: String

  func run(on console: Console) throws {
    let paths = [out] + ["envelope", "what", "who"].map { "\(out).\($0).json" }
    for path in paths where TextFile.exists(path) {
      throw CommandFailure("exists", "\(path) exists already", hint: "choose another --out", exit: .exists)
    }
    let proof = try options.openSession(on: console).prove(seq)
    let evidence = EntryEvidence(
      proof: proof.proof, envelope: proof.envelope, what: proof.what, who: proof.who)
    let written = try NewFile.write(evidence, to: out)
    guard options.json else {
      try console.output.write(written.map { $0 + "\n" }.joined())
      return
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("seq", seq)
      try json.field("files", written)
    }
    try json.finish()
  }
}

/// Files that must not be there yet.
enum NewFile {
  /// Writes a whole file and makes it durable.
  static func write(_ bytes: Span<UInt8>, to path: String, mode: mode_t) throws(CommandFailure) {
    let descriptor = try create(path, mode: mode)
    try ByteTransfer.writeAll(bytes, to: descriptor.number, doing: "write \(path)")
    try finish(descriptor, path)
  }

  /// Writes a proof and what lies beside it; the paths.
  static func write(_ evidence: EntryEvidence, to path: String) throws(CommandFailure) -> [String] {
    var written: [String] = []
    for file in evidence.files {
      // The parts name people: they are for the user alone.
      try write(file.bytes.span, to: path + file.ending, mode: file.isPrivate ? 0o600 : 0o644)
      written.append(path + file.ending)
    }
    return written
  }

  /// Makes a file that must not be there yet.
  static func create(_ path: String, mode: mode_t) throws(CommandFailure) -> Descriptor {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard number >= 0 else { throw .system(errno, doing: "write \(path)") }
    // The umask may have taken more away than was meant, and gives no more than was asked for.
    guard fchmod(number, mode) == 0 else {
      let failure = CommandFailure.system(errno, doing: "write \(path)")
      close(number)
      throw failure
    }
    return Descriptor(owning: number)
  }

  /// Makes a file's bytes durable.
  static func finish(_ descriptor: borrowing Descriptor, _ path: String) throws(CommandFailure) {
    guard fsync(descriptor.number) == 0 else { throw .system(errno, doing: "write \(path)") }
  }
}
