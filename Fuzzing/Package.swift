// swift-tools-version: 6.2
import PackageDescription

// A package of its own: the program is linked with libFuzzer, and everything is built to tell it what code is reached.
let package = Package(
  name: "timestep-fuzzing",
  dependencies: [.package(name: "timestep", path: "..")],
  targets: [
    .executableTarget(
      name: "timestep-fuzz",
      dependencies: [.product(name: "Timestep", package: "timestep")],
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]
)
