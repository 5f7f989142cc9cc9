import Foundation
import Synchronization

/// Carries out trials by several workers, each taking the next when it is free.
struct TrialPool {
  let executor: any TrialExecutor
  let workers: Int
  let shouldStop: @Sendable () -> Bool

  private struct State {
    var next = 0
    var errors: [any Error] = []
  }

  /// Returns when all are done, or when it is to stop.
  ///
  /// - Parameters:
  ///   - began: is told when a worker takes a trial; from any thread.
  ///   - ended: is told when it has ended, with the error if there was one; from any thread.
  /// - Throws: ``RunError`` of the first trial that could not be carried out, after the others have been.
  func run(
    _ trials: [(trial: Trial, directory: RunDirectory)],
    began: @escaping @Sendable (Trial) -> Void,
    ended: @escaping @Sendable (Trial, (any Error)?) -> Void
  ) throws {
    let state = Mutex(State())
    let queue = trials
    DispatchQueue.concurrentPerform(iterations: max(1, min(workers, queue.count))) { worker in
      while !shouldStop() {
        let index = state.withLock { state in
          defer { state.next += 1 }
          return state.next
        }
        guard index < queue.count else { return }
        let (trial, directory) = queue[index]
        began(trial)
        do {
          try executor.run(trial, in: directory, worker: worker, shouldStop: shouldStop)
          ended(trial, nil)
        } catch {
          state.withLock { $0.errors.append(error) }
          ended(trial, error)
        }
      }
    }
    let errors = state.withLock { $0.errors }
    guard let first = errors.first else { return }
    guard errors.count > 1, let kind = (first as? RunError)?.kind else { throw first }
    throw RunError(
      kind,
      "\(errors.count) of \(queue.count) trials could not be carried out; the first: \(first)")
  }
}
