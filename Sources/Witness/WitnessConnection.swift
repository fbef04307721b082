internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The talk with a witness: one request, one answer, both bounded in size and time.
///
/// No redirect is followed and no proxy is used: a witness is where it was said to be. What comes back is believed only
/// as far as the witness's signature reaches.
public struct WitnessConnection: Sendable {
  /// An answer.
  public struct Answer: Sendable {
    /// The HTTP status.
    public let status: Int
    /// The body, at most 64 KiB of it.
    public let body: [UInt8]
  }

  /// How long everything may take together, in milliseconds.
  public var timeLimit: Int64 = 10_000
  /// A PEM file of the authorities that are trusted instead of the system's; nil for those.
  public var authorities: String?

  /// The usual bounds, and the system's authorities.
  public init() {}

  /// Submits a checkpoint.
  ///
  /// - Parameter body: an `AddCheckpointRequest`, encoded.
  /// - Throws: `unreachable`, `configuration` for authorities that cannot be read.
  public func addCheckpoint(at address: WitnessAddress, _ body: [UInt8]) throws(WitnessError) -> Answer {
    var request = HTTPRequestHead(version: .http1_1, method: .POST, uri: address.prefix + "/add-checkpoint")
    request.headers = HTTPHeaders([
      ("host", Self.hostField(address)), ("content-type", "text/plain; charset=utf-8"),
      ("content-length", String(body.count)), ("connection", "close"), ("user-agent", "crmvault"),
    ])
    let head = request
    let tls = address.isSecure ? try context() : nil
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    defer { try? group.syncShutdownGracefully() }
    let answer = group.next().makePromise(of: Answer.self)
    let name = WitnessAddress.isAddress(address.host) ? nil : address.host
    let bootstrap = ClientBootstrap(group: group)
      .connectTimeout(.milliseconds(timeLimit))
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let tls {
            try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: name))
          }
          try pipeline.addHTTPClientHandlers()
          try pipeline.addHandler(NIOHTTPClientResponseAggregator(maxContentLength: Self.bodyLimit))
          try pipeline.addHandler(AnswerHandler(answer))
        }
      }
    let deadline = group.next().scheduleTask(in: .milliseconds(timeLimit)) {
      answer.fail(WitnessError(.unreachable, "the witness did not answer in time"))
    }
    do {
      // The promise must end before the loop does, whatever fails.
      let connected = bootstrap.connect(host: address.host, port: address.port)
      connected.whenFailure { answer.fail($0) }
      connected.whenSuccess { channel in
        channel.closeFuture.whenComplete { _ in answer.fail(ChannelError.eof) }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil)).whenFailure { answer.fail($0) }
      }
      let result = try answer.futureResult.wait()
      deadline.cancel()
      return result
    } catch let error as WitnessError {
      throw error
    } catch {
      deadline.cancel()
      throw WitnessError(.unreachable, "\(address): \(Self.reason(error))")
    }
  }

  private static let bodyLimit = 65_536

  private static func hostField(_ address: WitnessAddress) -> String {
    let name = address.host.contains(":") ? "[\(address.host)]" : address.host
    return address.port == (address.isSecure ? 443 : 80) ? name : "\(name):\(address.port)"
  }

  private func context() throws(WitnessError) -> NIOSSLContext {
    var configuration = TLSConfiguration.makeClientConfiguration()
    if let authorities { configuration.trustRoots = .file(authorities) }
    configuration.minimumTLSVersion = .tlsv12
    do { return try NIOSSLContext(configuration: configuration) } catch {
      throw WitnessError(.configuration, "the certificates of trusted authorities cannot be read")
    }
  }

  /// What went wrong, without bytes of the other side.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError where error.connectionErrors.isEmpty: "the host is not known"
    case is NIOConnectionError: "the connection was refused"
    case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: "the connection cannot be secured"
    case ChannelError.connectTimeout: "the host does not answer"
    case is NIOHTTPObjectAggregatorError: "the answer is too long"
    case is HTTPParserError: "the answer is not HTTP"
    default: "the connection broke off"
    }
  }
}

/// Takes one whole answer.
private final class AnswerHandler: ChannelInboundHandler {
  typealias InboundIn = NIOHTTPClientResponseFull
  typealias OutboundOut = HTTPClientRequestPart

  private let answer: EventLoopPromise<WitnessConnection.Answer>

  init(_ answer: EventLoopPromise<WitnessConnection.Answer>) { self.answer = answer }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let response = unwrapInboundIn(data)
    answer.succeed(
      WitnessConnection.Answer(
        status: Int(response.head.status.code), body: response.body.map { Array($0.readableBytesView) } ?? [])
    )
    context.close(promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    answer.fail(error)
    context.close(promise: nil)
  }
}
