/// How a file is read.
public struct ReaderOptions {
  /// What happens at the first row that is refused.
  public enum OnError: Sendable {
    /// The reader throws.
    case stop
    /// The reader hands out the rejection and goes on. Broken quoting still throws: records are in doubt.
    case skip
  }

  /// The currency of amounts that name none: the vault's.
  public var defaultCurrency: CurrencyCode
  /// What happens at the first row that is refused.
  public var onError: OnError = .stop
  /// Receives every block that was read, in order and before it is parsed: for a hash of the whole file and
  /// for progress.
  public var onBlock: ((Span<UInt8>) -> Void)?

  /// Stop at the first fault, no hook.
  public init(defaultCurrency: CurrencyCode) {
    self.defaultCurrency = defaultCurrency
  }
}

/// How far a reader is.
public struct ReaderProgress: Sendable, Equatable {
  /// Bytes read from the file.
  public var bytesRead: Int64
  /// The file's size; nil for a pipe.
  public var totalBytes: Int64?
  /// Rows that were handed out.
  public var rows: Int
  /// Rows that were refused.
  public var rejected: Int
}
