import CTimestepTorch
import Foundation

/// The loops behind operations that this library fuses.
///
/// The environment variable `TIMESTEP_KERNELS` names those that a program begins with; without it they are
/// ``automatic``. All serve float32 and bfloat16 tensors in memory whose channels are neighbours (channels-last images,
/// points), but that convolutions of one tap in bfloat16 take ``avx512BF16``; others are computed by libtorch's
/// operations in any case.
public enum FusedKernels: String, Sendable, CaseIterable {
  /// The best that the processor has instructions for.
  case automatic = "auto"
  /// None: every operation is composed of libtorch's own, which the others are held against.
  case reference
  /// For every processor.
  case portable
  /// For AVX2 and FMA.
  case avx2
  /// For AVX-512 (F, DQ, BW and VL).
  case avx512
  /// For AVX-512 that also rounds to bfloat16 and multiplies such numbers (BF16).
  case avx512BF16 = "avx512-bf16"

  /// Those in use.
  public static var current: FusedKernels {
    FusedKernels(rawValue: String(cString: tst_kernels())) ?? .reference
  }

  /// Throws ``TensorError`` where `TIMESTEP_KERNELS` names none that this processor can run; a program that read it
  /// without saying so would compute with others than its user believes.
  public static func checkEnvironment() throws {
    guard let name = ProcessInfo.processInfo.environment["TIMESTEP_KERNELS"], !name.isEmpty else {
      return
    }
    try check(tst_set_kernels(name), "TIMESTEP_KERNELS")
  }

  /// Uses these from now on, in the whole process; throws `TensorError` where the processor lacks their instructions.
  public func use() throws { try check(tst_set_kernels(rawValue), "FusedKernels.use") }
}
