import Sodium

/// Writes a package, one file after the other, to wherever its bytes go. It holds one file at a time, and the list of
/// their hashes, which becomes the last file.
public struct PackageWriter: ~Copyable {
  /// Where the bytes go.
  public typealias Sink = ([UInt8]) throws -> Void

  private let time: UInt64
  private let sink: Sink
  private var sums: [UInt8] = []
  private var names: Set<String> = []

  /// A writer of a package whose files all have this time, in POSIX seconds.
  public init(time: UInt64, _ sink: @escaping Sink) {
    self.time = time
    self.sink = sink
  }

  /// Adds a file.
  ///
  /// - Throws: `malformed` for a name that does not fit or is there already, and what the sink throws.
  public mutating func add(_ name: String, _ bytes: [UInt8]) throws {
    guard names.insert(name).inserted else { throw LogError(.malformed, "a package has one file twice") }
    let header = try TarHeader(name: name, size: bytes.count, time: time)
    try sink(header.bytes)
    if !bytes.isEmpty { try sink(bytes) }
    if header.padding > 0 { try sink([UInt8](repeating: 0, count: header.padding)) }
    sums.append(text: "\(SHA256.hash(bytes))  \(name)\n")
  }

  /// Adds a file of text.
  public mutating func add(_ name: String, text: String) throws { try add(name, Array(text.utf8)) }

  /// Adds `SHA256SUMS`, as sha256sum reads it, and ends the archive.
  public consuming func finish() throws {
    let list = sums
    try add(PackageLayout.sums, list)
    try sink([UInt8](repeating: 0, count: 2 * TarHeader.blockSize))
  }
}
