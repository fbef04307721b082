internal import Glibc

/// Threads that share one piece of work and end with it.
enum WorkerThreads {
  /// How many threads a bulk read takes: one for each processor that the process may use.
  static var processors: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }

  /// Runs `body` on so many threads, this one among them, and returns when all have ended.
  ///
  /// Where the system gives fewer threads, fewer run: `body` must take its work from a common store of it.
  static func run(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      var threads: [pthread_t] = []
      for index in 1..<max(count, 1) {
        let start = unsafe Unmanaged.passRetained(Start(body, index))
        var thread = pthread_t()
        let status = unsafe pthread_create(
          &thread, nil,
          { start in
            guard let start = unsafe start else { return nil }
            unsafe Unmanaged<Start>.fromOpaque(start).takeRetainedValue().run()
            return nil
          }, unsafe start.toOpaque())
        guard status == 0 else {
          unsafe start.release()
          break
        }
        threads.append(thread)
      }
      body(0)
      for thread in threads { pthread_join(thread, nil) }
    }
  }

  /// What a thread begins with.
  private final class Start: @unchecked Sendable {
    private let body: (Int) -> Void
    private let index: Int

    init(_ body: @escaping (Int) -> Void, _ index: Int) {
      self.body = body
      self.index = index
    }

    func run() { body(index) }
  }
}
