import ArgumentParser
import AuditLog
import Glibc
import Vault

/// `crmvault audit follow`
struct AuditFollowCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow", abstract: "Stream the log's entries to another system, each once.",
    discussion: """
      Writes every entry from where the last reading stopped, and goes on with new ones until it is interrupted. How \
      far it came is kept in a cursor file, written and synced after the lines. With --out FILE nothing is lost and \
      nothing comes twice, whenever it is killed: what an interrupted batch has left is recognized and continued, and \
      the file is never cut off; move it away to rotate it. On standard output a kill may repeat the last batch: every \
      line has its entry's number. The reading is one entry when it begins and one when it ends.

      Exit status: 0 interrupted, or --once and done; 64 usage, 65 somebody else wrote to FILE, 74 input/output, 75 \
      another reading uses the cursor, 76 integrity, 77 not permitted (any more) or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "jsonl (the exact bytes, as strings), ocsf or cef.") var format: EntryFormat = .jsonl
  @Option(help: "Append to this file instead of standard output.", completion: .file()) var out: String?
  @Option(
    help: "The cursor file (default: FILE.cursor beside --out, else one in the state folder).",
    completion: .file())
  var cursor: String?
  @Option(help: "How many seconds to wait between two looks.") var interval = 2.0
  @Flag(help: "Write what is new, and end.") var once = false

  func validate() throws {
    guard [.jsonl, .ocsf, .cef].contains(format) else {
      throw ValidationError("--format is jsonl, ocsf or cef")
    }
    guard (0.1...3600).contains(interval) else { throw ValidationError("--interval is 0.1 to 3600 seconds") }
    if options.json { throw ValidationError("the lines have a format of their own: --format") }
  }

  func run(on console: Console) throws {
    let session = try options.openSession(on: console)
    let source = try EventSource.of(session, for: format)
    let file = try FollowFile(path: try cursorPath(session, console))
    var output: any FollowOutput = out.map { FollowedFile(path: $0) } ?? StandardOutput(console: console)
    try file.exclusively {
      var mark = try file.load()
      let follower = try session.follow(from: mark?.cursor)
      let relay = try SignalRelay.start()
      var signal: Int32?
      while signal == nil {
        try follower.poll { entries, cursor in
          let lines = try Self.lines(entries, format, source)
          let (length, inode) = try output.put(lines, after: mark)
          let next = FollowFile.Mark(cursor: cursor, length: length, inode: inode)
          try file.store(next)
          mark = next
        }
        if once { break }
        signal = try Self.wait(interval, relay)
      }
      try follower.finish()
    }
  }

  private func cursorPath(_ session: Session, _ console: Console) throws -> String {
    if let cursor { return cursor }
    if let out { return out + ".cursor" }
    return try
      "\(GlobalOptions.stateFolder(in: console.environment))/\(session.standing().vaultID).\(format.rawValue).cursor"
  }

  /// The lines of entries, whole: they are compared with what is there before they are written.
  private static func lines(_ entries: [LogEntry], _ format: EntryFormat, _ source: EventSource) throws
    -> [UInt8]
  {
    let channel = OutputChannel(
      inMemory: "lines", isTerminal: false, width: 80, environment: Environment([:]), statusLine: StatusLine()
    )
    var writer = try EntryWriter(format, source: source, to: channel)
    try writer.list { writer in for entry in entries { try writer.write(entry) } }
    return channel.bytes
  }

  /// Waits for the next look; the signal that ends the reading, if one came.
  private static func wait(_ seconds: Double, _ relay: borrowing SignalRelay) throws -> Int32? {
    var descriptor = pollfd(fd: relay.number, events: Int16(POLLIN), revents: 0)
    let ready = unsafe poll(&descriptor, 1, Int32(seconds * 1000))
    guard ready > 0, let signal = relay.pending() else { return nil }
    guard signal == SIGTSTP else { return signal }
    raise(SIGSTOP)
    return nil
  }
}
