internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import Synchronization

/// The witness as an HTTP service: `POST /add-checkpoint` and `GET /HASH/checkpoint` of C2SP tlog-witness.
///
/// Everything from outside is bounded: the body, the connections, and the time for a request to come in whole.
public final class WitnessServer: Sendable {
  /// The bounds.
  public struct Limits: Sendable {
    /// How long a request may take to arrive, and a connection may be idle, in milliseconds.
    public var arrival: Int64 = 15_000
    /// How many connections there may be at once.
    public var connections = 256

    /// The usual bounds.
    public init() {}
  }

  private let group: MultiThreadedEventLoopGroup
  private let pool: NIOThreadPool
  private let channel: any Channel

  /// The port that is listened on.
  public let port: Int

  /// Begins to listen.
  ///
  /// - Parameters:
  ///   - host: the address to listen on.
  ///   - port: the port; 0 for any.
  /// - Throws: `usage` for an address that cannot be listened on, `busy` where another process does.
  public init(_ service: WitnessService, host: String, port: Int, limits: Limits = Limits())
    throws(WitnessError)
  {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // One thread: requests are answered one at a time anyway, and each waits for the disk.
    let pool = NIOThreadPool(numberOfThreads: 1)
    pool.start()
    self.group = group
    self.pool = pool
    let open = OpenConnections()
    let bootstrap = ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 128)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        guard open.enter(atMost: limits.connections) else { return channel.close() }
        channel.closeFuture.whenComplete { _ in open.leave() }
        return channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
          try pipeline.addHandler(ArrivalDeadline(.milliseconds(limits.arrival)))
          try pipeline.addHandler(NIOHTTPServerRequestAggregator(maxContentLength: Self.bodyLimit))
          try pipeline.addHandler(RequestHandler(service, pool))
        }
      }
      .childChannelOption(.maxMessagesPerRead, value: 4)
    do {
      channel = try bootstrap.bind(host: host, port: port).wait()
    } catch {
      pool.shutdownGracefully { _ in }
      group.shutdownGracefully { _ in }
      let isTaken = (error as? IOError)?.errnoCode == EADDRINUSE
      throw WitnessError(
        isTaken ? .busy : .usage,
        isTaken ? "port \(port) is in use already" : "cannot listen on this address and port")
    }
    self.port = channel.localAddress?.port ?? port
  }

  /// The largest body that is taken in.
  private static let bodyLimit = 65_536

  /// Returns when the service has ended.
  public func wait() { try? channel.closeFuture.wait() }

  /// Stops listening and ends every connection.
  public func stop() {
    try? channel.close().wait()
    try? group.syncShutdownGracefully()
    try? pool.syncShutdownGracefully()
  }
}

/// How many connections there are.
private final class OpenConnections: Sendable {
  private let count = Mutex(0)

  func enter(atMost limit: Int) -> Bool {
    count.withLock { count in
      guard count < limit else { return false }
      count += 1
      return true
    }
  }

  func leave() { count.withLock { $0 -= 1 } }
}
