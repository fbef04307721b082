extension SubjectSet {
  /// Adds every ordinal of another set that is below this one's universe, word by word.
  public mutating func formUnion(_ other: SubjectSet) {
    let shared = Swift.min(wordCount, other.wordCount)
    for index in 0..<shared {
      addWord(index, other.word(index) & SubjectSet.mask(word: index, universe: universe))
    }
  }
}
