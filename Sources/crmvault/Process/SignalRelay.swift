import CProcess
import Glibc
import Synchronization

/// Catches the signals that would end or stop the process while the terminal does not echo.
///
/// A handler may do next to nothing, so it only writes the signal's number into a pipe; whoever
/// waits for the terminal waits for the pipe too, restores the terminal, gives the relay up and
/// raises the signal again. One relay exists at a time: prompts follow each other.
struct SignalRelay: ~Copyable {
  private static let writeEnd = Atomic<Int32>(-1)
  private static let relayed = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

  private let readEnd: Descriptor
  private let pipeEnd: Descriptor
  private let previous: [(number: Int32, action: sigaction)]

  /// The file that becomes readable when a signal came.
  var number: Int32 { readEnd.number }

  private init(readEnd: consuming Descriptor, pipeEnd: consuming Descriptor) {
    Self.writeEnd.store(pipeEnd.number, ordering: .sequentiallyConsistent)
    var previous: [(number: Int32, action: sigaction)] = []
    for number in Self.relayed {
      var old = sigaction()
      var new = sigaction()
      unsafe new.__sigaction_handler.sa_handler = { number in
        let kept = errno
        var byte = UInt8(truncatingIfNeeded: number)
        unsafe write(SignalRelay.writeEnd.load(ordering: .sequentiallyConsistent), &byte, 1)
        errno = kept
      }
      unsafe sigaction(number, nil, &old)
      // Who started us to ignore a signal (nohup) wants it ignored.
      if SignalRelay.ignores(old) { continue }
      unsafe sigaction(number, &new, nil)
      previous.append((number, old))
    }
    self.readEnd = readEnd
    self.pipeEnd = pipeEnd
    self.previous = previous
  }

  deinit {
    for entry in previous {
      var action = entry.action
      unsafe sigaction(entry.number, &action, nil)
    }
    Self.writeEnd.store(-1, ordering: .sequentiallyConsistent)
  }

  /// Starts to catch.
  static func start() throws(CommandFailure) -> SignalRelay {
    var ends: [Int32] = [-1, -1]
    guard unsafe crmvault_pipe(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else {
      throw .system(errno, doing: "prepare the terminal")
    }
    return SignalRelay(readEnd: Descriptor(owning: ends[0]), pipeEnd: Descriptor(owning: ends[1]))
  }

  /// The signal that came, if one did.
  borrowing func pending() -> Int32? {
    var byte: UInt8 = 0
    return unsafe read(number, &byte, 1) == 1 ? Int32(byte) : nil
  }

  /// Lets a signal that was caught take effect, once nothing catches it any more.
  ///
  /// Worker threads of libdispatch block all signals: this one is let through on this thread, so
  /// that it takes effect before the call returns.
  static func takeEffect(_ number: Int32) {
    var signals = sigset_t()
    var before = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, number)
    unsafe pthread_sigmask(SIG_UNBLOCK, &signals, &before)
    raise(number)
    unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
  }

  private static func ignores(_ action: sigaction) -> Bool {
    unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
