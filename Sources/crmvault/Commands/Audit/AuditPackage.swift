import ArgumentParser
import AuditLog
import Glibc
import Sodium
import Vault

/// `crmvault audit package`
struct AuditPackageCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "package", abstract: "Put everything an outside auditor needs into one archive.",
    discussion: """
      One tar for a period: both signed checkpoints, the entries between them as they stand in the tree and with both \
      parts in the clear, tiles, statements with proofs, policies, sets of customers, and a README with three commands \
      that check it with a shell, openssl and coreutils alone. The same log, period and reports make the same bytes.

      It names staff and pseudonyms: it is personal data, and the file is for you alone (mode 0600). Making it is a \
      reading of the log, and an entry.

      Exit status: 0 done, 64 usage, 66 no entry in the period, 73 FILE exists already, 74 input/output, 76 integrity, \
      77 not permitted or wrong passphrase.
      """)

  @OptionGroup var options: GlobalOptions
  @Option(help: "The period's beginning: YYYY-MM-DD in the vault's zone, or RFC 3339.") var since: String
  @Option(help: "The period's end.") var until: String
  @Option(help: "The archive to make.", completion: .file()) var out: String
  @Option(help: "A report to put in, such as one of 'audit report'; may be given again.", completion: .file())
  var report: [String] = []

  func run(on console: Console) throws {
    guard !TextFile.exists(out) else {
      throw CommandFailure("exists", "\(out) exists already", hint: "choose another --out", exit: .exists)
    }
    let reports = try report.map { path in
      var bytes = WipedBytes()
      let file = try Descriptor.open(path, O_RDONLY, doing: "read \(path)")
      try ByteTransfer.readAll(from: file.number, limit: 1 << 28, into: &bytes, doing: "read \(path)")
      return (
        name: String(path.split(separator: "/").last ?? "report"), bytes: bytes.withBytes { [UInt8]($0) }
      )
    }
    let session = try options.openSession(on: console)
    let period = (try TimeBound.first(since, session), try TimeBound.last(until, session))
    guard period.0 <= period.1 else {
      throw CommandFailure.usage("bad_period", "the period ends before it begins")
    }
    let package: Session.EvidencePackage
    let file = try NewFile.create(out, mode: 0o600)
    do {
      let (number, out) = (file.number, out)
      package = try session.writePackage(since: period.0, until: period.1, reports: reports) { bytes in
        try ByteTransfer.writeAll(bytes.span, to: number, doing: "write \(out)")
      }
      try NewFile.finish(file, out)
    } catch {
      unsafe unlink(out)
      throw error
    }
    guard options.json else {
      return try console.output.write(
        "\(package.entries.count) entries, \(package.entries.lowerBound) to \(package.entries.upperBound - 1), "
          + "are in \(out).\n")
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("file", out)
      try json.field("first", package.entries.lowerBound)
      try json.field("count", UInt64(package.entries.count))
      try json.field("size", package.head.size)
      try json.field("root", Base64.encode(package.head.root.bytes))
    }
    try json.finish()
  }
}

extension [UInt8] {
  /// The bytes of a span.
  fileprivate init(_ span: Span<UInt8>) {
    self = []
    reserveCapacity(span.count)
    for index in span.indices { append(span[index]) }
  }
}
