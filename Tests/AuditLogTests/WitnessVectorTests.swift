import Foundation
import Sodium
import Testing

@testable import AuditLog

// Skipped where the public vectors are absent.
@Suite("A witness against public vectors", .enabled(if: Vectors.arePresent, "\(Vectors.absence)"))
struct WitnessVectorTests {
  struct Conversation: Decodable {
    struct Request: Decodable {
      let path: String
      let body: String
      let status: Int
    }
    let sigsum_log_pubkey_hex: String
    let requests: [Request]
  }

  /// The last body of the file is two requests with the answer to the first between them, as its source has them.
  static func split(_ request: Conversation.Request) -> [Conversation.Request] {
    let parts = request.body.components(separatedBy: "```")
    guard parts.count == 3, parts[1].contains("HTTP 409") else { return [request] }
    return [
      Conversation.Request(path: request.path, body: parts[0], status: 409),
      Conversation.Request(
        path: request.path, body: String(parts[2].drop(while: \.isNewline)), status: request.status),
    ]
  }

  @Test("litewitness's conversation comes to the same answers, but for the unknown log: 404 since version 1")
  func conversation() throws {
    let vectors: Conversation = try Vectors.load("tlog_witness_http.json")
    let first = try #require(vectors.requests.first)
    let origin = String(first.body.split(separator: "\n")[1])
    let key = try #require(VerifyingKey(try Hex.decode(vectors.sigsum_log_pubkey_hex)))
    let rule = try WitnessRule(logs: [LogVerifierKey(name: origin, key: key)])
    var remembered: Checkpoint?
    let requests = vectors.requests.flatMap(Self.split)
    #expect(requests.count == 8)
    for (index, vector) in requests.enumerated() {
      let request: AddCheckpointRequest
      do throws(LogError) {
        request = try AddCheckpointRequest(parsing: Array(vector.body.utf8))
      } catch {
        // The second body's base64 has bits that padding drops: no signature, as it should be none.
        #expect(WitnessRule.status(of: error) == vector.status, "request \(index)")
        continue
      }
      #expect(request.encoded == Array(vector.body.utf8))
      let status: Int
      switch rule.judge(request, remembered: remembered) {
      case .accepted(let checkpoint, _):
        status = 200
        remembered = checkpoint
      case .refused(let refusal):
        status = refusal.status
        if status == 409 { #expect(refusal.rememberedSize == 3) }
      }
      let isUnknown = vector.body.contains("0309e563")
      #expect(status == (isUnknown ? 404 : vector.status), "request \(index)")
    }
    #expect(remembered?.size == 5)
  }
}
