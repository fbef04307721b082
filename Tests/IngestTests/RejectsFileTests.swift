import Glibc
import Ingest
import Testing

@Suite("Rejects file") struct RejectsFileTests {
  @Test("it names line, field and problem, and no value") func content() throws {
    let source = SampleFile("account,name,=cmd\nA1,Sec\u{1}ret,\nA2,x,\u{1}\nA3,x\n")
    let target = SampleFile("")
    var rejects = RejectsFile(descriptor: target.descriptor, name: "rejects.csv")
    var reader = try RowReader.open(
      descriptor: source.descriptor, file: "sample", options: try options())
    while let step = try reader.next() {
      if case .rejected(let rejection) = step { try rejects.write(rejection) }
    }
    try rejects.finish()
    #expect(rejects.count == 2)
    let text = String(decoding: target.bytes(), as: UTF8.self)
    #expect(
      text == """
        line,field,problem\r
        2,name,control_character: a control character is not allowed here\r
        4,,wrong_column_count: the record does not have as many fields as the header\r

        """)
    try rejects.write(Rejection(line: 9, field: "=cmd,\"x\"", code: .tooLong))
    try rejects.finish()
    #expect(String(decoding: target.bytes(), as: UTF8.self).contains("9,\"'=cmd,\"\"x\"\"\",too_long"))
  }

  @Test("an error of the disk is reported") func brokenDisk() throws {
    let full = unsafe open("/dev/full", O_WRONLY)
    defer { close(full) }
    var rejects = RejectsFile(descriptor: full, name: "rejects.csv")
    let error = #expect(throws: IngestError.self) { try rejects.finish() }
    #expect(error?.code == .inputOutput)
  }

  @Test("a descriptor that cannot be read is reported") func unreadable() throws {
    let error = #expect(throws: IngestError.self) {
      _ = try RowReader.open(descriptor: -1, file: "gone.csv", options: try options())
    }
    #expect(error?.code == .inputOutput)
    #expect(error?.file == "gone.csv")
  }
}
