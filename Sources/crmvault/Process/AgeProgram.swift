import ArgumentParser
import CProcess
import Glibc
import Sodium

/// Whom a file is encrypted to, by the `age` program.
struct AgeRecipients: ParsableArguments {
  @Option(
    name: .customLong("to"),
    help:
      "Encrypt to this age recipient (age1… or an SSH public key); may be given again. Needs the program age."
  )
  var to: [String] = []
  @Option(
    name: .customLong("to-file"), help: "Encrypt to the recipients of this file; may be given again.",
    completion: .file())
  var toFile: [String] = []
}

extension AgeRecipients {
  /// Whether anything is to be encrypted.
  var areGiven: Bool { !to.isEmpty || !toFile.isEmpty }

  /// The program with these recipients, once it has shown that it can encrypt to all of them; nil where none is given.
  ///
  /// - Throws: 78 where there is no `age`, 64 for a recipient that it refuses, 66 for a missing file: before any work.
  func program(in environment: Environment) throws(CommandFailure) -> AgeProgram? {
    guard areGiven else { return nil }
    for recipient in to where recipient.hasPrefix("-") || recipient.isEmpty || recipient.contains("\n") {
      throw .usage("bad_recipient", "--to is an age recipient such as age1…")
    }
    for path in toFile where !TextFile.exists(path) { throw .system(ENOENT, doing: "read \(path)") }
    guard let path = AgeProgram.find(in: environment) else {
      throw .configuration(
        "no_age", "the program age is not on the PATH, and nothing is encrypted without it",
        hints: "install it: apt-get install age")
    }
    let program = AgeProgram(
      path: path, arguments: to.flatMap { ["-r", $0] } + toFile.flatMap { ["-R", $0] })
    try program.check()
    return program
  }
}

/// The `age` program and whom it encrypts to. Plaintext goes to it through a pipe and never into a file.
struct AgeProgram: Sendable {
  /// Where it is.
  let path: String
  /// `-r` and `-R` options.
  let arguments: [String]

  /// The `age` on the path, or nil.
  static func find(in environment: Environment) -> String? {
    for folder in (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
      let path = "\(folder)/age"
      var status = stat()
      if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, unsafe access(path, X_OK) == 0 {
        return path
      }
    }
    return nil
  }

  /// Encrypts nothing to the recipients, to see whether it would.
  fileprivate func check() throws(CommandFailure) {
    let sink = try Descriptor.open("/dev/null", O_WRONLY, doing: "run age")
    do throws(CommandFailure) { try AgeEncryption(self, output: sink.number).finish() } catch {
      throw .usage(
        "bad_recipient", error.message, hints: "a recipient begins with age1 or is an SSH public key")
    }
  }
}

/// A run of `age`: what is written goes in, ciphertext comes out at a descriptor.
///
/// Dropped without ``finish()`` it ends the program: what came out must then be thrown away.
///
///     let encryption = try AgeEncryption(program, output: draft.descriptor.number)
///     try encryption.write(bytes)
///     try encryption.finish()
final class AgeEncryption {
  private let child: pid_t
  private let input: Pipe
  private let complaints: Pipe
  private var status: Int32?

  /// Starts the program.
  ///
  /// - Parameter output: an open file that takes the ciphertext; it stays the caller's.
  init(_ program: AgeProgram, output: Int32) throws(CommandFailure) {
    let doing = "run age"
    input = try Pipe(doing: doing)
    complaints = try Pipe(doing: doing)
    child = try ChildProcess.start(
      program.path, ["age", "--encrypt"] + program.arguments, input: input.readEnd, output: output,
      errors: complaints.writeEnd, doing: doing)
    input.closeReadEnd()
    complaints.closeWriteEnd()
  }

  deinit {
    guard status == nil else { return }
    input.closeWriteEnd()
    kill(child, SIGKILL)
    _ = ChildProcess.wait(for: child)
  }

  /// Where plaintext goes in, for a writer that knows descriptors alone; it must have ended before ``finish()``.
  var inputDescriptor: Int32 { input.writeEnd }

  /// Encrypts further bytes.
  func write(_ bytes: Span<UInt8>) throws(CommandFailure) {
    do throws(CommandFailure) {
      try ByteTransfer.writeAll(bytes, to: input.writeEnd, doing: "write to age")
    } catch {
      // It went away: how it ended says more than the broken pipe.
      try finish()
      throw CommandFailure("age_failed", "age ended before it had everything", exit: .inputOutput)
    }
  }

  /// Ends the input and waits: only then the ciphertext is whole.
  ///
  /// - Throws: where the program failed, with its first word of complaint.
  func finish() throws(CommandFailure) {
    input.closeWriteEnd()
    var text = WipedBytes(capacity: 4096)
    try? ByteTransfer.readAll(from: complaints.readEnd, limit: 4096, into: &text, doing: "run age")
    complaints.closeReadEnd()
    let ended = ChildProcess.wait(for: child)
    status = ended
    guard let how = ChildProcess.failure(ended) else { return }
    let words = text.withBytes { bytes in
      String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
    let line = words.split { $0.isNewline }.first.map { ": " + VisibleText.visible(String($0.prefix(200))) }
    throw CommandFailure(
      "age_failed", "age \(how)\(line ?? "")", hint: "nothing was left behind; see what age says",
      exit: .inputOutput)
  }
}
