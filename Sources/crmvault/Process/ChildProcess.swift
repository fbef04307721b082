import CProcess
import Glibc

/// Programs that are started beside this one.
enum ChildProcess {
  /// Starts a program. What is not given is `/dev/null` for its input, and ours for output and errors.
  ///
  /// - Parameters:
  ///   - path: where it is.
  ///   - arguments: the first is its name.
  ///   - input: the open file that it reads.
  ///   - output: the open file that it writes.
  ///   - errors: the open file that it complains to.
  static func start(
    _ path: String, _ arguments: [String], input: Int32? = nil, output: Int32? = nil, errors: Int32? = nil,
    doing: String
  ) throws(CommandFailure) -> pid_t {
    var files = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&files)
    defer { unsafe posix_spawn_file_actions_destroy(&files) }
    if let input {
      unsafe posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO)
    } else {
      unsafe posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    }
    if let output { unsafe posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO) }
    if let errors { unsafe posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO) }

    // We ignore SIGPIPE; the program must not inherit that.
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { unsafe words.forEach { unsafe free($0) } }
    var child: pid_t = 0
    let failed = unsafe posix_spawn(&child, path, &files, &attributes, words, environ)
    guard failed == 0 else { throw .system(failed, doing: doing) }
    return child
  }

  /// Waits for the end of a program; its status as of `waitpid(2)`.
  static func wait(for child: pid_t) -> Int32 {
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) == -1 && errno == EINTR {}
    return status
  }

  /// How a program ended, in words; nil where it did what it should.
  static func failure(_ status: Int32) -> String? {
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    let code = status >> 8 & 0xFF
    return code == 0 ? nil : "exited with status \(code)"
  }
}

/// A pipe, each end of which is closed when nobody holds it any more.
final class Pipe {
  private var ends: (read: Int32, write: Int32)

  /// Opens a pipe that programs do not inherit.
  init(doing: String) throws(CommandFailure) {
    var ends: [Int32] = [-1, -1]
    guard unsafe crmvault_pipe(&ends, O_CLOEXEC) == 0 else { throw .system(errno, doing: doing) }
    self.ends = (ends[0], ends[1])
  }

  deinit {
    closeReadEnd()
    closeWriteEnd()
  }

  /// The end to read from.
  var readEnd: Int32 { ends.read }
  /// The end to write to.
  var writeEnd: Int32 { ends.write }

  /// Closes the end to read from.
  func closeReadEnd() {
    if ends.read >= 0 { close(ends.read) }
    ends.read = -1
  }

  /// Closes the end to write to: the reader sees the end.
  func closeWriteEnd() {
    if ends.write >= 0 { close(ends.write) }
    ends.write = -1
  }
}
