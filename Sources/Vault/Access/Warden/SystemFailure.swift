internal import Glibc

/// A call to the system that failed, before it is known in whose name.
struct SystemFailure: Error, CustomStringConvertible {
  /// What callers tell apart.
  enum Kind {
    case full, busy, missing, exists, denied, notAFile, other
  }

  /// What was tried, as a phrase: "cannot open it".
  let attempt: String
  /// The system's error number.
  let number: Int32

  /// What callers tell apart.
  var kind: Kind {
    switch number {
    case ENOSPC, EDQUOT: .full
    case EAGAIN: .busy
    case ENOENT, ENOTDIR: .missing
    case EEXIST: .exists
    case EACCES, EPERM, EROFS: .denied
    case ELOOP, EISDIR, ENXIO, ENODEV: .notAFile
    default: .other
    }
  }

  var description: String {
    guard let text = unsafe strerror(number) else { return "\(attempt) (error \(number))" }
    return unsafe "\(attempt): \(String(cString: text))"
  }
}
