import Sodium

/// Members of an object in one call each; a value that is missing is `null`.
extension JSONWriter {
  /// Writes a member that is a personal text where it lies.
  mutating func field(_ key: String, _ text: Span<UInt8>) throws(CommandFailure) {
    self.key(key)
    try value(text)
  }

  /// Writes a member that is a personal text.
  mutating func field(_ key: String, _ text: borrowing WipedBytes) throws(CommandFailure) {
    self.key(key)
    try value(text)
  }

  /// Writes a member that is a text, not a personal one.
  mutating func field(_ key: String, _ text: String?) throws(CommandFailure) {
    self.key(key)
    if let text { try value(text) } else { try null() }
  }

  /// Writes a member that is a list of texts, not personal ones.
  mutating func field(_ key: String, _ texts: [String]) throws(CommandFailure) {
    try array(key) { (json: inout JSONWriter) throws(CommandFailure) in
      for text in texts { try json.value(text) }
    }
  }

  /// Writes a member that is an integer.
  mutating func field(_ key: String, _ number: (some BinaryInteger)?) throws(CommandFailure) {
    self.key(key)
    if let number { try value(number) } else { try null() }
  }

  /// Writes a member that is a number at full precision.
  mutating func field(_ key: String, _ number: Double?) throws(CommandFailure) {
    self.key(key)
    if let number { try value(number) } else { try null() }
  }

  /// Writes a member that is true or false.
  mutating func field(_ key: String, _ truth: Bool) throws(CommandFailure) {
    self.key(key)
    try value(truth)
  }

  /// Writes a member that is an amount of money, as a decimal string in major units.
  mutating func field(
    _ key: String, money minorUnits: (some BinaryInteger)?, decimals: Int
  ) throws(CommandFailure) {
    self.key(key)
    if let minorUnits { try value(money: minorUnits, decimals: decimals) } else { try null() }
  }
}
