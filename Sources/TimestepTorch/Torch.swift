import CTimestepTorch

/// The engine as a whole: its version, threads and memory.
public enum Torch {
  /// The libtorch version this package was compiled against, e.g. `2.11.0`.
  public static var version: String { String(cString: tst_libtorch_version()) }

  /// The vector instructions that libtorch's kernels use, e.g. `AVX512`.
  public static func cpuCapability() throws -> String {
    var name: UnsafePointer<CChar>?
    try check(tst_cpu_capability(&name), "cpuCapability")
    return name.map { String(cString: $0) } ?? ""
  }

  /// The number of threads one operation uses.
  public static func threads() throws -> Int {
    var count: Int32 = 0
    try check(tst_get_threads(&count), "threads")
    return Int(count)
  }

  /// Sets the number of threads one operation uses; results are reproducible for a fixed number.
  public static func setThreads(_ count: Int) throws {
    guard let value = Int32(exactly: count), value > 0 else {
      throw TensorError(
        operation: "setThreads", message: "the number of threads must be positive, not \(count)")
    }
    try check(tst_set_threads(value), "setThreads")
  }

  /// Makes the allocator of the whole process keep freed blocks for the next training step.
  ///
  /// Every fresh page costs about a microsecond, and a step allocates and frees hundreds of megabytes. Call it
  /// before the first large allocation; a program that trains wants it, a library does not decide it.
  public static func keepFreedMemory() throws {
    try check(tst_keep_freed_memory(), "keepFreedMemory")
  }

  /// Makes the allocator of the whole process give large blocks back as soon as they are freed.
  ///
  /// The opposite of ``keepFreedMemory()``: the least memory, for adjoints that compute again what they do not keep.
  public static func returnFreedMemory() throws {
    try check(tst_return_freed_memory(), "returnFreedMemory")
  }

  /// Opens libtorch's CUDA library and tells whether a GPU can be used.
  public static func loadCUDA() throws -> Bool {
    var usable = false
    try check(tst_load_cuda(&usable), "loadCUDA")
    return usable
  }
}
