import Foundation
import Synchronization
import TimestepTorch

/// Memory lent to a tensor, which counts how often it is released: exactly once, when nothing holds it any more.
final class WrappedMemory: Sendable {
  private let address: Int
  private let releases = Mutex(0)

  /// How often the tensor's release closure ran.
  var releaseCount: Int { releases.withLock { $0 } }

  /// A copy of the numbers.
  init(_ values: [Double]) {
    let memory = UnsafeMutablePointer<Double>.allocate(capacity: max(values.count, 1))
    memory.initialize(from: values, count: values.count)
    address = Int(bitPattern: memory)
  }

  deinit { pointer.deallocate() }

  /// The first byte.
  var pointer: UnsafeMutableRawPointer {
    guard let pointer = UnsafeMutableRawPointer(bitPattern: address) else {
      fatalError("allocation at address 0")
    }
    return pointer
  }

  /// A float64 tensor on this memory.
  func tensor(_ shape: [Int], strides: [Int]? = nil) throws -> Tensor {
    let strides = strides ?? shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    return try Tensor(wrapping: pointer, shape: shape, strides: strides, .float64) { [self] in
      releases.withLock { $0 += 1 }
    }
  }
}

/// The bytes of this process that are in memory.
func residentMemory() throws -> Int {
  let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
  return (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE))
}
