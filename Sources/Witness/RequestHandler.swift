internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Closes a connection on which a request does not arrive whole in time: who sends a byte now and then is not kept.
final class ArrivalDeadline: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let limit: TimeAmount
  private var task: Scheduled<Void>?

  init(_ limit: TimeAmount) { self.limit = limit }

  func handlerAdded(context: ChannelHandlerContext) { begin(context) }

  func handlerRemoved(context: ChannelHandlerContext) { task?.cancel() }

  func channelInactive(context: ChannelHandlerContext) {
    task?.cancel()
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if case .end = unwrapInboundIn(data) { task?.cancel() }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    // The next request may take as long again, and so may reading this answer.
    if case .end = unwrapOutboundIn(data) { begin(context) }
    context.write(data, promise: promise)
  }

  private func begin(_ context: ChannelHandlerContext) {
    task?.cancel()
    let channel = context.channel
    task = context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }
}

/// Hands whole requests to the service, on a thread that may wait for the disk.
final class RequestHandler: ChannelInboundHandler {
  typealias InboundIn = NIOHTTPServerRequestFull
  typealias OutboundOut = HTTPServerResponsePart

  private let service: WitnessService
  private let pool: NIOThreadPool

  init(_ service: WitnessService, _ pool: NIOThreadPool) {
    self.service = service
    self.pool = pool
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let request = unwrapInboundIn(data)
    let method = request.head.method.rawValue
    let path = String(request.head.uri.prefix { $0 != "?" })
    let body = request.body.map { Array($0.readableBytesView) } ?? []
    let isKeptAlive = request.head.isKeepAlive
    let version = request.head.version
    let service = service
    let answer = pool.runIfActive(eventLoop: context.eventLoop) {
      service.answer(method: method, path: path, body: body)
    }
    answer.assumeIsolated().whenComplete { result in
      guard case .success(let answer) = result else { return context.close(promise: nil) }
      Self.write(answer, isHead: method == "HEAD", isKeptAlive: isKeptAlive, version: version, context)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private static func write(
    _ answer: WitnessService.Answer, isHead: Bool, isKeptAlive: Bool, version: HTTPVersion,
    _ context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders([
      ("content-type", answer.type), ("content-length", String(answer.body.count)),
      ("x-content-type-options", "nosniff"), ("cache-control", "no-store"),
    ])
    if !isKeptAlive { headers.add(name: "connection", value: "close") }
    let head = HTTPResponseHead(
      version: version, status: HTTPResponseStatus(statusCode: answer.status), headers: headers)
    context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
    if !isHead {
      let body = context.channel.allocator.buffer(bytes: answer.body)
      context.write(NIOAny(HTTPServerResponsePart.body(.byteBuffer(body))), promise: nil)
    }
    let written = context.writeAndFlush(NIOAny(HTTPServerResponsePart.end(nil)))
    if !isKeptAlive { written.assumeIsolated().whenComplete { _ in context.close(promise: nil) } }
  }
}
