import CProcess
import Glibc
import Sodium

/// Passphrases from a command: a password store, an agent.
enum PassphraseCommand {
  /// Runs the text with `/bin/sh -c` and takes what it prints, less one end of line.
  ///
  /// The command's stdin is empty, so that it does not eat the data of `--from -`; its stderr is
  /// ours. A command that fails gives no passphrase, whatever it printed.
  static func run(_ text: String) throws(CommandFailure) -> WipedBytes {
    let doing = "run the passphrase command"
    var ends: [Int32] = [-1, -1]
    guard unsafe crmvault_pipe(&ends, O_CLOEXEC) == 0 else { throw .system(errno, doing: doing) }
    let child: pid_t
    var passphrase = WipedBytes(capacity: PassphraseSource.limit + 4)
    do {
      let output = Descriptor(owning: ends[0])
      child = try start(text, writingTo: Descriptor(owning: ends[1]), doing: doing)
      do {
        try PassphraseFile.readAll(from: output.number, into: &passphrase, doing: doing)
      } catch {
        _ = wait(for: child)
        throw error
      }
    }
    // The pipe is closed: a command that still prints gets SIGPIPE, and does not keep us waiting.
    let status = wait(for: child)
    let signal = status & 0x7F
    guard signal == 0 || (signal == SIGPIPE && passphrase.count > PassphraseSource.limit) else {
      throw failed("was ended by signal \(signal)")
    }
    let code = status >> 8 & 0xFF
    guard signal != 0 || code == 0 else { throw failed("exited with status \(code)") }
    return try PassphraseSource.checked(passphrase, from: "the passphrase command")
  }

  private static func failed(_ how: String) -> CommandFailure {
    .configuration(
      "passphrase_command_failed", "the passphrase command \(how)", hints: "run it by hand to see why")
  }

  private static func start(
    _ text: String, writingTo output: consuming Descriptor, doing: String
  ) throws(CommandFailure) -> pid_t {
    var files = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&files)
    defer { unsafe posix_spawn_file_actions_destroy(&files) }
    unsafe posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&files, output.number, STDOUT_FILENO)

    // We ignore SIGPIPE; the command must not inherit that.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [strdup("sh"), strdup("-c"), strdup(text)]
    unsafe arguments.append(nil)
    defer { unsafe arguments.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let failed = unsafe posix_spawn(&child, "/bin/sh", &files, &attributes, arguments, environ)
    guard failed == 0 else { throw .system(failed, doing: doing) }
    return child
  }

  private static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) == -1 && errno == EINTR {}
    return status
  }
}
