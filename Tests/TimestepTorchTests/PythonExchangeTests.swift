import Foundation
import Testing
import TimestepTorch

/// Our files, read by Python's `safetensors`: `TIMESTEP_PYTHON` names a Python that has it and PyTorch, or else
/// `python3` is tried; without either the test is skipped and says so.
@Suite struct PythonExchangeTests {
  static let python: String? = {
    let asked = ProcessInfo.processInfo.environment["TIMESTEP_PYTHON"]
    for program in [asked ?? "python3"] {
      if (try? run(program, ["-c", "import safetensors.torch"]))?.status == 0 { return program }
    }
    return nil
  }()

  private static func run(_ program: String, _ arguments: [String]) throws -> (
    status: Int32, output: String
  ) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    // Not the libtorch of this process in place of PyTorch's own.
    var environment = ProcessInfo.processInfo.environment
    environment["LD_LIBRARY_PATH"] = nil
    process.environment = environment
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  @Test(
    "Python reads every type that we write",
    .enabled(if: python != nil, "no Python with safetensors and torch; name one by TIMESTEP_PYTHON")
  )
  func pythonReads() throws {
    let python = try #require(Self.python)
    try withTemporaryFolder { folder in
      let file = folder.appendingPathComponent("ours.safetensors")
      try Safetensors(
        [
          ("mask", Tensor([true, false, true])), ("byte", Tensor([0, 255] as [UInt8])),
          ("half", Tensor([1, -2.5, 0x1.C4p127] as [Double]).cast(to: .bfloat16)),
          ("int", Tensor([.min, 7, .max] as [Int32])),
          ("long", Tensor([.min, 7, .max] as [Int64])),
          ("float", Tensor([0.1, -.infinity] as [Float], shape: [1, 2])),
          ("double", Tensor([0.1, .leastNonzeroMagnitude] as [Double])),
          ("scalar", Tensor([2.5] as [Double], shape: [])),
          ("empty", Tensor.zeros([2, 0, 3])), ("Ψ \"quoted\"\n\u{1}🙂", Tensor([1] as [Float])),
        ], metadata: ["step": "12", "Ψ": "line 1\nline 2"]
      ).write(to: file)
      let script = packageRoot.appendingPathComponent("Tests/Golden/python_safetensors.py").path
      let (status, output) = try Self.run(python, [script, "--json", file.path])
      #expect(status == 0)
      let json = try #require(
        JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: [String: String]])
      #expect(json["metadata"] == ["step": "12", "Ψ": "line 1\nline 2"])
      #expect(
        json["tensors"] == [
          "mask": "torch.bool [3] [True, False, True]", "byte": "torch.uint8 [2] [0, 255]",
          "half": "torch.bfloat16 [3] [1.0, -2.5, 3.00405527047391e+38]",
          "int": "torch.int32 [3] [-2147483648, 7, 2147483647]",
          "long": "torch.int64 [3] [-9223372036854775808, 7, 9223372036854775807]",
          "float": "torch.float32 [1, 2] [[0.10000000149011612, -inf]]",
          "double": "torch.float64 [2] [0.1, 5e-324]", "scalar": "torch.float64 [] 2.5",
          "empty": "torch.float32 [2, 0, 3] [[], []]",
          "Ψ \"quoted\"\n\u{1}🙂": "torch.float32 [1] [1.0]",
        ])
    }
  }
}
