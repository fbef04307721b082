import Glibc
import Ingest

/// The file that lists refused rows: made with the first one.
final class RejectsListing {
  let path: String
  private var descriptor: Int32 = -1
  private var file: RejectsFile?

  init(path: String) throws { self.path = path }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The file's path when there was a rejection.
  var finished: String? { descriptor >= 0 ? path : nil }

  func write(_ rejection: Rejection) throws {
    if descriptor < 0 {
      descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { throw CommandFailure.system(errno, doing: "write \(path)") }
      file = RejectsFile(descriptor: descriptor, name: path)
    }
    try file?.write(rejection)
  }

  func finish() throws { try file?.finish() }
}
