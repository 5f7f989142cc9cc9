import Foundation

/// What the processor has instructions for, beyond those that every one has.
public enum Processor {
  /// Whether products of bfloat16 have instructions of their own, AVX-512 BF16 or AMX: without them such convolutions
  /// are slower than in float32.
  public static let computesInBFloat16 =
    !flags.isDisjoint(with: ["avx512_bf16", "amx_bf16"])

  /// Whether it has AMX, which multiplies whole tiles of bfloat16.
  public static let hasAMX = flags.contains("amx_bf16")

  /// The names that Linux gives to what the first processor can; none on other systems.
  private static let flags: Set<Substring> = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") })
    else { return [] }
    return Set(line.split(separator: " "))
  }()
}
