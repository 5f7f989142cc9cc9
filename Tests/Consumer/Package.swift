// swift-tools-version: 6.2
import PackageDescription

/// A package as a user of Timestep writes it. Scripts/consumer names a tagged clone in TIMESTEP_URL.
let package = Package(
  name: "Consumer",
  dependencies: [
    .package(
      url: Context.environment["TIMESTEP_URL"] ?? "TIMESTEP_URL is not set", exact: "0.1.0")
  ],
  targets: [
    .executableTarget(
      name: "Consumer", dependencies: [.product(name: "Timestep", package: "timestep")])
  ],
  cxxLanguageStandard: .cxx20
)
