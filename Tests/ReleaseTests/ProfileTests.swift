import Anonymization
import Release
import Testing

@Suite struct ProfileTests {
  private func parse(_ yaml: String, files: [String: String] = [:]) throws -> ReleaseProfile {
    try ProfileFile.parse(yaml: yaml, file: "profile.yaml") { name in
      guard let text = files[name] else {
        throw ReleaseError(.badHierarchy, file: name, reason: "is not there")
      }
      return text
    }
  }

  @Test func `the profile of the contract is read`() throws {
    let profile = try parse(
      """
      columns:
        birth_year: {role: quasi, hierarchy: {intervals: [5, 10, 20, 40], from: 1900}}
        postcode:   {role: quasi, hierarchy: {mask: right}, weight: 2}
        occupation: {role: quasi, hierarchy: occupation.csv}
        month:      {role: quasi, hierarchy: {dates: [month, quarter, year]}}
        loyalty:    {role: [quasi, sensitive], bands: {quantiles: 5}}
        salary:     {role: sensitive, l: 2}
        account:    {role: person}
      privacy: {k: 5, l: 3, t: 0.4, suppress: 0.02}
      recoding: local
      """, files: ["occupation.csv": "a;x\nb;x\n"])
    #expect(profile.quasiIdentifiers == ["birth_year", "postcode", "occupation", "month", "loyalty"])
    #expect(profile.columns[1].weight == 2)
    #expect(profile.columns[5].diversity == [.distinct(2)])
    #expect(profile.k == 5 && profile.diversity == [.distinct(3)] && profile.t == 0.4)
  }

  @Test func `without limits k is 5 and l is 3`() throws {
    let profile = try parse("columns: {a: {role: quasi}, s: {role: sensitive}}")
    #expect(profile.k == 5 && profile.diversity == [.distinct(3)] && profile.suppression == 0.02)
    #expect(profile.mode == .local && profile.t == nil)
  }

  @Test(arguments: [
    "", "columns: []", "columns: {a: {}}", "columns: {a: {role: boss}}", "columns: {s: {role: sensitive}}",
    "columns: {a: {role: quasi, hierarchy: {mask: left}}}",
    "columns: {a: {role: quasi, hierarchy: {mask: right, from: 3}}}",
    "columns: {a: {role: quasi, hierarchy: {intervals: [five]}}}", "columns: {a: {role: quasi, l: 3}}",
    "columns: {a: {role: [quasi, person]}}", "columns: {a: {role: quasi, weight: 0}}",
    "columns: {a: {role: quasi}}\nprivacy: {k: 1}", "columns: {a: {role: quasi}}\nprivacy: {t: 2}",
    "columns: {a: {role: quasi}}\nprivacy: {suppress: 1}", "columns: {a: {role: quasi}}\nrecoding: best",
    "columns: {a: {role: quasi}, a: {role: quasi}}", "columns: {a: {role: quasi, hierarchy: missing.csv}}",
    "columns: {p: {role: person}, q: {role: person}, a: {role: quasi}}",
  ])
  func `what a profile cannot say is refused`(_ yaml: String) {
    #expect(throws: ReleaseError.self) { try parse(yaml) }
  }

  @Test func `hierarchy files have either separator, quotes and a byte order mark`() throws {
    #expect(try HierarchyFile.parse("a;x\nb;y\n", file: "h") == [["a", "x"], ["b", "y"]])
    #expect(
      try HierarchyFile.parse("\u{FEFF}a,x\r\n\"b,c\",\"y\"\"z\"\r\n", file: "h") == [
        ["a", "x"], ["b,c", "y\"z"],
      ])
    #expect(throws: ReleaseError.self) { try HierarchyFile.parse("\"a,x\n", file: "h") }
    #expect(throws: ReleaseError.self) { try HierarchyFile.parse("", file: "h") }
  }
}
