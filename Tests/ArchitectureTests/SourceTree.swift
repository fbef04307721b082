import Foundation

/// The package's own Swift sources.
struct SourceTree {
  /// One Swift file and what it imports.
  struct File {
    /// The folder below `Sources` or `Tests`: the room.
    let room: String
    /// The path below the package's root.
    let path: String
    /// The modules, without repetition.
    let imports: Set<String>
  }

  /// Every Swift file below `Sources`.
  static let sources = Result { try files(in: "Sources") }
  /// Every Swift file below `Tests`.
  static let tests = Result { try files(in: "Tests") }

  private static func files(in folder: String) throws -> [File] {
    let root = URL(filePath: #filePath).appending(path: "../../..").standardized
    let base = root.appending(path: folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: base.path)
    return try names.sorted().filter { $0.hasSuffix(".swift") }.map { name in
      let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
      let room = name.split(separator: "/").first.map(String.init) ?? ""
      return File(room: room, path: "\(folder)/\(name)", imports: imports(of: text))
    }
  }

  /// The modules that a source text imports, whatever stands before the word: an attribute, an access level, a
  /// kind of declaration. A line inside a comment or a literal of several lines does not count.
  static func imports(of text: String) -> Set<String> {
    var modules: Set<String> = []
    var isLiteral = false
    var commentDepth = 0
    for line in text.components(separatedBy: .newlines) {
      if commentDepth == 0 && !occurrences(of: "\"\"\"", in: line).isMultiple(of: 2) { isLiteral.toggle() }
      guard !isLiteral else { continue }
      let isComment = commentDepth > 0
      commentDepth = max(0, commentDepth + occurrences(of: "/*", in: line) - occurrences(of: "*/", in: line))
      guard !isComment, occurrences(of: "import", in: line) > 0 else { continue }
      // A literal or a comment on the line may say anything.
      let code = line.firstRange(of: "\"").map { line[..<$0.lowerBound] } ?? line[...]
      for statement in (code.firstRange(of: "//").map { code[..<$0.lowerBound] } ?? code).split(
        separator: ";")
      {
        if let module = importedModule(statement) { modules.insert(module) }
      }
    }
    return modules
  }

  /// How often a text occurs, without overlaps.
  private static func occurrences(of text: String, in line: String) -> Int {
    line.components(separatedBy: text).count - 1
  }

  private static func importedModule(_ statement: Substring) -> String? {
    let words = statement.split(whereSeparator: \.isWhitespace)
    guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(isBeforeImport) else {
      return nil
    }
    let path = words[(place + 1)...].first { !kinds.contains(String($0)) }
    return path?.split(separator: ".").first.map { $0.filter { $0 != "`" } }
  }

  private static func isBeforeImport(_ word: Substring) -> Bool {
    word.hasPrefix("@") || ["public", "package", "internal", "fileprivate", "private"].contains(word)
  }

  private static let kinds: Set = [
    "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
  ]
}
