import Foundation
import TimestepCommand
import TimestepData
import TimestepTorch

/// What `timestep doctor` reports.
private struct Report: Encodable {
  let version: String
  let libtorch: String
  let libtorchFolder: String
  let processorFeatures: String
  let fusedKernels: String
  let computesInBFloat16: Bool
  let processors: Int
  let threads: Int
  let gpu: String
  let datasets: [String: String]
  let freeDiskBytes: Int
}

/// `timestep doctor`
func runDoctor(_ command: DoctorCommand) throws {
  let gpu: String
  do {
    gpu = try Torch.loadCUDA() ? "usable" : "none found"
  } catch {
    gpu = "none (\(error))"
  }
  var datasets: [String: String] = [:]
  for dataset in DatasetCatalog.all {
    if dataset.markers.isEmpty {
      datasets[dataset.name] = "generated"
    } else {
      datasets[dataset.name] =
        (try? DatasetSearch().directory(of: dataset)) ?? "not found; \(dataset.remedy ?? "")"
    }
  }
  let attributes = try? FileManager.default.attributesOfFileSystem(forPath: ".")
  let report = Report(
    version: timestepVersion, libtorch: Torch.version,
    libtorchFolder: ProcessInfo.processInfo.environment["LIBTORCH"] ?? "linked",
    processorFeatures: try Torch.cpuCapability(), fusedKernels: FusedKernels.current.rawValue,
    computesInBFloat16: Processor.computesInBFloat16,
    processors: ProcessInfo.processInfo.activeProcessorCount, threads: try Torch.threads(),
    gpu: gpu, datasets: datasets,
    freeDiskBytes: (attributes?[.systemFreeSize] as? NSNumber)?.intValue ?? 0)
  if command.json { return try printJSON(report) }
  print("timestep    \(report.version)")
  print("libtorch    \(report.libtorch) in \(report.libtorchFolder)")
  print("processor   \(report.processors) cores, kernels for \(report.processorFeatures)")
  print(
    "fused       \(report.fusedKernels) (TIMESTEP_KERNELS)"
      + (report.computesInBFloat16 ? "; bfloat16 has instructions: --precision bf16" : ""))
  print("threads     \(report.threads)")
  print("GPU         \(report.gpu)")
  let width = DatasetCatalog.names.map(\.count).max() ?? 0
  for dataset in DatasetCatalog.all {
    let name = dataset.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
    print("data        \(name)\(report.datasets[dataset.name] ?? "")")
  }
  print(String(format: "disk        %.1f GB free here", Double(report.freeDiskBytes) / 1e9))
}
