import Foundation

/// A queue between one thread that makes elements and one that takes them; either waits for the other.
package final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
  private let condition = NSCondition()
  private let capacity: Int
  private var elements: [Element] = []
  private var finished = false
  private var failure: (any Error)?
  private var cancelled = false

  /// A queue that holds at most `capacity` elements, at least 1.
  package init(capacity: Int) { self.capacity = max(capacity, 1) }

  /// Appends an element when there is room; returns whether more are wanted.
  package func push(_ element: Element) -> Bool {
    condition.lock()
    defer { condition.unlock() }
    while elements.count >= capacity, !cancelled { condition.wait() }
    guard !cancelled else { return false }
    elements.append(element)
    condition.broadcast()
    return true
  }

  /// Says that no more elements come, because of `error` if there is one.
  func finish(throwing error: (any Error)? = nil) {
    condition.lock()
    defer { condition.unlock() }
    finished = true
    failure = error
    condition.broadcast()
  }

  /// The next element; nil after the last one and after `cancel`. Throws the error that ended the elements.
  package func pop() throws -> Element? {
    condition.lock()
    defer { condition.unlock() }
    while elements.isEmpty, !finished, !cancelled { condition.wait() }
    guard !cancelled else { return nil }
    if elements.isEmpty {
      if let failure { throw failure }
      return nil
    }
    let element = elements.removeFirst()
    condition.broadcast()
    return element
  }

  /// Drops what is there and lets both sides go on at once.
  package func cancel() {
    condition.lock()
    defer { condition.unlock() }
    cancelled = true
    elements = []
    condition.broadcast()
  }
}
