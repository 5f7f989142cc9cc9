/// A fixed piece of the host's memory, 64-byte aligned, freed with its last reference.
///
/// It is written by one owner and then handed on; after that it is only read, from any thread. Whoever uses the
/// memory without a copy keeps a reference for as long.
public final class HostBuffer<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  /// Number of elements.
  public let count: Int
  /// The first element; valid while the buffer is referenced.
  public let baseAddress: UnsafeMutablePointer<Element>
  private let block: MemoryBlock
  private let pool: MemoryPool?

  /// Takes memory for `count` elements, from the pool where it has some; its contents are arbitrary.
  package init(count: Int, pool: MemoryPool? = nil) {
    self.count = count
    self.pool = pool
    let size = max(count, 1) * MemoryLayout<Element>.stride
    block = pool?.take(atLeast: size) ?? MemoryBlock(size: size)
    baseAddress = block.memory.bindMemory(to: Element.self, capacity: count)
  }

  deinit { pool?.giveBack(block) }

  /// All elements; valid while the buffer is referenced.
  public var elements: UnsafeMutableBufferPointer<Element> {
    UnsafeMutableBufferPointer(start: baseAddress, count: count)
  }

  /// A copy of the elements.
  public func array() -> [Element] { Array(elements) }
}

/// Memory with a size, freed with its last reference.
final class MemoryBlock: @unchecked Sendable {
  let size: Int
  let memory: UnsafeMutableRawPointer

  init(size: Int) {
    self.size = size
    memory = .allocate(byteCount: size, alignment: 64)
  }

  deinit { memory.deallocate() }
}
