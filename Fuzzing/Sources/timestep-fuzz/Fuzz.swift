import Foundation
import Timestep

/// The reader that the environment names, and a directory of this process for it.
private let (reader, directory): (Reader, String) = {
  let environment = ProcessInfo.processInfo.environment
  guard let name = environment["TIMESTEP_FUZZ_READER"],
    let reader = Reader.all.first(where: { $0.name == name })
  else {
    print("TIMESTEP_FUZZ_READER: one of \(Reader.all.map(\.name).joined(separator: ", "))")
    exit(64)
  }
  let directory = FileManager.default.temporaryDirectory
    .appendingPathComponent("timestep-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
  for (place, file) in reader.others.merging([reader.place: ""], uniquingKeysWith: { $1 }) {
    let target = directory.appendingPathComponent(place)
    try? FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    guard !file.isEmpty, let files = environment["TIMESTEP_FUZZ_FILES"] else { continue }
    try? Data(contentsOf: URL(fileURLWithPath: "\(files)/\(file)")).write(to: target)
  }
  return (reader, directory.path)
}()

/// One input: an error that is not of the library's types is a fault, as is whatever ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let file = URL(fileURLWithPath: "\(directory)/\(reader.place)")
  do {
    let data = bytes.map { Data(bytes: $0, count: count) } ?? Data()
    try data.write(to: file)
    try reader.read(directory)
  } catch let error {
    switch error {
    case is DataError, is SafetensorsError, is RunError, is CheckpointError, is OptionError,
      is UnknownNameError, is TimeGridError, is ArgumentError, is NoiseRuleError,
      is MissingCapability, is NothingBefore:
      break
    default: fatalError("an error that is not typed: \(error)")
    }
  }
  return 0
}

/// libFuzzer's own program, with the function that takes an input.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// SwiftPM calls the program's `main` by this name when it links, and so hides that of libFuzzer.
@_cdecl("timestep_fuzz_main")
public func fuzzMain(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> Int32 {
  var (count, arguments) = (count, arguments)
  return runDriver(&count, &arguments) { fuzzOneInput($0, $1) }
}
