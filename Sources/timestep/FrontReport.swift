import TimestepCommand

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What `timestep doctor` can report without libtorch.
struct FrontReport: Encodable {
  let version = timestepVersion
  let system: String
  let processors: Int
  let libtorchFound = false
  let fault: String

  init(fault: String) {
    let process = ProcessInfo.processInfo
    system = process.operatingSystemVersionString
    processors = process.activeProcessorCount
    self.fault = fault
  }

  var text: String {
    """
    timestep    \(version)
    system      \(system), \(processors) processors
    libtorch    none usable
    """
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { return "{}" }
    return String(decoding: data, as: UTF8.self)
  }
}
