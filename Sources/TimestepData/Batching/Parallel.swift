import Dispatch
import Synchronization

/// Work shared by several threads.
enum Parallel {
  private final class State: Sendable {
    let next = Atomic<Int>(0)
    let failure = Mutex<(index: Int, error: any Error)?>(nil)
  }

  /// Calls `body` for each of `0..<count` on at most `workers` threads, in order of their beginnings.
  ///
  /// Throws the error of the lowest number that failed, whatever the threads; those after it may be left out.
  static func forEach(
    _ count: Int, workers: Int, _ body: @Sendable (Int) throws -> Void
  ) throws {
    guard workers > 1, count > 1 else {
      for index in 0..<count { try body(index) }
      return
    }
    let state = State()
    DispatchQueue.concurrentPerform(iterations: min(workers, count)) { _ in
      while true {
        let index = state.next.add(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        do {
          try body(index)
        } catch {
          state.failure.withLock { if index < $0?.index ?? .max { $0 = (index, error) } }
          // What comes before was begun already.
          state.next.store(count, ordering: .relaxed)
          return
        }
      }
    }
    if let failure = state.failure.withLock({ $0 }) { throw failure.error }
  }
}
