import ArgumentParser
import AuditLog
import Sodium
import Vault

/// `crmvault export reidentify`
struct ExportReidentifyCommand: ConsoleCommand {
  static let configuration = CommandConfiguration(
    commandName: "reidentify",
    abstract: "Go back from pseudonyms of a release to customers: two people together.",
    discussion: """
      1. A privacy officer: export reidentify RELEASE --from IDS --request FILE --purpose P, with the pseudonyms P-… a \
      line each, makes and signs a request.
      2. A custodian: export reidentify RELEASE --request FILE, looks at the purpose and how many are asked for, and \
      adds the second share of the release's key, sealed to the officer alone.
      3. The officer: export reidentify RELEASE --from FILE, gets the customers. Each is an entry of the log before it \
      is shown; whom the purpose may not reach is not shown.

      Exit status: 0 done, 64 usage, 65 no pseudonyms or no request, 66 no such release, 73 the request exists already, \
      74 input/output, 76 integrity, 77 not permitted, or the second share is missing.
      """)

  @OptionGroup var options: GlobalOptions
  @Argument(help: "The release, R-….") var release: String
  @Option(
    name: .customLong("from"), help: "Pseudonyms, one a line, or a request with both shares; - for stdin.")
  var from: String?
  @Option(help: "The request: made of the pseudonyms, or one to which a share is added.", completion: .file())
  var request: String?

  func run(on console: Console) throws {
    guard let id = ReleaseID(release) else {
      throw CommandFailure.usage(
        "bad_release", "this is no release's id", hints: "crmvault export list shows them, R-…")
    }
    if let from {
      let bytes = try input(from, on: console)
      if ReidentifyRequest.isLikely(bytes) { return try open(try known(bytes, id), on: console) }
      guard let request else {
        throw CommandFailure.usage(
          "no_request", "--request says where the request goes that a custodian adds to",
          hints: "add --request FILE")
      }
      return try make(id, String(decoding: bytes, as: UTF8.self), at: request, on: console)
    }
    guard let request else {
      throw CommandFailure.usage("no_input", "there is neither --from nor --request")
    }
    try share(id, request, on: console)
  }

  private func known(_ bytes: [UInt8], _ id: ReleaseID) throws -> ReidentifyRequest {
    let request = try ReidentifyRequest(decoding: bytes)
    guard request.release == id else {
      throw CommandFailure.badInput("other_release", "the request is for another release")
    }
    return request
  }

  private func input(_ path: String, on console: Console) throws -> [UInt8] {
    guard path == "-" else {
      return Array(try TextFile.read(path, limit: ReidentifyRequest.longest).utf8)
    }
    return try console.input.readAll(limit: ReidentifyRequest.longest).withBytes { bytes in
      bytes.indices.map { bytes[$0] }
    }
  }

  private func make(_ id: ReleaseID, _ text: String, at path: String, on console: Console) throws {
    guard !TextFile.exists(path) else {
      throw CommandFailure("exists", "\(path) exists already", hint: "choose another path", exit: .exists)
    }
    let pseudonyms = text.split(whereSeparator: { $0.isNewline || $0 == "," || $0 == " " }).map(String.init)
    let session = try options.openSession(on: console, acting: .privacyOfficer)
    let made = try session.requestReidentification(id, pseudonyms, purpose: options.purpose)
    let text = try made.encoded()
    try DraftFile.publish(text, at: path)
    try tell("requested", made, path, on: console)
    console.notice("a custodian adds the second share: crmvault export reidentify \(id) --request \(path)")
  }

  private func share(_ id: ReleaseID, _ path: String, on console: Console) throws {
    let asked = try known(try input(path, on: console), id)
    let session = try options.openSession(on: console, acting: .custodian)
    let granted = try session.addShare(to: asked)
    let next = path + ".shared"
    let text = try granted.encoded()
    try DraftFile.publish(text, at: next)
    try TextFile.rename(next, to: path)
    try tell("shared", granted, path, on: console)
  }

  private func tell(_ state: String, _ request: ReidentifyRequest, _ path: String, on console: Console) throws
  {
    guard options.json else {
      return try console.output.write(
        "\(path): \(request.pseudonyms.count) pseudonyms of \(request.release), purpose \(request.purpose), \(state)\n"
      )
    }
    var json = JSONWriter(to: console.output)
    try json.object { json in
      try json.field("state", state)
      try json.field("release", request.release.description)
      try json.field("purpose", request.purpose)
      try json.field("count", request.pseudonyms.count)
      try json.field("request", path)
    }
    try json.finish()
  }

  private func open(_ request: ReidentifyRequest, on console: Console) throws {
    let session = try options.openSession(on: console, acting: .privacyOfficer)
    let found = try session.reidentify(request)
    if options.json {
      var json = JSONWriter(to: console.output)
      try json.array { json in
        for one in found {
          try json.object { json in
            try json.field("pseudonym", one.pseudonym)
            try json.field("id", one.customer?.description)
          }
        }
      }
      return try json.finish()
    }
    var table = TableWriter(["PSEUDONYM", "ID"], to: console.output)
    for one in found {
      try table.cell(one.pseudonym)
      try table.cell(one.customer?.description ?? "-")
      try table.endRow()
    }
    try table.finish()
  }
}
