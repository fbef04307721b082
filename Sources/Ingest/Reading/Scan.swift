/// What a scanner found at a position of the buffer.
enum Scan {
  /// A record ends before `next`; `lines` line feeds were passed.
  case record(next: Int, lines: Int)
  /// A line without a byte.
  case blank(next: Int)
  /// The record ends behind the bytes read so far.
  case needsMore
  /// Nobody can say where the record ends.
  case fault(ScanFault)
}

/// Faults after which record boundaries are in doubt, so that the file is refused as a whole.
enum ScanFault {
  case unterminatedQuote
  case quoteInField
  case textAfterQuote
  case bareCarriageReturn

  var reason: String {
    switch self {
    case .unterminatedQuote: "a quoted field is not closed before the file ends"
    case .quoteInField: "a quote stands inside an unquoted field"
    case .textAfterQuote: "text follows a closing quote"
    case .bareCarriageReturn: "a carriage return stands without a line feed"
    }
  }

  var hint: String {
    switch self {
    case .bareCarriageReturn: "end lines with LF or CR LF"
    default: "double a quote that is part of a quoted value; skipping is not possible, records are in doubt"
    }
  }
}
