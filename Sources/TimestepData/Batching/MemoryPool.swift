import Synchronization

/// Keeps a few blocks of memory for the next batch, so that its pages need not be mapped anew.
package final class MemoryPool: Sendable {
  private let capacity: Int
  private let blocks = Mutex<[MemoryBlock]>([])

  /// A pool that keeps at most `capacity` blocks.
  package init(capacity: Int) { self.capacity = capacity }

  /// A block of at least this many bytes and at most twice as many, or nil.
  func take(atLeast size: Int) -> MemoryBlock? {
    blocks.withLock { blocks in
      guard let index = blocks.lastIndex(where: { $0.size >= size && $0.size / 2 <= size }) else {
        return nil
      }
      return blocks.remove(at: index)
    }
  }

  /// Keeps the block if there is room.
  func giveBack(_ block: MemoryBlock) {
    blocks.withLock { blocks in
      if blocks.count < capacity { blocks.append(block) }
    }
  }
}
