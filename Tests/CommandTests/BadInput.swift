import Foundation
import TestSupport
import Testing

/// A command that must fail, and how.
struct BadInput: Sendable, CustomTestStringConvertible {
  /// The command's arguments, below a directory that ``BadInput/makeFiles(in:)`` has filled.
  let line: String
  let status: Int32
  /// What the message must say: the file or the option, what is wrong, what helps.
  let says: [String]

  init(_ line: String, _ status: Int32, _ says: String...) {
    self.line = line
    self.status = status
    self.says = says
  }

  var testDescription: String { line }

  /// Runs it and checks the exit code, the message and that standard output stays empty.
  func check(in scratch: Scratch, environment: [String: String] = [:]) throws {
    let ending = try Timestep.run(line, in: scratch, environment: environment)
    #expect(ending.status == status, "\(line)\n\(ending.errors)")
    #expect(ending.output.isEmpty, "\(line)\n\(ending.output)")
    for text in says {
      #expect(ending.errors.contains(text), "\(line) should say '\(text)':\n\(ending.errors)")
    }
    let lines = ending.errors.split(separator: "\n")
    #expect((1...2).contains(lines.count), "\(line)\n\(ending.errors)")
    #expect(ending.errors.hasPrefix("error: "), "\(line)\n\(ending.errors)")
  }

  /// Good data, damaged data, damaged weights, and configurations.
  static func makeFiles(in scratch: Scratch) throws {
    let (images, labels) = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    try SmallImages.writeIDX(to: "good", of: scratch, train: 40, test: 20)
    try SmallImages.writeIDX(to: "packed", of: scratch, train: 40, test: 20, compressed: true)
    func copy(_ good: String, _ bad: String, _ file: String, _ change: ([UInt8]) -> [UInt8]) throws
    {
      try FileManager.default.copyItem(atPath: scratch.path(good), toPath: scratch.path(bad))
      try scratch.write(change(scratch.bytes("\(good)/\(file)")), to: "\(bad)/\(file)")
    }
    try copy("good", "short", images) { $0.dropLast(100) }
    try copy("packed", "short-packed", "\(images).gz") { $0.dropLast(100) }
    try copy("good", "magic", images) { [7] + $0.dropFirst() }
    try copy("good", "label", labels) { $0.dropLast() + [10] }
    try copy("good", "incomplete", labels) { $0 }
    try FileManager.default.removeItem(atPath: scratch.path("incomplete/\(labels)"))
    try scratch.write("", to: "file")
    try scratch.write("", to: "other/file")
    try scratch.write("network: resnet-8\nepoch: 2\n", to: "unknown.yaml")
    try scratch.write("network: resnet\ndepth: 21\n", to: "depth.yaml")
    try scratch.write("network: [\n", to: "broken.yaml")
    try scratch.write("hello", to: "no.safetensors")
  }
}
