/// What every command says while an import is unfinished.
enum UnfinishedNotice {
  /// The notice for so many imports.
  static func text(_ count: Int) -> String {
    count == 1
      ? "an import is unfinished; import the same file to finish it"
      : "\(count) imports are unfinished; import the same files to finish them"
  }
}
