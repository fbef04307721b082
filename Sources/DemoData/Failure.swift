import Glibc

/// Why no data was made.
struct Failure: Error {
  /// One line: what went wrong.
  let message: String
  /// The exit status, as crmvault uses them: 64 for usage, 74 for input and output.
  let exitStatus: Int32

  static func usage(_ message: String) -> Failure { Failure(message: message, exitStatus: 64) }

  static func system(_ what: String, _ code: Int32) -> Failure {
    Failure(message: unsafe "\(what): \(String(cString: strerror(code)))", exitStatus: 74)
  }
}
