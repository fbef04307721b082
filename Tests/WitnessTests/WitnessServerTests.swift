import AuditLog
import Foundation
import Sodium
import Testing

@testable import Witness

@Suite("A witness over HTTP", .serialized)
struct WitnessServerTests {
  /// Connects to a port of this machine; -1 where nobody listens.
  private func connection(to port: Int) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let status = unsafe withUnsafePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status != 0 else { return descriptor }
    close(descriptor)
    return -1
  }

  /// What no client would send, piece by piece; what comes back until the connection ends.
  private func raw(_ port: Int, _ pieces: [String], pause: UInt32 = 0) -> String {
    let descriptor = connection(to: port)
    guard descriptor >= 0 else { return "no connection" }
    defer { close(descriptor) }
    for piece in pieces {
      let bytes = Array(piece.utf8)
      guard unsafe send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { break }
      if pause > 0 { usleep(pause) }
    }
    var answer: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { break }
      answer += buffer[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  private func serving<R>(
    _ logs: [TestLog], limits: WitnessServer.Limits = WitnessServer.Limits(),
    _ body: (TestWitness, WitnessServer) throws -> R
  ) throws -> R {
    let witness = try TestWitness()
    let service = try witness.service(logs.map { try $0.verifier })
    let server = try WitnessServer(service, host: "127.0.0.1", port: 0, limits: limits)
    defer { server.stop() }
    return try body(witness, server)
  }

  @Test("is spoken to by the client of this program, again and again")
  func client() throws {
    var log = TestLog(count: 3)
    try serving([log]) { witness, server in
      let address = try WitnessAddress("http://127.0.0.1:\(server.port)")
      let connection = WitnessConnection()
      for round in 0..<5 {
        let answer = try connection.addCheckpoint(
          at: address, log.request(from: round == 0 ? 0 : log.leaves.count - 1))
        #expect(answer.status == 200)
        _ = try Cosignatures.open(answer.body, of: log.note(), by: witness.identity.verifierKey)
        log.append("entry")
      }
      #expect(try connection.addCheckpoint(at: address, log.request(from: 1)).status == 409)
      #expect(
        try connection.addCheckpoint(at: WitnessAddress("\(address)/elsewhere/"), log.request(from: 1)).status
          == 404)
    }
  }

  @Test("answers GET and HEAD of the last head, and nothing else")
  func monitoring() throws {
    let log = TestLog(count: 3)
    try serving([log]) { _, server in
      let place = "/\(HeadBook.hash(ofOrigin: log.origin))/checkpoint"
      let get = "GET \(place) HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
      #expect(raw(server.port, [get]).hasPrefix("HTTP/1.1 404"))
      let body = String(decoding: try log.request(from: 0), as: UTF8.self)
      let post =
        "POST /add-checkpoint HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: \(body.utf8.count)\r\n\r\n\(body)"
      #expect(raw(server.port, [post]).hasPrefix("HTTP/1.1 200"))
      let shown = raw(server.port, [get])
      #expect(shown.hasPrefix("HTTP/1.1 200") && shown.contains("example.org/w1"))
      #expect(!raw(server.port, [get.replacing("GET", with: "HEAD")]).contains("example.org/w1"))
      #expect(raw(server.port, [get.replacing("GET", with: "PUT")]).hasPrefix("HTTP/1.1 404"))
      // Two requests on one connection.
      let kept = get.replacing("connection: close\r\n", with: "") + get
      #expect(raw(server.port, [kept]).components(separatedBy: "HTTP/1.1 200").count == 3)
    }
  }

  @Test("takes in no more than it must: long bodies, long heads, slow and silent clients, too many")
  func bounds() throws {
    var limits = WitnessServer.Limits()
    limits.arrival = 400
    limits.connections = 8
    let log = TestLog(count: 3)
    try serving([log], limits: limits) { _, server in
      let head = "POST /add-checkpoint HTTP/1.1\r\nhost: x\r\n"
      #expect(raw(server.port, [head + "content-length: 1000000\r\n\r\n"]).contains("413"))
      let chunk = "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n"
      #expect(
        raw(server.port, [head + "transfer-encoding: chunked\r\n\r\n", chunk, chunk, chunk, "0\r\n\r\n"])
          .contains("413"))
      #expect(
        !raw(server.port, [head + "x: " + String(repeating: "y", count: 200_000) + "\r\n\r\n"]).contains(
          "200"))
      #expect(raw(server.port, ["nonsense\r\n\r\n"]).contains("400"))
      let start = Date()
      #expect(raw(server.port, []) == "")
      // A byte now and then does not keep the connection.
      #expect(
        raw(server.port, "GET /\(String(repeating: "a", count: 30))".map { String($0) }, pause: 100_000) == ""
      )
      #expect(Date().timeIntervalSince(start) < 6)
      var open: [Int32] = []
      defer { for descriptor in open { close(descriptor) } }
      for _ in 0..<8 { open.append(connection(to: server.port)) }
      usleep(100_000)
      #expect(raw(server.port, ["GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"]) == "")
      usleep(700_000)
      #expect(raw(server.port, ["GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"]).contains("404"))
    }
  }

  @Test("a port or folder that is taken is told")
  func taken() throws {
    let log = TestLog(count: 1)
    try serving([log]) { _, server in
      let other = try TestWitness()
      let service = try other.service([log.verifier])
      #expect(throws: WitnessError(.busy, "")) {
        try WitnessServer(service, host: "127.0.0.1", port: server.port)
      }
      #expect(throws: WitnessError(.usage, "")) { try WitnessServer(service, host: "203.0.113.7", port: 0) }
    }
  }

  @Test("a witness that is not there, does not answer or says too much is told, in time")
  func unreachable() throws {
    var connection = WitnessConnection()
    connection.timeLimit = 500
    #expect(throws: WitnessError(.unreachable, "")) {
      try connection.addCheckpoint(at: WitnessAddress("http://127.0.0.1:1"), [1])
    }
    // Listens, and never answers.
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    unsafe withUnsafeMutablePointer(to: &address) {
      unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = unsafe bind(descriptor, $0, length)
        _ = listen(descriptor, 4)
        _ = unsafe getsockname(descriptor, $0, &length)
      }
    }
    let port = Int(in_port_t(bigEndian: address.sin_port))
    let start = Date()
    #expect(throws: WitnessError(.unreachable, "")) {
      try connection.addCheckpoint(at: WitnessAddress("http://localhost:\(port)"), [1])
    }
    // TLS with somebody who does not speak it.
    #expect(throws: WitnessError(.unreachable, "")) {
      try connection.addCheckpoint(at: WitnessAddress("https://127.0.0.1:\(port)"), [1])
    }
    #expect(Date().timeIntervalSince(start) < 5)
  }
}

