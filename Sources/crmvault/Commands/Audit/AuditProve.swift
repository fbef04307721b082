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
      a vault or a key.

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
    let contents = [proof.proof.encoded, proof.envelope, proof.what, proof.who]
    var written: [String] = []
    for (path, content) in zip(paths, contents) {
      guard let content else { continue }
      // The parts name people: they are for the user alone.
      try NewFile.write(content.span, to: path, mode: path == paths[0] || path == paths[1] ? 0o644 : 0o600)
      written.append(path)
    }
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

/// `crmvault audit publish`
struct AuditPublishCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "publish", abstract: "Publish the log as a folder of tiles.",
    discussion: """
      Writes checkpoint, tiles and entry bundles (c2sp.org/tlog-tiles) to DIR, or adds to what was published there \
      before. It holds envelopes and hashes: nothing secret. Serve it with any static server, or hand it over.

      Exit status: 0 done, 74 input/output, 76 integrity, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The folder.", completion: .directory) var directory: String

  func run(on console: Console) throws {
    let head = try options.openSession(on: console).publishLog(to: directory)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try json.field("directory", directory)
        try json.field("size", head.size)
        try json.field("root", Base64.encode(head.root.bytes))
      }
      try json.finish()
      return
    }
    try console.output.write("Published \(head.size) entries to \(directory).\n")
  }
}

/// Files that must not be there yet.
enum NewFile {
  /// Writes a whole file and makes it durable.
  static func write(_ bytes: Span<UInt8>, to path: String, mode: mode_t) throws(CommandFailure) {
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else { throw .system(errno, doing: "write \(path)") }
    defer { close(descriptor) }
    try ByteTransfer.writeAll(bytes, to: descriptor, doing: "write \(path)")
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
      throw .system(errno, doing: "write \(path)")
    }
  }
}
