import Glibc
import Ingest
import Release

/// A CSV file that a `table` command reads.
struct TableFile: ~Copyable {
  let path: String
  private let descriptor: Descriptor

  init(path: String) throws(CommandFailure) {
    self.path = path
    descriptor = try Self.open(path)
  }

  private static func open(_ path: String) throws(CommandFailure) -> Descriptor {
    let descriptor = try Descriptor.open(path, O_RDONLY, doing: "read \(path)")
    let status = try descriptor.status(doing: "read \(path)")
    if status.st_mode & S_IFMT == S_IFDIR { throw .system(EISDIR, doing: "read \(path)") }
    return descriptor
  }

  /// Reads the columns that are wanted; nil for all.
  borrowing func read(columns: [String]?, on console: Console) throws -> SourceTable {
    let size = try descriptor.status(doing: "read \(path)").st_size
    let progress = Progress("reading", of: Int(size), on: console)
    defer { progress.finish() }
    var reader = try TableReader(descriptor: descriptor.number, file: path) { block in
      progress.advance(by: block.count)
    }
    return try SourceTable.read(&reader, columns: columns, file: path)
  }

  /// Begins to read.
  borrowing func reader() throws -> TableReader {
    try TableReader(descriptor: descriptor.number, file: path)
  }
}
