import Foundation
import TestSupport
import Testing

@Suite("libtorch that is missing or of the wrong version")
struct LibtorchTests {
  @Test("Each ends with 69, says what was found, and which command helps")
  func unusable() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "empty/nothing")
    for version in ["2.4.0", "3.0.0"] {
      try scratch.write("", to: "torch-\(version)/lib/libtorch_cpu.so")
      try scratch.write("__version__ = '\(version)+cpu'\n", to: "torch-\(version)/version.py")
    }
    try scratch.write("", to: "unknown/torch/lib/libtorch_cpu.so")
    for (folder, says) in [
      ("empty", "empty/lib/libtorch_cpu.so"), ("none", "none/lib/libtorch_cpu.so"),
      ("torch-2.4.0", "version 2.4.0+cpu; 2.11 is the oldest usable"),
      ("torch-3.0.0", "version 3.0.0+cpu"), ("unknown", "says no version"),
    ] {
      let environment = ["LIBTORCH": scratch.path(folder)]
      let ending = try Timestep.run("list schemes", in: scratch, environment: environment)
      #expect(ending.status == 69 && ending.output.isEmpty, "\(folder)")
      #expect(ending.errors.contains(says) && ending.errors.contains("make libtorch"), "\(ending)")
      // Where another version was built with, a further line says how to build with this one.
      #expect(ending.errors.split(separator: "\n").count <= 3, "\(ending.errors)")
    }
  }
}
