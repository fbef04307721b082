import ArgumentParser
import AuditLog
import Glibc
import Vault
import Witness

/// `crmvault witness serve`
struct WitnessServe: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Answer logs as a witness (c2sp.org/tlog-witness).",
    discussion: """
      POST /add-checkpoint cosigns a head that continues what was seen; a rolled back or forked log is refused, and a \
      fork is kept in the folder as evidence. GET /HASH/checkpoint shows the last head of a log, HASH being the SHA-256 \
      of its origin in hex. What is answered was synced to disk before: it can be killed at any time.

      It listens on this machine only, unless told otherwise, and speaks plain HTTP: put it behind a reverse proxy that \
      does TLS. --log names a verifier key, or a file of them, one a line; after a log's key was rotated give both.

      A log that was restored from a backup has another name (…/2) and so another key. Where this witness has seen the log \
      under its name before, it takes the new one only once it was shown, with --restored, a published log whose own \
      statement of the restore leaves behind what was seen.

      Exit status: 0 it was stopped, 64 usage, 65 no verifier key, 66 no such witness or file, 74 input/output, 75 \
      another process has the folder or the port, 76 what it remembers was damaged, 78 configuration.
      """)

  @Argument(help: "The witness's folder.", completion: .directory) var folder: String
  @Option(help: "A log to watch: its verifier key, or a file of them.", completion: .file()) var log: [String]
  @Option(
    help: "A published log that was restored from a backup, to be accepted under its new name.",
    completion: .directory)
  var restored: [String] = []
  @Option(help: "Where to listen: ADDRESS[:PORT].") var listen = "127.0.0.1:7380"
  @Flag(help: "Write one JSON document to stdout when it listens.") var json = false

  func run(on console: Console) async throws {
    let rule = try WitnessRule(logs: log.flatMap { try Self.keys($0) })
    let (host, port) = try WitnessAddress.hostAndPort(listen, standard: 7380)
    let identity = try WitnessIdentity.open(folder)
    let book = try HeadBook(folder: folder, witness: identity.verifierKey)
    try await RestoredLogs(rule, book).check(restored, on: console)
    let clock = console.wallClock
    let service = WitnessService(identity: identity, rule: rule, book: book) {
      clock.now().nanoseconds / 1_000_000_000
    } tell: { event in
      console.notice("\(TimeText.utc(clock.now())) \(event.status) \(VisibleText.visible(event.text))")
    }
    let server = try WitnessServer(service, host: host, port: port)
    if !WitnessAddress.isLoopback(host) {
      console.warning("it can be reached from other machines, in the clear: let a reverse proxy do TLS")
    }
    let url = "http://\(host.contains(":") ? "[\(host)]" : host):\(server.port)"
    if json {
      var json = JSONWriter(to: console.output)
      try json.object { json in
        try json.field("name", identity.verifierKey.name)
        try json.field("vkey", identity.verifierKey.text)
        try json.field("url", url)
        try json.field("logs", rule.logs.keys.sorted())
      }
      try json.finish()
    }
    console.notice("The witness \(identity.verifierKey.name) listens on \(url)")
    server.wait()
  }

  /// The verifier keys of an argument: one, or those of a file.
  static func keys(_ text: String) throws -> [LogVerifierKey] {
    let lines = text.contains("+") && !TextFile.exists(text) ? text : try TextFile.read(text, limit: 1 << 20)
    return try lines.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }.map { line in
      do throws(LogError) { return try LogVerifierKey(String(line)) } catch {
        throw CommandFailure.badInput("bad_vkey", "that is no verifier key: \(error.reason)")
      }
    }
  }
}