@Suite("A witness's address")
struct WitnessAddressTests {
  @Test(
    "is https anywhere, http on this machine",
    arguments: [
      ("https://witness.example/path/", "https://witness.example:443/path"),
      ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"),
      ("http://127.0.0.1:7380", "http://127.0.0.1:7380"),
      ("http://localhost", "http://localhost:80"), ("http://[::1]:1/a/b", "http://[::1]:1/a/b"),
      ("http://127.9.9.9/", "http://127.9.9.9:80"),
    ])
  func good(text: String, shown: String) throws { #expect(try WitnessAddress(text).description == shown) }

  @Test(
    "is nothing else",
    arguments: [
      "", "witness.example", "ftp://x", "http://witness.example", "http://192.168.0.1", "http://10.0.0.1:80",
      "https://", "https://user@host", "https://user:secret@host/", "https://host:0x50", "https://host:99999",
      "https://host:", "https://host/?a=b", "https://host/#f", "https://ho st", "https://h\u{f6}st",
      "https://a:1:2",
      "https://[::1", "https://[zz]", "http://127.0.0.1.example", "http://localhost.example",
      "http://0.0.0.0",
      "http://2130706433", "https://host\r\nx: y",
    ])
  func bad(text: String) { #expect(throws: WitnessError(.usage, "")) { try WitnessAddress(text) } }
}
