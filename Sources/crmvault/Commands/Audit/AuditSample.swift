import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault audit sample`
struct AuditSampleCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample", abstract: "Draw entries at random, so that nobody could steer which.",
    discussion: """
      The auditor first gets a checkpoint (audit checkpoint), and only then chooses a nonce, such as the numbers of a \
      few dice, and tells it. Nonce and checkpoint alone decide which entries are drawn; anybody can redo it: \
      docs/formats.md has the bytes, and --numbers needs no vault and no user, only the log's public key.

      The population is every entry up to the checkpoint; with --after, those between two checkpoints. The entries \
      come in the order in which they were drawn. Showing them is a reading of the log, and an entry.

      Exit status: 0 done, 64 usage, 66 no such file, 76 the log does not continue the checkpoint, or that does not \
      verify, 77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "What the auditor chose after the checkpoint was made: any text.") var nonce: String
  @Option(help: "How many entries.") var size: Int
  @Option(help: "The checkpoint at which the population ends.", completion: .file()) var at: String
  @Option(help: "The checkpoint after which it begins (default: the first entry).", completion: .file())
  var after: String?
  @Flag(help: "Only the numbers of the entries: no vault, no user.") var numbers = false
  @Option(
    help: "With --numbers: the log's public key (default: VAULT.vkey in the keyring folder).",
    completion: .file())
  var vkey: String?

  func validate() throws {
    guard size > 0 else { throw ValidationError("--size is a count, at least 1") }
    guard !nonce.isEmpty, nonce.utf8.count <= 1024 else {
      throw ValidationError("--nonce is a text of at most 1024 bytes, not empty")
    }
    guard numbers || vkey == nil else { throw ValidationError("--vkey goes with --numbers") }
  }

  func run(on console: Console) throws {
    let head = try CheckpointFile.read(at)
    let start = try after.map { try CheckpointFile.read($0) }
    guard numbers else { return try show(head, start, console) }
    guard let key = try VerifierKeyFile.read(vkey, options, isNeeded: true, console) else { return }
    let end = try Checkpoint.open(head, origin: key.name, keys: [key]).checkpoint
    let begin = try start.map { try Checkpoint.open($0, origin: key.name, keys: [key]).checkpoint }
    let sample: AuditSample
    do throws(LogError) {
      sample = try AuditSample(nonce: Array(nonce.utf8), size: size, at: end, after: begin)
    } catch {
      guard error.code == .outOfBounds else { throw error }
      throw CommandFailure.usage("small_population", error.reason, hints: "give a smaller --size")
    }
    guard options.json else {
      return try console.output.write(sample.entries.map { "\($0)\n" }.joined())
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("origin", end.origin)
      try json.field("nonce", nonce)
      try json.field("first", sample.population.lowerBound)
      try json.field("count", sample.population.upperBound - sample.population.lowerBound)
      try json.array("sample") { json in for entry in sample.entries { try json.value(entry) } }
    }
    try json.finish()
  }

  private func show(_ head: SignedNote, _ start: SignedNote?, _ console: Console) throws {
    let session = try options.openSession(on: console)
    var writer = try EntryWriter(options.json ? .json : .text, to: console.output)
    try writer.list { writer in
      _ = try session.sampleLog(nonce: Array(nonce.utf8), size: size, at: head, after: start) {
        try writer.write($0)
      }
    }
  }
}

/// Files with a signed checkpoint.
enum CheckpointFile {
  /// Reads one; its signature is not checked here.
  static func read(_ path: String) throws -> SignedNote {
    try SignedNote(parsing: Array(TextFile.read(path, limit: 1 << 16).utf8))
  }
}
