import ArgumentParser
import Ingest

/// How the rows of a release are written.
enum ReleaseFormat: String, ExpressibleByArgument, CaseIterable {
  /// RFC 4180 with a header.
  case csv
  /// One JSON object a line.
  case jsonl

  /// The format that a file's ending says: `.jsonl`, `.ndjson`, also before `.age`; else CSV.
  init(path: String) {
    let name = path.lowercased()
    let plain = name.hasSuffix(".age") ? String(name.dropLast(4)) : name
    self = plain.hasSuffix(".jsonl") || plain.hasSuffix(".ndjson") ? .jsonl : .csv
  }

  /// The same for what reads the file back.
  var fileFormat: FileFormat {
    switch self {
    case .csv: .csv(CSVDialect())
    case .jsonl: .jsonLines
    }
  }
}
