#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif
import Synchronization

/// The threads that are inside a transaction of one store. A transaction inside a transaction of the same
/// store would wait for itself: it is refused instead.
package final class UsingThreads: Sendable {
  private let threads = Mutex<Set<UInt>>([])

  /// No thread yet.
  package init() {}

  /// Runs `body`, during which this thread may not come here again; throws `.configuration` if it does.
  package func once<Result>(_ body: () throws -> Result) throws -> Result {
    let thread = Self.current
    guard threads.withLock({ $0.insert(thread).inserted }) else {
      throw StoreError(.configuration, "a transaction was begun inside another one of the same store")
    }
    defer { _ = threads.withLock { $0.remove(thread) } }
    return try body()
  }

  private static var current: UInt {
    #if canImport(Darwin) || canImport(Musl)
      unsafe UInt(bitPattern: pthread_self())
    #else
      pthread_self()
    #endif
  }
}
